package dev.stemma.behaviour;

import java.util.List;
import java.util.Optional;

/**
 * What a target can do, found by asking: silence about an option is not support of it.
 *
 * @param completions continues a raw text
 * @param chat answers messages
 * @param logprobs log-probabilities of new tokens come
 * @param topLimit most alternatives that came at one position
 * @param promptLogprobs those of the prompt come too
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
    boolean promptLogprobs,
    boolean choices,
    Optional<Boolean> seed,
    boolean deterministic) {
  private static final String TEXT = "The most important thing to know about the weather is";
  private static final List<Integer> LIMITS = List.of(1000, 20, 5, 1);

  /** Asks about ten small questions. */
  public static Capabilities probe(Target target, Interview interview) {
    Asking asking = new Asking(target, interview);
    boolean completions = asking.of(Question.greedy(TEXT, 1), 0).isPresent();
    boolean chat = asking.of(Question.message("Hello", 1), 0).isPresent();
    if (!completions) {
      return new Capabilities(false, chat, false, 0, false, false, Optional.empty(), false);
    }
    int top = 0;
    for (int limit : LIMITS) {
      top = most(asking.of(Question.greedy(TEXT, 1).withLogprobs(limit), 0));
      if (top > 0) {
        break;
      }
    }
    boolean prompt =
        top > 0
            && asking
                .of(Question.greedy(TEXT, 1).withLogprobs(1).echoed(), 0)
                .filter(answer -> known(answer) >= 3)
                .isPresent();
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
    Optional<Answer> of(Question question, int time) {
      try {
        return Optional.of(interview.one(target, question, time))
            .filter(answer -> !answer.choices().isEmpty());
      } catch (Unanswered e) {
        return Optional.empty();
      }
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
