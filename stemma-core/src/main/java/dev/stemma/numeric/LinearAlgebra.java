package dev.stemma.numeric;

import java.util.Arrays;

/**
 * Matrix products and the symmetric eigenproblem: all that the lineage statistics need of linear
 * algebra. The plain implementation is the definition; the library's must agree with it. Results do
 * not depend on the number of threads: parallelism is the engine's, whose idle workers help with
 * the panels of large products.
 */
public interface LinearAlgebra {
  /** Up to this many rows a polar factor is found by eigenvectors. */
  int MOST_BY_EIGENVECTORS = 768;

  /** Name for the log. */
  String name();

  /** A B. */
  Matrix multiply(Matrix a, Matrix b);

  /** A B^T: all inner products of rows. */
  Matrix multiplyByTransposed(Matrix a, Matrix b);

  /** A^T B: all inner products of columns. */
  Matrix multiplyTransposed(Matrix a, Matrix b);

  /** A A^T in float64, as rows x rows elements. */
  double[] gram(Matrix a);

  /** Eigenvalues in descending order with their vectors, of a symmetric matrix n x n. */
  Eigen eigen(double[] symmetric, int n);

  /**
   * An eigendecomposition.
   *
   * @param values in descending order
   * @param vectors row k is the vector of value k
   */
  record Eigen(double[] values, Matrix vectors) {}

  /** The fastest that works on this machine, chosen once. */
  static LinearAlgebra best() {
    return BestLinearAlgebra.CHOSEN;
  }

  /** Sum of diagonal elements of A^T B without forming it. */
  static double trace(Matrix a, Matrix b) {
    return a.dot(b);
  }

  /** The identity. */
  static Matrix identity(int n) {
    Matrix out = new Matrix(n, n);
    for (int index = 0; index < n; index++) {
      out.set(index, index, 1);
    }
    return out;
  }

  /**
   * The orthogonal factor of a matrix (rows at most columns, or the reverse): U V^T of its singular
   * value decomposition, by the eigenvectors of the smaller Gram matrix; of large matrices by
   * iterated products. Directions with no weight stay zero.
   */
  default Matrix polar(Matrix matrix) {
    if (matrix.rows() > matrix.columns()) {
      return polar(matrix.transposed()).transposed();
    }
    if (matrix.rows() > MOST_BY_EIGENVECTORS) {
      return OrthogonalFactor.of(this, matrix);
    }
    int n = matrix.rows();
    Eigen eigen = eigen(gram(matrix), n);
    double floor = Math.max(0, eigen.values()[0]) * 1e-12;
    Matrix scaled = eigen.vectors().copy();
    for (int k = 0; k < n; k++) {
      double value = eigen.values()[k];
      float factor = value > floor ? (float) (1 / Math.sqrt(value)) : 0;
      for (int column = 0; column < n; column++) {
        scaled.set(k, column, scaled.get(k, column) * factor);
      }
    }
    return multiply(multiplyTransposed(scaled, eigen.vectors()), matrix);
  }
}

/** Chooses the library where its native part loads. */
final class BestLinearAlgebra {
  static final LinearAlgebra CHOSEN = choose();

  private BestLinearAlgebra() {}

  private static LinearAlgebra choose() {
    if (Boolean.getBoolean("stemma.plain")) {
      return new PlainLinearAlgebra();
    }
    try {
      LinearAlgebra library = new OpenBlas();
      Matrix one = new Matrix(1, 1, new float[] {1});
      float[] product = library.multiply(one, one).data();
      return Arrays.equals(product, new float[] {1}) ? library : new PlainLinearAlgebra();
    } catch (LinkageError | RuntimeException e) {
      return new PlainLinearAlgebra();
    }
  }
}
