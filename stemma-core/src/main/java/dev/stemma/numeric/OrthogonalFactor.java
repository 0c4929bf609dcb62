package dev.stemma.numeric;

/**
 * The orthogonal factor of a large matrix by products alone (Newton and Schulz): a few steps of a
 * polynomial of degree five that lifts small singular values fast, then steps of degree three that
 * settle them at one. Singular values below a thousandth of the largest stay below one.
 */
final class OrthogonalFactor {
  private static final int LIFTING_STEPS = 6;
  private static final int SETTLING_STEPS = 3;
  private static final int POWER_STEPS = 8;

  private OrthogonalFactor() {}

  /** Rows at most columns. */
  static Matrix of(LinearAlgebra algebra, Matrix matrix) {
    double largest = largestSingularValue(matrix);
    if (!(largest > 0)) {
      return new Matrix(matrix.rows(), matrix.columns());
    }
    Matrix x = matrix.copy().scale(1 / (1.05 * largest));
    for (int step = 0; step < LIFTING_STEPS; step++) {
      Matrix square = algebra.multiplyByTransposed(x, x);
      Matrix change = algebra.multiply(square, square).scale(2.0315).add(square, -4.7750);
      Matrix moved = algebra.multiply(change, x);
      x.scale(3.4445).add(moved, 1);
    }
    for (int step = 0; step < SETTLING_STEPS; step++) {
      Matrix square = algebra.multiplyByTransposed(x, x);
      Matrix change = algebra.multiply(square, x);
      x.scale(1.5).add(change, -0.5);
    }
    return x;
  }

  private static double largestSingularValue(Matrix matrix) {
    double[] vector = new double[matrix.columns()];
    java.util.SplittableRandom random = new java.util.SplittableRandom(3);
    for (int column = 0; column < vector.length; column++) {
      vector[column] = random.nextDouble() - 0.5;
    }
    double norm = 0;
    for (int step = 0; step < POWER_STEPS; step++) {
      double[] next = new double[vector.length];
      for (int row = 0; row < matrix.rows(); row++) {
        double sum = 0;
        for (int column = 0; column < vector.length; column++) {
          sum += matrix.get(row, column) * vector[column];
        }
        for (int column = 0; column < vector.length; column++) {
          next[column] += sum * matrix.get(row, column);
        }
      }
      double squares = 0;
      for (double value : next) {
        squares += value * value;
      }
      norm = Math.sqrt(squares);
      if (!(norm > 0)) {
        return 0;
      }
      for (int column = 0; column < vector.length; column++) {
        vector[column] = next[column] / norm;
      }
    }
    return Math.sqrt(norm);
  }
}
