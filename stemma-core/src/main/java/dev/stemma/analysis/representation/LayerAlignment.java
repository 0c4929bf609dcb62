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
}
