package dev.stemma.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ArborescenceTest {
  /** Every directed graph of up to four vertices, edges present or not, with drawn costs. */
  @Test
  void costsAsLittleAsTheBestOfAllOnEverySmallGraph() {
    SplittableRandom random = new SplittableRandom(4);
    for (int n = 1; n <= 4; n++) {
      for (int edges = 0; edges < 1 << (n * n); edges++) {
        double[][] costs = new double[n][n];
        for (int from = 0; from < n; from++) {
          for (int to = 0; to < n; to++) {
            boolean is = (edges >> (from * n + to) & 1) == 1 && from != to;
            costs[from][to] = is ? random.nextInt(1, 9) : Double.POSITIVE_INFINITY;
          }
        }
        checkAgainstAll(costs);
      }
    }
  }

  @Test
  void costsAsLittleAsTheBestOfAllOnDrawnGraphsOfFive() {
    SplittableRandom random = new SplittableRandom(5);
    for (int round = 0; round < 20_000; round++) {
      double[][] costs = new double[5][5];
      for (double[] row : costs) {
        for (int to = 0; to < row.length; to++) {
          row[to] = random.nextInt(4) == 0 ? Double.POSITIVE_INFINITY : random.nextInt(-3, 12);
        }
      }
      checkAgainstAll(costs);
    }
  }

  @Test
  void aVertexWithoutEdgeIsRefused() {
    double[][] costs = {{0, Double.POSITIVE_INFINITY}, {1, 0}};
    assertThatThrownBy(() -> Arborescence.parents(costs, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("vertex 1");
  }

  private static void checkAgainstAll(double[][] costs) {
    int n = costs.length;
    double best = Double.POSITIVE_INFINITY;
    for (int code = 0; code < Math.pow(n, n - 1); code++) {
      int[] parents = new int[n];
      parents[0] = -1;
      int rest = code;
      for (int vertex = 1; vertex < n; vertex++) {
        parents[vertex] = rest % n;
        rest /= n;
      }
      best = Math.min(best, cost(costs, parents));
    }
    if (Double.isInfinite(best)) {
      assertThatThrownBy(() -> Arborescence.parents(costs, 0))
          .isInstanceOf(IllegalArgumentException.class);
    } else {
      int[] found = Arborescence.parents(costs, 0);
      assertThat(cost(costs, found)).as(Arrays.deepToString(costs)).isCloseTo(best, within(1e-9));
    }
  }

  /** Infinite where the parents are no tree. */
  private static double cost(double[][] costs, int[] parents) {
    double sum = 0;
    for (int vertex = 1; vertex < parents.length; vertex++) {
      sum += parents[vertex] == vertex ? Double.POSITIVE_INFINITY : costs[parents[vertex]][vertex];
      int at = vertex;
      for (int up = 0; up <= parents.length && at > 0; up++) {
        at = parents[at];
      }
      if (at > 0) {
        return Double.POSITIVE_INFINITY;
      }
    }
    return sum;
  }
}
