package dev.stemma.analysis;

import dev.stemma.architecture.CanonicalModel;
import dev.stemma.evidence.Evidence;
import java.util.ArrayList;
import java.util.List;

/**
 * Two models to compare, and how far to go.
 *
 * @param candidates further models that may be parents too (merges); never controls
 * @param controls models believed independent of both, for drawings that show them beside
 * @param known what the analyses before this one found: expensive tests run only where cheaper ones
 *     leave the question open, and later ones follow the maps that earlier ones found
 */
public record Pair(
    CanonicalModel a,
    CanonicalModel b,
    List<CanonicalModel> candidates,
    List<CanonicalModel> controls,
    Scope scope,
    List<Evidence> known) {
  /** Keeps the lists unmodifiable. */
  public Pair {
    candidates = List.copyOf(candidates);
    controls = List.copyOf(controls);
    known = List.copyOf(known);
  }

  /** A pair of which nothing is known yet. */
  public Pair(CanonicalModel a, CanonicalModel b, List<CanonicalModel> candidates, Scope scope) {
    this(a, b, candidates, List.of(), scope, List.of());
  }

  /** A pair without further candidates. */
  public Pair(CanonicalModel a, CanonicalModel b, Scope scope) {
    this(a, b, List.of(), scope);
  }

  /** The same pair with more findings known. */
  public Pair knowing(List<Evidence> more) {
    List<Evidence> all = new ArrayList<>(known);
    all.addAll(more);
    return new Pair(a, b, candidates, controls, scope, all);
  }

  /** The same pair with controls to show beside. */
  public Pair withControls(List<CanonicalModel> models) {
    return new Pair(a, b, candidates, models, scope, known);
  }
}
