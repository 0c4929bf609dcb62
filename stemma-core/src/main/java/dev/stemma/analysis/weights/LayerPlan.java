package dev.stemma.analysis.weights;

import dev.stemma.analysis.Scope;
import java.util.List;
import java.util.TreeSet;

/** Which layers are read: all of small models, an even choice with both ends of large ones. */
final class LayerPlan {
  /** Layers of each side that answer the question of a large pair. */
  static final int PLANNED = 8;

  /** Layers of a large pair whose values are compared one by one. */
  static final int PLANNED_VALUES = 4;

  /** So many layers of small models are read by any test. */
  static final int MOST = 128;

  /** Hidden spaces wider than this are tested by samples and projections. */
  static final int WIDE = 1024;

  private LayerPlan() {}

  /** Layers in scope; at most so many unless everything is asked for. */
  static List<Integer> choose(List<Integer> layers, Scope scope, int most) {
    List<Integer> wanted = layers.stream().filter(scope::includes).toList();
    if (scope.thorough() || wanted.size() <= most || !scope.layers().isEmpty()) {
      return wanted;
    }
    TreeSet<Integer> chosen = new TreeSet<>();
    for (int index = 0; index < most; index++) {
      chosen.add(wanted.get((int) ((long) index * (wanted.size() - 1) / (most - 1))));
    }
    return List.copyOf(chosen);
  }

  /** The caveat that names what was left out; empty when nothing was. */
  static String notTested(String model, List<Integer> all, List<Integer> tested) {
    List<Integer> left = all.stream().filter(layer -> !tested.contains(layer)).toList();
    return left.isEmpty() ? "" : "not tested: layers " + left + " of " + model;
  }
}
