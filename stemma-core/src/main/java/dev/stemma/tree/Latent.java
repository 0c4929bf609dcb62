package dev.stemma.tree;

import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/** Tops of trees that share an ancestor which is not among the models. */
final class Latent {
  private final KinGraph graph;
  private final int[] parents;
  private final List<Blend> blends;

  Latent(KinGraph graph, int[] parents, List<Blend> blends) {
    this.graph = graph;
    this.parents = parents;
    this.blends = blends;
  }

  /** The number of each top's group, -1 for a model that has none. */
  int[] groups() {
    int n = parents.length;
    int[] joined = new int[n];
    for (int model = 0; model < n; model++) {
      joined[model] = top(model);
    }
    for (Kin pair : graph.pairs()) {
      if (pair.related() && whole(pair) && !blended(pair.a()) && !blended(pair.b())) {
        int from = joined[pair.a()];
        int to = joined[pair.b()];
        for (int model = 0; model < n; model++) {
          joined[model] = joined[model] == from ? to : joined[model];
        }
      }
    }
    TreeMap<Integer, Integer> tops = new TreeMap<>();
    for (int model = 0; model < n; model++) {
      if (parents[model] < 0) {
        tops.merge(joined[model], 1, Integer::sum);
      }
    }
    List<Integer> groups =
        tops.entrySet().stream()
            .filter(entry -> entry.getValue() > 1)
            .map(java.util.Map.Entry::getKey)
            .toList();
    int[] numbers = new int[n];
    Arrays.fill(numbers, -1);
    for (int model = 0; model < n; model++) {
      if (parents[model] < 0) {
        numbers[model] = groups.indexOf(joined[model]);
      }
    }
    return numbers;
  }

  private int top(int model) {
    int at = model;
    while (parents[at] >= 0) {
      at = parents[at];
    }
    return at;
  }

  /** Single layers that one model has of another make no common ancestor. */
  private boolean whole(Kin pair) {
    double least = graph.rules().coverage();
    return graph.coverage(pair.a(), pair.b()) >= least
        || graph.coverage(pair.b(), pair.a()) >= least;
  }

  private boolean blended(int model) {
    return blends.stream().anyMatch(blend -> blend.child() == model);
  }
}
