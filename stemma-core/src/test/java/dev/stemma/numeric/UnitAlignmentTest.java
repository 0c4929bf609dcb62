package dev.stemma.numeric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UnitAlignmentTest {
  /** All 24 permutations of four units, by hand. */
  @Test
  void meanAndDeviationAreThoseOfAllPermutations() {
    double[][] matrix = random(4, 1);
    double sum = 0;
    double squares = 0;
    int atLeast = 0;
    double given = diagonal(matrix, new int[] {0, 1, 2, 3});
    int count = 0;
    for (int[] order : permutationsOfFour()) {
      double value = diagonal(matrix, order);
      sum += value;
      squares += value * value;
      atLeast += value >= given ? 1 : 0;
      count++;
    }
    UnitAlignment test = UnitAlignment.of(List.<double[][]>of(matrix), 20_000);
    assertThat(test.diagonal()).isCloseTo(given / 4, within(1e-12));
    assertThat(test.shuffledMean()).isCloseTo(sum / count / 4, within(1e-12));
    assertThat(test.shuffledStandardDeviation())
        .isCloseTo(Math.sqrt(squares / count - sum * sum / count / count) / 4, within(1e-12));
    assertThat(Math.pow(10, test.log10p())).isCloseTo((double) atLeast / count, within(0.02));
  }

  @Test
  void groupsAddUp() {
    UnitAlignment one = UnitAlignment.of(List.<double[][]>of(random(30, 1)), 10);
    UnitAlignment two = UnitAlignment.of(List.<double[][]>of(random(30, 1), random(30, 1)), 10);
    assertThat(two.diagonal()).isCloseTo(one.diagonal(), within(1e-12));
    assertThat(two.z()).isCloseTo(one.z() * Math.sqrt(2), within(1e-9));
  }

  @Test
  void theSmallestPValueIsOneInAllPermutations() {
    double[][] identity = new double[20][20];
    for (int i = 0; i < 20; i++) {
      identity[i][i] = 1;
    }
    UnitAlignment test = UnitAlignment.of(List.<double[][]>of(identity), 999);
    assertThat(test.log10p()).isCloseTo(-3, within(1e-12));
    assertThat(test.z()).isGreaterThan(15);
  }

  @Test
  void aConstantMatrixSaysNothing() {
    UnitAlignment test = UnitAlignment.of(List.<double[][]>of(new double[10][10]), 99);
    assertThat(test.z()).isZero();
    assertThat(test.log10p()).isZero();
  }

  private static double[][] random(int n, long seed) {
    Random random = new Random(seed);
    double[][] matrix = new double[n][n];
    for (double[] row : matrix) {
      for (int j = 0; j < n; j++) {
        row[j] = random.nextGaussian();
      }
    }
    return matrix;
  }

  private static double diagonal(double[][] matrix, int[] order) {
    double sum = 0;
    for (int i = 0; i < order.length; i++) {
      sum += matrix[i][order[i]];
    }
    return sum;
  }

  private static List<int[]> permutationsOfFour() {
    List<int[]> all = new java.util.ArrayList<>();
    for (int code = 0; code < 256; code++) {
      int[] order = {code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6};
      if (java.util.Arrays.stream(order).distinct().count() == 4) {
        all.add(order);
      }
    }
    return all;
  }
}
