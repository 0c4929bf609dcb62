package dev.stemma.analysis.representation;

import dev.stemma.analysis.representation.CentredKernelAlignment.Side;
import dev.stemma.numeric.Matrix;
import java.util.List;

/** Unbiased linear CKA of every layer of one model with every layer of another (REEF). */
public final class LayerAlignment {
  private LayerAlignment() {}

  /**
   * All pairs of layers.
   *
   * @param a features by layer, one row a sample
   * @param b features of the same samples
   */
  public static double[][] of(List<Matrix> a, List<Matrix> b) {
    List<Side> left = a.stream().map(CentredKernelAlignment::side).toList();
    List<Side> right = b.stream().map(CentredKernelAlignment::side).toList();
    double[][] values = new double[left.size()][right.size()];
    for (int i = 0; i < values.length; i++) {
      for (int j = 0; j < right.size(); j++) {
        values[i][j] = left.get(i).with(right.get(j));
      }
    }
    return values;
  }

  /**
   * The mean over b's layers of the best of a's, without the embeddings; NaN where no layers can be
   * compared.
   *
   * @param values as {@link #of} gives them
   */
  public static double meanOfBest(double[][] values) {
    double sum = 0;
    int counted = 0;
    for (int j = 1; j < values[0].length; j++) {
      double best = Double.NaN;
      for (int i = 1; i < values.length; i++) {
        best = Double.isNaN(best) || values[i][j] > best ? values[i][j] : best;
      }
      if (!Double.isNaN(best)) {
        sum += best;
        counted++;
      }
    }
    return counted == 0 ? Double.NaN : sum / counted;
  }
}
