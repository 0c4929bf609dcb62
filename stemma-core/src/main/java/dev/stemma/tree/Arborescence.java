package dev.stemma.tree;

import java.util.Arrays;

/**
 * The cheapest set of edges that gives every vertex but the root one parent and leads from the root
 * to all (Chu and Liu 1965, Edmonds 1967), on dense graphs.
 */
final class Arborescence {
  private Arborescence() {}

  /**
   * The parent of each vertex.
   *
   * @param costs {@code costs[from][to]}, positive infinity where no edge may be
   * @param root the vertex without parent; every other must be reachable from it
   * @return {@code -1} at the root
   */
  static int[] parents(double[][] costs, int root) {
    int n = costs.length;
    int[] parents = new int[n];
    for (int to = 0; to < n; to++) {
      parents[to] = to == root ? -1 : cheapest(costs, to);
      if (to != root && parents[to] < 0) {
        throw new IllegalArgumentException("no edge leads to vertex " + to);
      }
    }
    int[] cycle = cycle(parents);
    if (cycle.length == 0) {
      return parents;
    }
    return expanded(costs, root, parents, cycle);
  }

  private static int cheapest(double[][] costs, int to) {
    int best = -1;
    for (int from = 0; from < costs.length; from++) {
      if (from != to && costs[from][to] < (best < 0 ? Double.POSITIVE_INFINITY : costs[best][to])) {
        best = from;
      }
    }
    return best;
  }

  /** Vertices of one cycle, or none. */
  private static int[] cycle(int[] parents) {
    int[] seenFrom = new int[parents.length];
    Arrays.fill(seenFrom, -1);
    for (int start = 0; start < parents.length; start++) {
      int at = start;
      while (at >= 0 && seenFrom[at] < 0) {
        seenFrom[at] = start;
        at = parents[at];
      }
      if (at >= 0 && seenFrom[at] == start) {
        int[] cycle = new int[parents.length];
        int length = 0;
        int vertex = at;
        do {
          cycle[length++] = vertex;
          vertex = parents[vertex];
        } while (vertex != at);
        return Arrays.copyOf(cycle, length);
      }
    }
    return new int[0];
  }

  /** Takes the cycle for one vertex, solves that, and opens the cycle where it is entered. */
  private static int[] expanded(double[][] costs, int root, int[] parents, int[] cycle) {
    int n = costs.length;
    boolean[] inCycle = new boolean[n];
    for (int vertex : cycle) {
      inCycle[vertex] = true;
    }
    int[] smaller = new int[n];
    int[] larger = new int[n - cycle.length];
    int next = 0;
    for (int vertex = 0; vertex < n; vertex++) {
      if (!inCycle[vertex]) {
        smaller[vertex] = next;
        larger[next++] = vertex;
      }
    }
    int joined = next;
    double[][] contracted = new double[joined + 1][joined + 1];
    for (double[] row : contracted) {
      Arrays.fill(row, Double.POSITIVE_INFINITY);
    }
    int[] leaves = new int[joined];
    int[] enters = new int[joined];
    for (int from = 0; from < n; from++) {
      for (int to = 0; to < n; to++) {
        if (inCycle[from] && inCycle[to]) {
          continue;
        }
        if (inCycle[to]) {
          double extra = costs[from][to] - costs[parents[to]][to];
          if (extra < contracted[smaller[from]][joined]) {
            contracted[smaller[from]][joined] = extra;
            enters[smaller[from]] = to;
          }
        } else if (inCycle[from]) {
          if (costs[from][to] < contracted[joined][smaller[to]]) {
            contracted[joined][smaller[to]] = costs[from][to];
            leaves[smaller[to]] = from;
          }
        } else {
          contracted[smaller[from]][smaller[to]] = costs[from][to];
        }
      }
    }
    int[] solved = parents(contracted, smaller[root]);
    int[] result = parents.clone();
    for (int vertex = 0; vertex < joined; vertex++) {
      int parent = solved[vertex];
      result[larger[vertex]] = parent < 0 ? -1 : parent == joined ? leaves[vertex] : larger[parent];
    }
    int from = solved[joined];
    result[enters[from]] = larger[from];
    return result;
  }
}
