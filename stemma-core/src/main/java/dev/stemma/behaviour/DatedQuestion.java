package dev.stemma.behaviour;

import java.time.YearMonth;
import java.util.List;

/**
 * A question about something that happened in a month.
 *
 * @param month before it nobody could know the answer
 * @param question the question
 * @param answers short accepted answers, at least one
 * @param source who says so, and when
 */
public record DatedQuestion(YearMonth month, String question, List<String> answers, String source) {
  /** Copies the answers. */
  public DatedQuestion {
    answers = List.copyOf(answers);
  }
}
