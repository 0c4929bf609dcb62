package dev.stemma.analysis;

import dev.stemma.architecture.CanonicalModel;
import java.util.List;

/**
 * Two models to compare, and how far to go.
 *
 * @param candidates further models that may be parents too (merges); never controls
 */
public record Pair(
    CanonicalModel a, CanonicalModel b, List<CanonicalModel> candidates, Scope scope) {
  /** Keeps the list unmodifiable. */
  public Pair {
    candidates = List.copyOf(candidates);
  }

  /** A pair without further candidates. */
  public Pair(CanonicalModel a, CanonicalModel b, Scope scope) {
    this(a, b, List.of(), scope);
  }
}
