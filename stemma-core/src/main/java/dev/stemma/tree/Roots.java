package dev.stemma.tree;

import java.util.ArrayList;
import java.util.List;

/**
 * Who stands at the top where nothing tells the direction of the first edges: the one from which
 * most lines of known direction go out; nobody, where two have as many.
 */
final class Roots {
  private final int[] parents;
  private final boolean[] open;

  /** Both are changed in place: a tree is turned around to its founder. */
  Roots(int[] parents, boolean[] open) {
    this.parents = parents;
    this.open = open;
  }

  /** Turns the trees and says for each model whether it is a founder. */
  boolean[] settle() {
    boolean[] founder = new boolean[parents.length];
    List<Integer> roots = new ArrayList<>();
    for (int model = 0; model < parents.length; model++) {
      if (parents[model] < 0) {
        roots.add(model);
      }
    }
    for (int root : roots) {
      List<Integer> cluster = new ArrayList<>(List.of(root));
      for (int next = 0; next < cluster.size(); next++) {
        for (int child = 0; child < parents.length; child++) {
          if (parents[child] == cluster.get(next) && open[child]) {
            cluster.add(child);
          }
        }
      }
      int most = cluster.stream().mapToInt(this::lines).max().orElse(0);
      List<Integer> best = cluster.stream().filter(model -> lines(model) == most).toList();
      turn(best.getFirst());
      founder[best.getFirst()] = best.size() == 1;
    }
    return founder;
  }

  /** Children of known direction. */
  private int lines(int model) {
    int count = 0;
    for (int child = 0; child < parents.length; child++) {
      count += parents[child] == model && !open[child] ? 1 : 0;
    }
    return count;
  }

  /** Makes a model the top of its tree: the edges above it, all open, are turned. */
  private void turn(int top) {
    int model = top;
    int above = parents[model];
    parents[model] = -1;
    open[model] = false;
    while (above >= 0) {
      int next = parents[above];
      parents[above] = model;
      open[above] = true;
      model = above;
      above = next;
    }
  }
}
