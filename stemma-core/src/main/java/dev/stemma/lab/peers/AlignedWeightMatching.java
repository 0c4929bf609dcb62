package dev.stemma.lab.peers;

import dev.stemma.architecture.Part;
import dev.stemma.numeric.LinearAlgebra;
import dev.stemma.numeric.Matrix;
import java.util.List;
import java.util.Optional;

/**
 * AWM: hidden dimensions matched by an assignment on the absolute cosines of embedding columns over
 * shared tokens, then unbiased linear CKA of the query and key matrices, as a z-score with the
 * paper's constants. Models of unequal depth are matched by an assignment over layers.
 */
final class AlignedWeightMatching {
  private static final double MEAN_OF_UNRELATED = 0.00375;
  private static final double DEVIATION_OF_UNRELATED = 0.0028;
  private static final int TOKENS = 20_000;
  private static final LinearAlgebra ALGEBRA = LinearAlgebra.best();

  private AlignedWeightMatching() {}

  static double score(PeerModel a, PeerModel b) {
    Optional<Matrix> left = a.embedding();
    Optional<Matrix> right = b.embedding();
    int[][] tokens = PeerModel.sharedTokens(a, b, TOKENS);
    if (left.isEmpty() || right.isEmpty() || tokens[0].length < 16) {
      return Double.NaN;
    }
    if (left.get().columns() > right.get().columns()) {
      return score(b, a);
    }
    Matrix cosines =
        ALGEBRA.multiplyByTransposed(
            Scores.unitColumns(left.get().selectRows(tokens[0])),
            Scores.unitColumns(right.get().selectRows(tokens[1])));
    int[] map = LinearAssignment.largest(absolute(cosines));
    float[] signs = new float[map.length];
    for (int i = 0; i < map.length; i++) {
      signs[i] = Math.signum(cosines.get(i, map[i]));
    }
    Scores.Mean mean = new Scores.Mean();
    for (Part part : List.of(Part.QUERY, Part.KEY)) {
      mean.add(similarity(a, b, part, map, signs));
    }
    return (mean.value() - MEAN_OF_UNRELATED) / DEVIATION_OF_UNRELATED;
  }

  private static Matrix absolute(Matrix cosines) {
    Matrix out = cosines.copy();
    for (int i = 0; i < out.data().length; i++) {
      out.data()[i] = Math.abs(out.data()[i]);
    }
    return out;
  }

  /** Mean CKA over matched layers. */
  private static double similarity(PeerModel a, PeerModel b, Part part, int[] map, float[] signs) {
    List<double[]> left =
        a.layers().stream()
            .flatMap(layer -> a.matrix(layer, part).stream())
            .filter(matrix -> matrix.columns() == map.length)
            .map(matrix -> centred(matrix.transposed()))
            .toList();
    List<double[]> right =
        b.layers().stream()
            .flatMap(layer -> b.matrix(layer, part).stream())
            .filter(matrix -> matrix.columns() >= map.length)
            .map(matrix -> centred(matrix.selectColumns(map).scaleColumns(signs).transposed()))
            .toList();
    if (left.isEmpty() || right.isEmpty()) {
      return Double.NaN;
    }
    boolean swap = left.size() > right.size();
    List<double[]> fewer = swap ? right : left;
    List<double[]> more = swap ? left : right;
    Matrix table = new Matrix(fewer.size(), more.size());
    for (int i = 0; i < fewer.size(); i++) {
      for (int j = 0; j < more.size(); j++) {
        if (fewer.size() != more.size() || i == j) {
          table.set(i, j, (float) alignment(fewer.get(i), more.get(j), map.length));
        }
      }
    }
    int[] layers = new int[fewer.size()];
    for (int i = 0; i < layers.length; i++) {
      layers[i] = i;
    }
    if (fewer.size() != more.size()) {
      layers = LinearAssignment.largest(table);
    }
    Scores.Mean mean = new Scores.Mean();
    for (int i = 0; i < layers.length; i++) {
      mean.add(table.get(i, layers[i]));
    }
    return mean.value();
  }

  /** A Gram matrix whose inner products give the unbiased HSIC (U-centring: zero diagonal). */
  static double[] centred(Matrix samples) {
    int n = samples.rows();
    double[] gram = ALGEBRA.gram(samples);
    for (int i = 0; i < n; i++) {
      gram[i * n + i] = 0;
    }
    double[] sums = new double[n];
    double total = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        sums[i] += gram[i * n + j];
      }
      total += sums[i];
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        gram[i * n + j] =
            i == j
                ? 0
                : gram[i * n + j] - (sums[i] + sums[j]) / (n - 2) + total / ((n - 1.0) * (n - 2.0));
      }
    }
    return gram;
  }

  /** CKA of two U-centred Gram matrices. */
  static double alignment(double[] a, double[] b, int n) {
    if (n < 4) {
      return Double.NaN;
    }
    double dot = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      dot += a[i] * b[i];
      aa += a[i] * a[i];
      bb += b[i] * b[i];
    }
    return aa > 0 && bb > 0 ? dot / Math.sqrt(aa * bb) : Double.NaN;
  }
}
