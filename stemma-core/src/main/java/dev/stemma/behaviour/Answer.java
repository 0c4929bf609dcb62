package dev.stemma.behaviour;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a model answered, and what it cost.
 *
 * @param citations addresses that a model which searches names as its sources
 */
public record Answer(
    List<Choice> choices, int promptTokens, int completionTokens, List<String> citations) {
  /** Keeps the lists unmodifiable. */
  public Answer {
    choices = List.copyOf(choices);
    citations = List.copyOf(citations);
  }

  /** An answer without sources. */
  public Answer(List<Choice> choices, int promptTokens, int completionTokens) {
    this(choices, promptTokens, completionTokens, List.of());
  }

  /**
   * One of the answers.
   *
   * @param tokens with their log-probabilities, where they were asked for and came
   */
  public record Choice(String text, List<TokenChance> tokens) {
    /** Keeps the list unmodifiable. */
    public Choice {
      tokens = List.copyOf(tokens);
    }
  }

  /**
   * A token and how likely it was.
   *
   * @param logprob natural logarithm; null for the first of a prompt
   * @param top the likeliest tokens there
   */
  public record TokenChance(String token, @Nullable Double logprob, SortedMap<String, Double> top) {
    /** Keeps the map unmodifiable. */
    public TokenChance {
      top = Collections.unmodifiableSortedMap(new TreeMap<>(top));
    }
  }

  /** The first answer's text; nothing where there is none. */
  public String text() {
    return choices.isEmpty() ? "" : choices.getFirst().text();
  }
}
