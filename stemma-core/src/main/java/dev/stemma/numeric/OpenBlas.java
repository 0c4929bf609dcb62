package dev.stemma.numeric;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dsyevd;
import static org.bytedeco.openblas.global.openblas.LAPACK_ROW_MAJOR;
import static org.bytedeco.openblas.global.openblas.blas_set_num_threads;
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;

/** OpenBLAS, which itself uses one thread; large products are cut into {@link Panels}. */
public final class OpenBlas implements LinearAlgebra {
  /** Loads the native library; fails with a linkage error where there is none. */
  public OpenBlas() {
    blas_set_num_threads(1);
  }

  @Override
  public String name() {
    return "openblas";
  }

  @Override
  public Matrix multiply(Matrix a, Matrix b) {
    PlainLinearAlgebra.requireEqual(a.columns(), b.rows());
    Matrix out = new Matrix(a.rows(), b.columns());
    return Panels.product(a, false, b, false, a.columns(), out);
  }

  @Override
  public Matrix multiplyByTransposed(Matrix a, Matrix b) {
    PlainLinearAlgebra.requireEqual(a.columns(), b.columns());
    Matrix out = new Matrix(a.rows(), b.rows());
    return Panels.product(a, false, b, true, a.columns(), out);
  }

  @Override
  public Matrix multiplyTransposed(Matrix a, Matrix b) {
    PlainLinearAlgebra.requireEqual(a.rows(), b.rows());
    Matrix out = new Matrix(a.columns(), b.columns());
    return Panels.product(a, true, b, false, a.rows(), out);
  }

  @Override
  public double[] gram(Matrix a) {
    int n = a.rows();
    double[] wide = new double[a.data().length];
    for (int index = 0; index < wide.length; index++) {
      wide[index] = a.data()[index];
    }
    double[] out = new double[Math.multiplyExact(n, n)];
    if (n > 0 && a.columns() > 0) {
      int m = a.columns();
      cblas_dgemm(
          CblasRowMajor, CblasNoTrans, CblasTrans, n, n, m, 1.0, wide, m, wide, m, 0.0, out, n);
    }
    return out;
  }

  @Override
  public Eigen eigen(double[] symmetric, int n) {
    PlainLinearAlgebra.requireEqual(symmetric.length, Math.multiplyExact(n, n));
    double[] vectors = symmetric.clone();
    double[] values = new double[n];
    int info =
        LAPACKE_dsyevd(
            LAPACK_ROW_MAJOR, (byte) 'V', (byte) 'U', n, vectors, Math.max(1, n), values);
    if (info != 0) {
      return new PlainLinearAlgebra().eigen(symmetric, n);
    }
    double[] descending = new double[n];
    Matrix rows = new Matrix(n, n);
    for (int k = 0; k < n; k++) {
      descending[k] = values[n - 1 - k];
      for (int index = 0; index < n; index++) {
        rows.set(k, index, (float) vectors[index * n + n - 1 - k]);
      }
    }
    return new Eigen(descending, rows);
  }
}
