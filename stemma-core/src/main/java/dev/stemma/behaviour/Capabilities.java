package dev.stemma.behaviour;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.util.List;
import java.util.Optional;

/**
 * What a target can do, found by asking: silence about an option is not support of it.
 *
 * @param completions continues a raw text
 * @param chat answers messages
 * @param logprobs log-probabilities of new tokens come
 * @param topLimit most alternatives that came at one position
 * @param ofPrompt how those of the prompt come, if they do
 * @param choices several answers to one question come
 * @param seed the same seed gives the same text and another seed another; nothing where the texts
 *     do not tell
 * @param deterministic the likeliest text was the same twice
 */
public record Capabilities(
    boolean completions,
    boolean chat,
    boolean logprobs,
    int topLimit,
    Question.OfPrompt ofPrompt,
    boolean choices,
    Optional<Boolean> seed,
    boolean deterministic) {
  private static final String TEXT = "The most important thing to know about the weather is";
  private static final List<Integer> LIMITS = List.of(200_000, 5000, 1000, 20, 5, 1);

  /** Whether log-probabilities of the prompt come. */
  public boolean promptLogprobs() {
    return ofPrompt != Question.OfPrompt.NONE;
  }

  /**
   * Asks about ten small questions.
   *
   * @throws ArtifactException if an endpoint takes neither raw texts nor messages
   */
  public static Capabilities probe(Target target, Interview interview) {
    Asking asking = new Asking(target, interview);
    boolean completions = asking.contact(Question.greedy(TEXT, 1), false);
    boolean chat = asking.contact(Question.message("Hello", 1), !completions);
    if (!completions) {
      return new Capabilities(
          false, chat, false, 0, Question.OfPrompt.NONE, false, Optional.empty(), false);
    }
    int top = 0;
    for (int limit : target.alternatives() > 0 ? List.of(1) : LIMITS) {
      top = most(asking.of(Question.greedy(TEXT, 1).withLogprobs(limit), 0));
      if (top > 0) {
        break;
      }
    }
    Question.OfPrompt prompt = top > 0 ? asking.ofPrompt() : Question.OfPrompt.NONE;
    top = top > 0 && target.alternatives() > 0 ? target.alternatives() : top;
    boolean choices =
        asking
            .of(Question.sampled(TEXT, 8, 2, 1), 0)
            .filter(answer -> answer.choices().size() == 2)
            .isPresent();
    Optional<String> first = asking.of(Question.sampled(TEXT, 16, 1, 7), 0).map(Answer::text);
    Optional<String> same = asking.of(Question.sampled(TEXT, 16, 1, 7), 1).map(Answer::text);
    Optional<String> other = asking.of(Question.sampled(TEXT, 16, 1, 8), 0).map(Answer::text);
    Optional<Boolean> seed =
        first.isEmpty() || same.isEmpty() || (first.equals(same) && first.equals(other))
            ? Optional.empty()
            : Optional.of(first.equals(same));
    Optional<String> once = asking.of(Question.greedy(TEXT, 16), 0).map(Answer::text);
    boolean deterministic =
        target.runsHere()
            || (once.isPresent()
                && once.equals(asking.of(Question.greedy(TEXT, 16), 1).map(Answer::text)));
    return new Capabilities(true, chat, top > 0, top, prompt, choices, seed, deterministic);
  }

  private record Asking(Target target, Interview interview) {
    /**
     * Whether a first question is answered.
     *
     * @param last whether nothing else has been answered
     */
    boolean contact(Question question, boolean last) {
      try {
        return !interview.one(target, question, 0).choices().isEmpty();
      } catch (Unanswered e) {
        boolean theirs = e.isFailure() || e.reason() == Unanswered.Reason.REFUSED;
        if (!target.runsHere()
            && (e.reason() == Unanswered.Reason.UNREACHABLE || (last && theirs))) {
          throw new ArtifactException(
              ErrorCode.DOWNLOAD_FAILED,
              target.reference(),
              "",
              "an endpoint that answers",
              String.valueOf(e.getMessage()),
              "Start the server, or mend the address or the model's name after #; BASE_URL/models"
                  + " lists them.");
        }
        return false;
      }
    }

    Optional<Answer> of(Question question, int time) {
      try {
        return Optional.of(interview.one(target, question, time))
            .filter(answer -> !answer.choices().isEmpty());
      } catch (Unanswered e) {
        return Optional.empty();
      }
    }

    /** The first way that works; a server that knows neither may leave them out silently. */
    Question.OfPrompt ofPrompt() {
      for (Question.OfPrompt way : List.of(Question.OfPrompt.ECHO, Question.OfPrompt.APART)) {
        Question question = Question.greedy(TEXT, 1).withLogprobs(1).ofPrompt(way);
        if (of(question, 0).filter(answer -> known(answer) >= 3).isPresent()) {
          return way;
        }
      }
      return Question.OfPrompt.NONE;
    }
  }

  private static int most(Optional<Answer> answer) {
    return answer.stream()
        .flatMap(found -> found.choices().stream())
        .flatMap(choice -> choice.tokens().stream())
        .mapToInt(token -> token.top().size())
        .max()
        .orElse(0);
  }

  private static long known(Answer answer) {
    return answer.choices().stream()
        .flatMap(choice -> choice.tokens().stream())
        .filter(token -> token.logprob() != null)
        .count();
  }
}
