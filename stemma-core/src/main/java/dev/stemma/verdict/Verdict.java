package dev.stemma.verdict;

import java.util.List;

/**
 * The verdict on a pair: the overall relation is the strongest among the bodies; tokenizer and
 * config never raise it.
 */
public record Verdict(
    Relation relation, String summary, String wouldChange, List<ComponentVerdict> components) {
  /** Keeps the list unmodifiable. */
  public Verdict {
    components = List.copyOf(components);
  }
}
