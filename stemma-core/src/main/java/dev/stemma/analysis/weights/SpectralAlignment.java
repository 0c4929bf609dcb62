package dev.stemma.analysis.weights;

import dev.stemma.numeric.LinearAlgebra;
import dev.stemma.numeric.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Aligns two hidden spaces by their attention alone: finds the orthogonal map under which products
 * of attention matrices, which no renumbering of heads or rows changes, agree best. Needs no tokens
 * and no labels. Its objective proves nothing; the agreement of neurons under it does.
 */
final class SpectralAlignment {
  private static final int MOST_ITERATIONS = 60;
  private static final double CONVERGED = 1e-4;
  private static final int SYMMETRIC = 4;
  private static final int BLOCK_ITERATIONS = 5;
  private static final int LARGE_RANK = 512;
  private static final int ITERATIONS_OF_LARGE = 30;

  private SpectralAlignment() {}

  /**
   * One model's moments in the subspace of their leading directions.
   *
   * @param basis directions as rows
   * @param moments four symmetric ones first, then others
   */
  record Reduced(Matrix basis, List<Matrix> moments) {
    /** In so many dimensions. */
    static Reduced of(List<Matrix> moments, int rank) {
      Matrix basis = subspace(moments, rank);
      return new Reduced(basis, moments.stream().map(moment -> project(basis, moment)).toList());
    }
  }

  /**
   * Aligns two models reduced to equally many dimensions.
   *
   * @param mostStarts how many of the five starts to try
   */
  static Optional<Alignment> of(Reduced reducedA, Reduced reducedB, int mostStarts) {
    LinearAlgebra algebra = LinearAlgebra.best();
    Matrix basisA = reducedA.basis();
    Matrix basisB = reducedB.basis();
    List<Matrix> a = reducedA.moments();
    List<Matrix> b = reducedB.moments();
    Matrix best = null;
    double highest = Double.NEGATIVE_INFINITY;
    for (List<Integer> chosen : starts().subList(0, mostStarts)) {
      Fitted fitted = iterate(start(a, b, chosen), a, b);
      if (fitted.objective() > highest) {
        highest = fitted.objective();
        best = fitted.map();
      }
    }
    if (best == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Alignment(
            algebra.multiply(basisA.transposed(), best), basisB.transposed(), Double.NaN));
  }

  private static List<List<Integer>> starts() {
    List<List<Integer>> starts = new ArrayList<>();
    starts.add(List.of(0, 1, 2, 3));
    for (int index = 0; index < SYMMETRIC; index++) {
      starts.add(List.of(index));
    }
    return starts;
  }

  /** Leading directions of what the moments read and write, as rows. */
  private static Matrix subspace(List<Matrix> moments, int rank) {
    LinearAlgebra algebra = LinearAlgebra.best();
    int width = moments.getFirst().rows();
    Matrix sum = new Matrix(width, width);
    for (int index = 0; index < moments.size(); index++) {
      Matrix moment = moments.get(index);
      boolean symmetric = index < SYMMETRIC;
      sum.add(algebra.multiplyByTransposed(moment, moment), symmetric ? 2 : 1);
      if (!symmetric) {
        sum.add(algebra.multiplyTransposed(moment, moment), 1);
      }
    }
    if (width > LayerPlan.WIDE) {
      return leading(sum, Math.min(rank, width));
    }
    int[] leading = new int[Math.min(rank, width)];
    for (int index = 0; index < leading.length; index++) {
      leading[index] = index;
    }
    return eigen(sum).vectors().selectRows(leading);
  }

  /** Leading directions of a large symmetric matrix by repeated products with a random block. */
  private static Matrix leading(Matrix symmetric, int rank) {
    LinearAlgebra algebra = LinearAlgebra.best();
    Matrix block = new Matrix(rank, symmetric.rows());
    SplittableRandom random = new SplittableRandom(0xB10CL);
    for (int index = 0; index < block.data().length; index++) {
      block.data()[index] = (float) (random.nextDouble() - 0.5);
    }
    for (int iteration = 0; iteration < BLOCK_ITERATIONS; iteration++) {
      block = algebra.polar(algebra.multiply(block, symmetric));
    }
    return block;
  }

  private static LinearAlgebra.Eigen eigen(Matrix symmetric) {
    int n = symmetric.rows();
    double[] wide = new double[n * n];
    for (int row = 0; row < n; row++) {
      for (int column = 0; column < n; column++) {
        wide[row * n + column] =
            ((double) symmetric.get(row, column) + symmetric.get(column, row)) / 2;
      }
    }
    return LinearAlgebra.best().eigen(wide, n);
  }

  private static Matrix project(Matrix basis, Matrix moment) {
    LinearAlgebra algebra = LinearAlgebra.best();
    return algebra.multiplyByTransposed(algebra.multiply(basis, moment), basis);
  }

  /** Eigenvectors matched by rank, with the signs under which all moments agree best. */
  private static Matrix start(List<Matrix> a, List<Matrix> b, List<Integer> chosen) {
    LinearAlgebra algebra = LinearAlgebra.best();
    int rank = a.getFirst().rows();
    Matrix sumA = new Matrix(rank, rank);
    Matrix sumB = new Matrix(rank, rank);
    for (int index : chosen) {
      sumA.add(a.get(index), 1);
      sumB.add(b.get(index), 1);
    }
    Matrix vectorsA = eigen(sumA).vectors();
    Matrix vectorsB = eigen(sumB).vectors();
    Matrix agreement = new Matrix(rank, rank);
    for (int index = 0; index < a.size(); index++) {
      Matrix inA = project(vectorsA, a.get(index));
      Matrix inB = project(vectorsB, b.get(index));
      for (int row = 0; row < rank; row++) {
        for (int column = 0; column < rank; column++) {
          if (row != column) {
            float product = inA.get(row, column) * inB.get(row, column);
            agreement.set(row, column, agreement.get(row, column) + product);
          }
        }
      }
    }
    Matrix leading = eigen(agreement).vectors();
    Matrix signed = vectorsB.copy();
    for (int row = 0; row < rank; row++) {
      float sign = leading.get(0, row) < 0 ? -1 : 1;
      for (int column = 0; column < rank; column++) {
        signed.set(row, column, signed.get(row, column) * sign);
      }
    }
    return algebra.multiplyTransposed(vectorsA, signed);
  }

  private record Fitted(Matrix map, double objective) {}

  private static Fitted iterate(Matrix start, List<Matrix> a, List<Matrix> b) {
    LinearAlgebra algebra = LinearAlgebra.best();
    int most = start.rows() > LARGE_RANK ? ITERATIONS_OF_LARGE : MOST_ITERATIONS;
    Fitted best = new Fitted(start, -Double.MAX_VALUE);
    Matrix map = start;
    for (int iteration = 0; iteration <= most; iteration++) {
      Matrix sum = new Matrix(map.rows(), map.columns());
      for (int index = 0; index < a.size(); index++) {
        Matrix forward = algebra.multiply(a.get(index), map);
        sum.add(algebra.multiplyByTransposed(forward, b.get(index)), 1);
      }
      // How well the map does: the sum over moments of the inner products of moved and other.
      double objective = map.dot(sum);
      double before = best.objective();
      best = objective > before ? new Fitted(map, objective) : best;
      if (!(objective > before + CONVERGED * Math.abs(before)) || iteration == most) {
        break;
      }
      for (int index = SYMMETRIC; index < a.size(); index++) {
        Matrix backward = algebra.multiplyTransposed(a.get(index), map);
        sum.add(algebra.multiply(backward, b.get(index)), 1);
      }
      map = algebra.polar(sum);
    }
    return best;
  }
}
