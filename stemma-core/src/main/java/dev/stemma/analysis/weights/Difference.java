package dev.stemma.analysis.weights;

import dev.stemma.numeric.LinearAlgebra;
import dev.stemma.numeric.Matrix;
import java.util.Arrays;

/** What one pair of matched matrices says of how one became the other. */
final class Difference {
  /** Bands of singular directions, the leading ones first. */
  static final int BANDS = 8;

  private static final int LARGEST_SIDE = 512;

  /** A band with a smaller share of the largest band's energy holds rounding errors only. */
  private static final double NEGLIGIBLE = 1e-7;

  private Difference() {}

  /**
   * What of A's band-wise content B kept: r_b = sum over the band of sigma u^T B v, over the sum of
   * sigma^2. The same in every band when A is an ancestor of B.
   */
  static double[] retention(Matrix a, Matrix b) {
    Matrix x = a.rows() <= a.columns() ? a : a.transposed();
    Matrix y = a.rows() <= a.columns() ? b : b.transposed();
    if (x.rows() > LARGEST_SIDE) {
      int[] rows = Weights.sample(x.rows(), LARGEST_SIDE);
      x = x.selectRows(rows);
      y = y.selectRows(rows);
    }
    int n = x.rows();
    LinearAlgebra algebra = LinearAlgebra.best();
    LinearAlgebra.Eigen eigen = algebra.eigen(algebra.gram(x), n);
    // u^T B A^T u for each left singular vector u of A.
    Matrix xu = algebra.multiply(eigen.vectors(), x);
    Matrix yu = algebra.multiply(eigen.vectors(), y);
    double[] kept = new double[BANDS];
    double[] all = new double[BANDS];
    for (int k = 0; k < n; k++) {
      int band = (int) ((long) k * BANDS / n);
      for (int column = 0; column < x.columns(); column++) {
        kept[band] += (double) yu.get(k, column) * xu.get(k, column);
      }
      all[band] += Math.max(0, eigen.values()[k]);
    }
    double negligible = NEGLIGIBLE * Arrays.stream(all).max().orElse(0);
    double[] retention = new double[BANDS];
    for (int band = 0; band < BANDS; band++) {
      retention[band] = all[band] > negligible ? kept[band] / all[band] : Double.NaN;
    }
    return retention;
  }

  /** Frobenius norm of B - A over that of the smaller, so that the order does not count. */
  static double relativeChange(Matrix a, Matrix b) {
    double norm = Math.min(a.frobeniusNorm(), b.frobeniusNorm());
    return norm == 0 ? Double.NaN : delta(a, b).frobeniusNorm() / norm;
  }

  static Matrix delta(Matrix a, Matrix b) {
    return b.copy().add(a, -1);
  }

  /** Share of elements of the same value. */
  static double equalShare(Matrix a, Matrix b) {
    int equal = 0;
    float[] left = a.data();
    float[] right = b.data();
    for (int index = 0; index < left.length; index++) {
      equal += left[index] == right[index] ? 1 : 0;
    }
    return left.length == 0 ? 0 : (double) equal / left.length;
  }

  /** The rank after which the difference's singular values fall most, and by what ratio. */
  record Gap(int rank, double ratio) {}

  static Gap largestGap(Matrix a, Matrix b) {
    Matrix delta = delta(a, b);
    Matrix x = delta.rows() <= delta.columns() ? delta : delta.transposed();
    if (x.rows() > LARGEST_SIDE) {
      x = x.selectRows(Weights.sample(x.rows(), LARGEST_SIDE));
    }
    LinearAlgebra algebra = LinearAlgebra.best();
    double[] squares = algebra.eigen(algebra.gram(x), x.rows()).values();
    if (squares.length == 0 || !(squares[0] > 0)) {
      return new Gap(0, 0);
    }
    double floor = squares[0] * 1e-13;
    Gap gap = new Gap(0, 0);
    for (int k = 1; k <= squares.length / 2; k++) {
      double ratio = Math.sqrt(Math.max(squares[k - 1], floor) / Math.max(squares[k], floor));
      if (ratio > gap.ratio()) {
        gap = new Gap(k, ratio);
      }
    }
    return gap;
  }

  /** The middle value; NaN entries are left out; NaN when none is left. */
  static double median(double[] values) {
    double[] sorted =
        Arrays.stream(values).filter(value -> !Double.isNaN(value)).sorted().toArray();
    if (sorted.length == 0) {
      return Double.NaN;
    }
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
