package dev.stemma.lab;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Random indices and matrices. */
final class Draw {
  private Draw() {}

  /** A uniform permutation of 0..n-1 (Fisher and Yates). */
  static int[] permutation(int n, RandomGenerator random) {
    int[] order = new int[n];
    Arrays.setAll(order, i -> i);
    for (int i = n - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
    return order;
  }

  /** A uniform subset of so many of 0..n-1, ascending. */
  static int[] subset(int n, int count, RandomGenerator random) {
    int[] chosen = Arrays.copyOf(permutation(n, random), count);
    Arrays.sort(chosen);
    return chosen;
  }

  /** Independent normal numbers. */
  static float[] normal(int count, double standardDeviation, RandomGenerator random) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextGaussian() * standardDeviation);
    }
    return values;
  }

  /**
   * Normal numbers of one stream, element by element: in order at the cost of drawing, from an
   * earlier element at the cost of drawing again.
   *
   * @param seeded begins the stream
   */
  static LabTensor.Change normals(
      java.util.function.Supplier<RandomGenerator> seeded, double deviation) {
    var stream =
        new Object() {
          RandomGenerator random = seeded.get();
          long next;
        };
    return (first, count, values) -> {
      if (first < stream.next) {
        stream.random = seeded.get();
        stream.next = 0;
      }
      for (; stream.next < first; stream.next++) {
        stream.random.nextGaussian();
      }
      for (int i = 0; i < count; i++) {
        values[i] += (float) (stream.random.nextGaussian() * deviation);
      }
      stream.next += count;
    };
  }

  /** A random orthogonal matrix, row-major: Gram and Schmidt, twice, on normal rows. */
  static double[][] orthogonal(int n, RandomGenerator random) {
    double[][] rows = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        rows[i][j] = random.nextGaussian();
      }
      for (int pass = 0; pass < 2; pass++) {
        for (int k = 0; k < i; k++) {
          double dot = 0;
          for (int j = 0; j < n; j++) {
            dot += rows[i][j] * rows[k][j];
          }
          for (int j = 0; j < n; j++) {
            rows[i][j] -= dot * rows[k][j];
          }
        }
      }
      double norm = Math.sqrt(Arrays.stream(rows[i]).map(value -> value * value).sum());
      for (int j = 0; j < n; j++) {
        rows[i][j] /= norm;
      }
    }
    return rows;
  }
}
