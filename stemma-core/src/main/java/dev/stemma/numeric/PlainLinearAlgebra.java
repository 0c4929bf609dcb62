package dev.stemma.numeric;

/** The definition of {@link LinearAlgebra}: plain loops, sums in float64, cyclic Jacobi. */
public final class PlainLinearAlgebra implements LinearAlgebra {
  private static final int MAXIMUM_SWEEPS = 60;

  @Override
  public String name() {
    return "plain";
  }

  @Override
  public Matrix multiply(Matrix a, Matrix b) {
    requireEqual(a.columns(), b.rows());
    return multiplyByTransposed(a, b.transposed());
  }

  @Override
  public Matrix multiplyByTransposed(Matrix a, Matrix b) {
    requireEqual(a.columns(), b.columns());
    Matrix out = new Matrix(a.rows(), b.rows());
    for (int row = 0; row < a.rows(); row++) {
      for (int column = 0; column < b.rows(); column++) {
        out.set(row, column, (float) innerProduct(a, row, b, column));
      }
    }
    return out;
  }

  @Override
  public Matrix multiplyTransposed(Matrix a, Matrix b) {
    requireEqual(a.rows(), b.rows());
    return multiplyByTransposed(a.transposed(), b.transposed());
  }

  @Override
  public double[] gram(Matrix a) {
    int n = a.rows();
    double[] out = new double[Math.multiplyExact(n, n)];
    for (int row = 0; row < n; row++) {
      for (int column = 0; column <= row; column++) {
        out[row * n + column] = innerProduct(a, row, a, column);
        out[column * n + row] = out[row * n + column];
      }
    }
    return out;
  }

  @Override
  public Eigen eigen(double[] symmetric, int n) {
    requireEqual(symmetric.length, Math.multiplyExact(n, n));
    double[] a = symmetric.clone();
    double[] v = new double[n * n];
    for (int index = 0; index < n; index++) {
      v[index * n + index] = 1;
    }
    for (int sweep = 0; sweep < MAXIMUM_SWEEPS && offDiagonal(a, n) > 1e-26 * total(a); sweep++) {
      for (int p = 0; p < n - 1; p++) {
        for (int q = p + 1; q < n; q++) {
          rotate(a, v, n, p, q);
        }
      }
    }
    Integer[] order = new Integer[n];
    for (int index = 0; index < n; index++) {
      order[index] = index;
    }
    java.util.Arrays.sort(order, (x, y) -> Double.compare(a[y * n + y], a[x * n + x]));
    double[] values = new double[n];
    Matrix vectors = new Matrix(n, n);
    for (int k = 0; k < n; k++) {
      values[k] = a[order[k] * n + order[k]];
      for (int index = 0; index < n; index++) {
        vectors.set(k, index, (float) v[index * n + order[k]]);
      }
    }
    return new Eigen(values, vectors);
  }

  private static void rotate(double[] a, double[] v, int n, int p, int q) {
    double apq = a[p * n + q];
    if (apq == 0) {
      return;
    }
    double theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
    double t = Math.copySign(1, theta) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
    double cosine = 1 / Math.sqrt(t * t + 1);
    double sine = t * cosine;
    for (int k = 0; k < n; k++) {
      double kp = a[k * n + p];
      double kq = a[k * n + q];
      a[k * n + p] = cosine * kp - sine * kq;
      a[k * n + q] = sine * kp + cosine * kq;
    }
    for (int k = 0; k < n; k++) {
      double pk = a[p * n + k];
      double qk = a[q * n + k];
      a[p * n + k] = cosine * pk - sine * qk;
      a[q * n + k] = sine * pk + cosine * qk;
    }
    for (int k = 0; k < n; k++) {
      double kp = v[k * n + p];
      double kq = v[k * n + q];
      v[k * n + p] = cosine * kp - sine * kq;
      v[k * n + q] = sine * kp + cosine * kq;
    }
  }

  private static double offDiagonal(double[] a, int n) {
    double sum = 0;
    for (int row = 0; row < n; row++) {
      for (int column = 0; column < n; column++) {
        sum += row == column ? 0 : a[row * n + column] * a[row * n + column];
      }
    }
    return sum;
  }

  private static double total(double[] a) {
    double sum = 0;
    for (double value : a) {
      sum += value * value;
    }
    return sum;
  }

  private static double innerProduct(Matrix a, int rowOfA, Matrix b, int rowOfB) {
    int length = a.columns();
    double sum = 0;
    for (int index = 0; index < length; index++) {
      sum += (double) a.get(rowOfA, index) * b.get(rowOfB, index);
    }
    return sum;
  }

  static void requireEqual(int found, int expected) {
    if (found != expected) {
      throw new IllegalArgumentException("dimension " + found + " does not fit " + expected);
    }
  }
}
