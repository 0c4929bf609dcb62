package dev.stemma.analysis.weights;

import dev.stemma.artifact.TensorView;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.Matrix;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Reading weights as matrices. Values that are not finite are read as zero: they say nothing. */
final class Weights {
  private static final int CHUNK_ELEMENTS = 1 << 20;

  private Weights() {}

  static float[] vector(TensorReader tensors, TensorView view) {
    return finite(tensors.readAll(view));
  }

  static Matrix matrix(TensorReader tensors, TensorView view) {
    return new Matrix(
        Math.toIntExact(view.shape().rows()),
        Math.toIntExact(view.shape().columns()),
        finite(tensors.readAll(view)));
  }

  /** A matrix whose columns are multiplied by the gain of the norm before it. */
  static Matrix matrix(TensorReader tensors, TensorView view, @Nullable TensorView gain) {
    Matrix matrix = matrix(tensors, view);
    return gain == null ? matrix : matrix.scaleColumns(vector(tensors, gain));
  }

  /** Some rows. */
  static Matrix rows(TensorReader tensors, TensorView view, int[] rows) {
    int columns = Math.toIntExact(view.shape().columns());
    Matrix out = new Matrix(rows.length, columns);
    tensors.aheadRows(view, rows);
    for (int row = 0; row < rows.length; row++) {
      tensors.read(view, (long) rows[row] * columns, columns, out.data(), row * columns);
    }
    finite(out.data());
    return out;
  }

  /** Some columns, each as a row of the result. */
  static Matrix columns(TensorReader tensors, TensorView view, int[] columns) {
    int rows = Math.toIntExact(view.shape().rows());
    int width = Math.toIntExact(view.shape().columns());
    Matrix out = new Matrix(columns.length, rows);
    int step = Math.clamp(CHUNK_ELEMENTS / Math.max(1, width), 1, Math.max(1, rows));
    float[] chunk = new float[Math.multiplyExact(step, width)];
    for (int first = 0; first < rows; first += step) {
      int count = Math.min(step, rows - first);
      tensors.read(view, (long) first * width, count * width, chunk, 0);
      for (int row = 0; row < count; row++) {
        for (int column = 0; column < columns.length; column++) {
          out.set(column, first + row, chunk[row * width + columns[column]]);
        }
      }
    }
    finite(out.data());
    return out;
  }

  private static float[] finite(float[] values) {
    for (int index = 0; index < values.length; index++) {
      if (!Float.isFinite(values[index])) {
        values[index] = 0;
      }
    }
    return values;
  }

  /** So many of n numbers, ascending, the same on every run and for both models. */
  static int[] sample(int n, int count) {
    int[] all = new int[n];
    for (int index = 0; index < n; index++) {
      all[index] = index;
    }
    if (count >= n) {
      return all;
    }
    SplittableRandom random = new SplittableRandom(0x57E44AL + n);
    for (int index = 0; index < count; index++) {
      int other = index + random.nextInt(n - index);
      int kept = all[index];
      all[index] = all[other];
      all[other] = kept;
    }
    int[] chosen = Arrays.copyOf(all, count);
    Arrays.sort(chosen);
    return chosen;
  }

  /**
   * Rank correlation of row norms with row numbers, for the rows numbered so. Units that something
   * has sorted carry labels from outside the weights.
   */
  static double normOrder(Matrix rows) {
    int n = rows.rows();
    if (n < 8) {
      return 0;
    }
    double[] norms = new double[n];
    Integer[] order = new Integer[n];
    for (int row = 0; row < n; row++) {
      norms[row] = rows.rowNorm(row);
      order[row] = row;
    }
    Arrays.sort(order, java.util.Comparator.comparingDouble(row -> norms[row]));
    double sum = 0;
    double mean = (n - 1) / 2.0;
    for (int rank = 0; rank < n; rank++) {
      sum += (rank - mean) * (order[rank] - mean);
    }
    return sum / (n * (n * (double) n - 1) / 12);
  }

  /** Whether an order this strong means that the units were sorted. */
  static boolean sorted(double normOrder, int n) {
    return Math.abs(normOrder) > 0.4 && Math.abs(normOrder) * Math.sqrt(n - 1.0) > 6;
  }
}
