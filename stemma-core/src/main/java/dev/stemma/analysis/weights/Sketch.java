package dev.stemma.analysis.weights;

import dev.stemma.artifact.TensorView;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.LinearAlgebra;
import dev.stemma.numeric.Matrix;
import java.util.List;

/**
 * A fixed random sketch of weights: every place of a matrix has a bucket and a sign of its own, the
 * same in all models, so that cosines of sketches are cosines of weights, nearly, and models of
 * unequal shapes stand in one space.
 */
final class Sketch {
  static final int BUCKETS = 256;

  private static final int MOST_ROWS = 128;
  private static final long LARGE_ELEMENTS = 4_000_000;

  private Sketch() {}

  /** Rows that stand for a large matrix, the same in all models; all of a small one. */
  static int[] rows(TensorView view) {
    int rows = Math.toIntExact(view.shape().rows());
    int count = view.shape().elements() > LARGE_ELEMENTS ? Math.min(MOST_ROWS, rows) : rows;
    int[] first = new int[count];
    for (int row = 0; row < count; row++) {
      first[row] = row;
    }
    return first;
  }

  /** Sketches of matrices side by side, each of unit length. */
  static float[] of(List<TensorView> views, TensorReader tensors) {
    float[] all = new float[BUCKETS * views.size()];
    for (int part = 0; part < views.size(); part++) {
      Matrix matrix = Weights.rows(tensors, views.get(part), rows(views.get(part)));
      double norm = matrix.frobeniusNorm();
      for (int row = 0; row < matrix.rows() && norm > 0; row++) {
        for (int column = 0; column < matrix.columns(); column++) {
          long place = mixed(((long) row << 32) + column);
          int bucket = part * BUCKETS + (int) (place & (BUCKETS - 1));
          all[bucket] += (float) ((place < 0 ? -1 : 1) * matrix.get(row, column) / norm);
        }
      }
    }
    return all;
  }

  private static long mixed(long value) {
    long mixed = (value + 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 29)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 32);
  }

  static double cosine(float[] a, float[] b) {
    double dot = 0;
    double squaresA = 0;
    double squaresB = 0;
    for (int index = 0; index < a.length; index++) {
      dot += (double) a[index] * b[index];
      squaresA += (double) a[index] * a[index];
      squaresB += (double) b[index] * b[index];
    }
    return squaresA > 0 && squaresB > 0 ? dot / Math.sqrt(squaresA * squaresB) : Double.NaN;
  }

  /**
   * Two principal components of some sketches.
   *
   * @param points one a sketch
   * @param explained share of the variance along each
   */
  record Plane(double[][] points, double[] explained) {}

  static Plane plane(List<float[]> sketches) {
    int n = sketches.size();
    Matrix centred = new Matrix(n, sketches.getFirst().length);
    for (int column = 0; column < centred.columns(); column++) {
      double mean = 0;
      for (float[] sketch : sketches) {
        mean += sketch[column] / n;
      }
      for (int row = 0; row < n; row++) {
        centred.set(row, column, (float) (sketches.get(row)[column] - mean));
      }
    }
    LinearAlgebra algebra = LinearAlgebra.best();
    LinearAlgebra.Eigen eigen = algebra.eigen(algebra.gram(centred), n);
    double total = 0;
    for (double value : eigen.values()) {
      total += Math.max(0, value);
    }
    double[][] points = new double[n][2];
    double[] explained = new double[2];
    for (int axis = 0; axis < Math.min(2, n); axis++) {
      double variance = Math.max(0, eigen.values()[axis]);
      explained[axis] = total > 0 ? variance / total : 0;
      for (int row = 0; row < n; row++) {
        points[row][axis] = eigen.vectors().get(axis, row) * Math.sqrt(variance);
      }
    }
    return new Plane(points, explained);
  }
}
