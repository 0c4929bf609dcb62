package dev.stemma.analysis.behaviour;

import dev.stemma.behaviour.Answer;
import dev.stemma.behaviour.Question;
import dev.stemma.behaviour.Target;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What models make of given texts, token by token; needs log-probabilities of the prompt. */
final class Readings {
  /** Why a text cannot be read through an interface. */
  static final String NO_PROMPT =
      "the interface gives no log-probabilities of the prompt (vLLM does, by echo or"
          + " prompt_logprobs; llama.cpp's server leaves them out, Ollama has none)";

  private static final int ALTERNATIVES = 100;
  private static final int[] LENGTHS = {2000, 1000, 500, 250};

  private final Inquiry inquiry;
  private final int length;

  /**
   * Prepares to read texts, each cut to the same number of characters: the most that all models
   * take of the longest.
   */
  Readings(Inquiry inquiry, List<Target> models, Collection<String> texts) {
    this.inquiry = inquiry;
    String longest = texts.stream().max(Comparator.comparingInt(String::length)).orElse("");
    int found = LENGTHS[LENGTHS.length - 1];
    for (int length : LENGTHS) {
      if (models.stream()
          .allMatch(model -> !read(model, List.of(cut(longest, length))).getFirst().isEmpty())) {
        found = length;
        break;
      }
    }
    this.length = found;
  }

  /** Characters of a text that are read, at most. */
  int length() {
    return length;
  }

  private static String cut(String text, int length) {
    int end = Math.min(text.length(), length);
    return text.substring(
        0, end > 0 && Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end);
  }

  /** The tokens of each text; none where the model did not read it. */
  List<List<Membership.Token>> of(Target model, List<String> texts) {
    return read(model, texts.stream().map(text -> cut(text, length)).toList());
  }

  private List<List<Membership.Token>> read(Target model, List<String> texts) {
    int alternatives = Math.min(ALTERNATIVES, inquiry.can(model).topLimit());
    List<Question> questions =
        texts.stream()
            .map(text ->
                Question.greedy(text, 1)
                    .withLogprobs(alternatives)
                    .ofPrompt(inquiry.can(model).ofPrompt()))
            .toList();
    return inquiry.ask(model, questions, "reading texts").stream().map(Readings::tokens).toList();
  }

  /** The prompt's tokens; the answer's one token stands last and is left out. */
  private static List<Membership.Token> tokens(Optional<Answer> answer) {
    List<Answer.TokenChance> all =
        answer
            .filter(found -> !found.choices().isEmpty())
            .map(found -> found.choices().getFirst().tokens())
            .orElse(List.of());
    int last = all.size() - answer.map(found -> Math.min(1, found.completionTokens())).orElse(0);
    List<Membership.Token> tokens = new ArrayList<>();
    for (Answer.TokenChance chance : all.subList(0, Math.max(0, last))) {
      if (chance.logprob() != null) {
        tokens.add(
            new Membership.Token(
                Objects.requireNonNull(chance.logprob()),
                chance.top().values().stream().mapToDouble(Double::doubleValue).toArray()));
      }
    }
    return tokens;
  }
}
