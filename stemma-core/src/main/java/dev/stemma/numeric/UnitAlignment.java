package dev.stemma.numeric;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Do units with the same number belong together? The statistic is the mean of the diagonals of
 * matrices of similarity [unit of a, unit of b]; under the null hypothesis b's numbers are a
 * uniform permutation, drawn for each matrix by itself. Mean and standard deviation are exact
 * (Hoeffding 1951); the p-value counts random permutations, the given order among them, so it is
 * valid and never under 1 / (permutations + 1).
 *
 * @param diagonal mean over all diagonals
 * @param shuffledMean its expectation under the null hypothesis
 * @param shuffledStandardDeviation its standard deviation under the null hypothesis
 * @param log10p one-sided
 */
public record UnitAlignment(
    double diagonal, double shuffledMean, double shuffledStandardDeviation, double log10p) {
  private static final long SEED = 0x5741;

  /** Standard deviations above the shuffled mean; 0 where nothing varies. */
  public double z() {
    return shuffledStandardDeviation > 0
        ? (diagonal - shuffledMean) / shuffledStandardDeviation
        : 0;
  }

  /**
   * Tests square matrices together.
   *
   * @param matrices at least one, each [n][n] with n at least 2
   */
  public static UnitAlignment of(List<double[][]> matrices, int permutations) {
    double diagonal = 0;
    double mean = 0;
    double variance = 0;
    long units = 0;
    for (double[][] matrix : matrices) {
      int n = matrix.length;
      units += n;
      double[] rowMeans = new double[n];
      double[] columnMeans = new double[n];
      for (int i = 0; i < n; i++) {
        diagonal += matrix[i][i];
        for (int j = 0; j < n; j++) {
          rowMeans[i] += matrix[i][j] / n;
          columnMeans[j] += matrix[i][j] / n;
        }
      }
      double grandMean = 0;
      for (double rowMean : rowMeans) {
        grandMean += rowMean / n;
      }
      mean += grandMean * n;
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          double centred = matrix[i][j] - rowMeans[i] - columnMeans[j] + grandMean;
          variance += centred * centred / (n - 1);
        }
      }
    }
    return new UnitAlignment(
        diagonal / units,
        mean / units,
        Math.sqrt(variance) / units,
        log10p(matrices, diagonal, permutations));
  }

  private static double log10p(List<double[][]> matrices, double diagonal, int permutations) {
    SplittableRandom random = new SplittableRandom(SEED);
    int atLeast = 1;
    for (int round = 0; round < permutations; round++) {
      double sum = 0;
      for (double[][] matrix : matrices) {
        sum += shuffledDiagonal(matrix, random);
      }
      // Rounding must not hide a tie.
      if (sum >= diagonal - 1e-12 * Math.abs(diagonal)) {
        atLeast++;
      }
    }
    return Math.log10((double) atLeast / (permutations + 1));
  }

  private static double shuffledDiagonal(double[][] matrix, SplittableRandom random) {
    int n = matrix.length;
    int[] order = new int[n];
    double sum = 0;
    for (int i = 0; i < n; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    for (int i = 0; i < n; i++) {
      sum += matrix[i][order[i]];
    }
    return sum;
  }
}
