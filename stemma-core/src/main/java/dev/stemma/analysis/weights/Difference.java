package dev.stemma.analysis.weights;

import dev.stemma.numeric.LinearAlgebra;
import dev.stemma.numeric.Matrix;
import java.util.Arrays;

/** What one pair of matched matrices says of how one became the other. */
final class Difference {
  /** Bands of singular directions, the leading ones first. */
  static final int BANDS = 8;

  private static final int LARGEST_SIDE = 512;

  /** Directions of a difference that are asked whose they are. */
  private static final int LEADING = 8;

  /** A band with a smaller share of the largest band's energy holds rounding errors only. */
  private static final double NEGLIGIBLE = 1e-7;

  private Difference() {}

  /**
   * What of A's band-wise content B kept: r_b = sum over the band of sigma u^T B v, over the sum of
   * sigma^2. The same in every band when A is an ancestor of B.
   */
  static double[] retention(Matrix a, Matrix b) {
    return retention(a, b, NEGLIGIBLE);
  }

  /** The same; bands with less than this share of the largest band's energy are left out. */
  static double[] retention(Matrix a, Matrix b, double negligibleShare) {
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
    double negligible = negligibleShare * Arrays.stream(all).max().orElse(0);
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

  /** Cosine of the angle between the two as one vector each. */
  static double cosine(Matrix a, Matrix b) {
    double dot = 0;
    for (int index = 0; index < a.data().length; index++) {
      dot += (double) a.data()[index] * b.data()[index];
    }
    double norms = a.frobeniusNorm() * b.frobeniusNorm();
    return norms == 0 ? Double.NaN : Math.clamp(dot / norms, -1, 1);
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

  /**
   * The rank after which the difference's singular values fall most, and by what ratio.
   *
   * @param movedA of the leading directions of the difference, for each the share of it that A
   *     holds (with the sign of a movement of A): near 1 where A alone moved, near 0 where B alone
   *     did
   */
  record Gap(int rank, double ratio, double[] movedA) {
    static final Gap NONE = new Gap(0, 0, new double[0]);
  }

  /**
   * A difference B - A has directions u v with strengths s. A model that did not move there has
   * only what any unrelated direction would have of it, and the other has all of s more: -u A v / s
   * is near 0 where B moved and near 1 where A did.
   */
  static Gap largestGap(Matrix a, Matrix b) {
    Matrix delta = delta(a, b);
    boolean flat = delta.rows() <= delta.columns();
    Matrix x = flat ? delta : delta.transposed();
    Matrix from = flat ? a : a.transposed();
    if (x.rows() > LARGEST_SIDE) {
      int[] rows = Weights.sample(x.rows(), LARGEST_SIDE);
      x = x.selectRows(rows);
      from = from.selectRows(rows);
    }
    LinearAlgebra algebra = LinearAlgebra.best();
    LinearAlgebra.Eigen eigen = algebra.eigen(algebra.gram(x), x.rows());
    double[] squares = eigen.values();
    if (squares.length == 0 || !(squares[0] > 0)) {
      return Gap.NONE;
    }
    double floor = squares[0] * 1e-13;
    int rank = 0;
    double largest = 0;
    for (int k = 1; k <= squares.length / 2; k++) {
      double ratio = Math.sqrt(Math.max(squares[k - 1], floor) / Math.max(squares[k], floor));
      if (ratio > largest) {
        largest = ratio;
        rank = k;
      }
    }
    int[] leading = Weights.sample(Math.min(rank, LEADING), LEADING);
    Matrix directions = eigen.vectors().selectRows(leading);
    Matrix ofDelta = algebra.multiply(directions, x);
    Matrix ofA = algebra.multiply(directions, from);
    double[] moved = new double[leading.length];
    for (int k = 0; k < moved.length; k++) {
      double dot = 0;
      double square = 0;
      for (int column = 0; column < x.columns(); column++) {
        dot += (double) ofA.get(k, column) * ofDelta.get(k, column);
        square += (double) ofDelta.get(k, column) * ofDelta.get(k, column);
      }
      moved[k] = -dot / square;
    }
    return new Gap(rank, largest, moved);
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
