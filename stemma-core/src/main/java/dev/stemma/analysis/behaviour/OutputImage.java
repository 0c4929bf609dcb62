package dev.stemma.analysis.behaviour;

import dev.stemma.behaviour.OutputLayer;
import dev.stemma.numeric.LinearAlgebra;
import dev.stemma.numeric.Matrix;
import java.util.List;
import java.util.OptionalInt;

/**
 * The image of an output layer (arXiv 2403.06634, 2403.09539): logits are W h, so the
 * log-probabilities of any tokens lie in the span of those tokens' rows of W and the constant
 * vector. Their rank is the hidden size; what lies outside a candidate's span is not its head's.
 */
public final class OutputImage {
  /** Consecutive singular values that differ by more than this end the image. */
  private static final double GAP = 10;

  /** And what follows is at most this share of the largest. */
  private static final double NOISE = 1e-2;

  private OutputImage() {}

  /**
   * Log-probabilities of some tokens after one prompt.
   *
   * @param tokens numbers in the candidate's vocabulary, each once
   */
  public record Row(int[] tokens, double[] logprobs) {}

  /**
   * How far the rows lie outside the image of a head.
   *
   * @param residual length outside over length, of all rows together, constants taken out
   * @param expected what a random image of this size would leave
   * @param log10p the chance that a random image leaves as little for any row, times the rows
   * @param rows that have more tokens than dimensions
   */
  public record Outside(double residual, double expected, double log10p, int rows) {}

  /** The residual of rows; rows with too few tokens to have one are left out. */
  public static Outside outside(List<Row> rows, OutputLayer head) {
    double outside = 0;
    double all = 0;
    double expected = 0;
    double smallest = 0;
    int used = 0;
    for (Row row : rows) {
      int freedom = row.tokens().length - 1 - head.columns();
      if (freedom < 1) {
        continue;
      }
      double[] logits = centred(row.logprobs());
      double[] left = residual(logits, head.rows(row.tokens()).centreColumns());
      double whole = squares(logits);
      if (whole == 0) {
        continue;
      }
      used++;
      outside += squares(left);
      all += whole;
      expected += freedom / (row.tokens().length - 1.0);
      smallest =
          Math.min(
              smallest, BetaTail.log10(squares(left) / whole, freedom / 2.0, head.columns() / 2.0));
    }
    return new Outside(
        all == 0 ? Double.NaN : Math.sqrt(outside / all),
        used == 0 ? Double.NaN : Math.sqrt(expected / used),
        used == 0 ? 0 : Math.min(0, smallest + Math.log10(used)),
        used);
  }

  /** What least squares leaves; one refinement makes up for the squared condition number. */
  private static double[] residual(double[] logits, Matrix rows) {
    int columns = rows.columns();
    double[] gram = LinearAlgebra.best().gram(rows.transposed());
    double trace = 0;
    for (int i = 0; i < columns; i++) {
      trace += gram[i * columns + i];
    }
    for (int i = 0; i < columns; i++) {
      gram[i * columns + i] += 1e-12 * trace;
    }
    cholesky(gram, columns);
    double[] left = logits.clone();
    for (int pass = 0; pass < 3; pass++) {
      double[] solution = solve(gram, columns, project(rows, left));
      for (int row = 0; row < left.length; row++) {
        double sum = 0;
        for (int column = 0; column < columns; column++) {
          sum += rows.get(row, column) * solution[column];
        }
        left[row] -= sum;
      }
    }
    return left;
  }

  private static double[] project(Matrix rows, double[] values) {
    double[] out = new double[rows.columns()];
    for (int row = 0; row < values.length; row++) {
      for (int column = 0; column < out.length; column++) {
        out[column] += rows.get(row, column) * values[row];
      }
    }
    return out;
  }

  /** The lower factor in place; a direction without weight gets none. */
  private static void cholesky(double[] a, int n) {
    for (int column = 0; column < n; column++) {
      for (int row = column; row < n; row++) {
        double sum = a[row * n + column];
        for (int k = 0; k < column; k++) {
          sum -= a[row * n + k] * a[column * n + k];
        }
        double pivot = a[column * n + column];
        a[row * n + column] =
            row == column ? Math.sqrt(Math.max(sum, Double.MIN_NORMAL)) : sum / pivot;
      }
    }
  }

  private static double[] solve(double[] lower, int n, double[] right) {
    double[] x = right.clone();
    for (int row = 0; row < n; row++) {
      for (int k = 0; k < row; k++) {
        x[row] -= lower[row * n + k] * x[k];
      }
      x[row] /= lower[row * n + row];
    }
    for (int row = n - 1; row >= 0; row--) {
      for (int k = row + 1; k < n; k++) {
        x[row] -= lower[k * n + row] * x[k];
      }
      x[row] /= lower[row * n + row];
    }
    return x;
  }

  /**
   * The rank of rows over the same tokens, constants taken out; nothing where no gap shows it, so
   * that it is at least the number of rows.
   */
  public static OptionalInt rank(List<double[]> logprobs) {
    int rows = logprobs.size();
    if (rows < 3) {
      return OptionalInt.empty();
    }
    Matrix matrix = new Matrix(rows, logprobs.getFirst().length);
    for (int row = 0; row < rows; row++) {
      double[] values = centred(logprobs.get(row));
      for (int column = 0; column < values.length; column++) {
        matrix.set(row, column, (float) values[column]);
      }
    }
    double[] squared = LinearAlgebra.best().eigen(LinearAlgebra.best().gram(matrix), rows).values();
    int most = Math.min(rows, matrix.columns() - 1);
    double largest = Math.sqrt(Math.max(0, squared[0]));
    int rank = 0;
    double widest = GAP;
    for (int i = 1; i < most; i++) {
      double here = Math.sqrt(Math.max(0, squared[i - 1]));
      double next = Math.max(Math.sqrt(Math.max(0, squared[i])), 1e-7 * largest);
      if (next <= NOISE * largest && here / next > widest) {
        widest = here / next;
        rank = i;
      }
    }
    return rank == 0 ? OptionalInt.empty() : OptionalInt.of(rank);
  }

  private static double[] centred(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    double[] out = values.clone();
    for (int i = 0; i < out.length; i++) {
      out[i] -= sum / out.length;
    }
    return out;
  }

  private static double squares(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value * value;
    }
    return sum;
  }
}
