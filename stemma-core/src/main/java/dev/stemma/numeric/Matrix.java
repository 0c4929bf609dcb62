package dev.stemma.numeric;

import java.util.List;

/**
 * A dense float32 matrix, row-major. Mutable by design: weights are prepared in place, because two
 * copies of a large matrix do not fit the memory budget.
 */
public final class Matrix {
  private final int rows;
  private final int columns;
  private final float[] data;

  /** A matrix of zeros. */
  public Matrix(int rows, int columns) {
    this(rows, columns, new float[Math.multiplyExact(rows, columns)]);
  }

  /** A matrix over these elements, which are not copied. */
  public Matrix(int rows, int columns, float[] data) {
    if (rows < 0 || columns < 0 || (long) rows * columns != data.length) {
      throw new IllegalArgumentException(rows + " x " + columns + " is not " + data.length);
    }
    this.rows = rows;
    this.columns = columns;
    this.data = data;
  }

  /** Number of rows. */
  public int rows() {
    return rows;
  }

  /** Number of columns. */
  public int columns() {
    return columns;
  }

  /** The elements themselves, not a copy. */
  public float[] data() {
    return data;
  }

  /** One element. */
  public float get(int row, int column) {
    return data[row * columns + column];
  }

  /** Sets one element. */
  public void set(int row, int column, float value) {
    data[row * columns + column] = value;
  }

  /** A copy. */
  public Matrix copy() {
    return new Matrix(rows, columns, data.clone());
  }

  /** Rows and columns exchanged. */
  public Matrix transposed() {
    Matrix out = new Matrix(columns, rows);
    int block = 32;
    for (int rowBlock = 0; rowBlock < rows; rowBlock += block) {
      for (int columnBlock = 0; columnBlock < columns; columnBlock += block) {
        int lastRow = Math.min(rows, rowBlock + block);
        int lastColumn = Math.min(columns, columnBlock + block);
        for (int row = rowBlock; row < lastRow; row++) {
          for (int column = columnBlock; column < lastColumn; column++) {
            out.data[column * rows + row] = data[row * columns + column];
          }
        }
      }
    }
    return out;
  }

  /** These rows, in this order. */
  public Matrix selectRows(int[] which) {
    Matrix out = new Matrix(which.length, columns);
    for (int row = 0; row < which.length; row++) {
      System.arraycopy(data, which[row] * columns, out.data, row * columns, columns);
    }
    return out;
  }

  /** So many rows from one on: a copy. */
  public Matrix rows(int first, int count) {
    return new Matrix(
        count,
        columns,
        java.util.Arrays.copyOfRange(data, first * columns, (first + count) * columns));
  }

  /** Matrices of equally many columns under each other. */
  public static Matrix stacked(List<Matrix> parts) {
    int rows = parts.stream().mapToInt(Matrix::rows).sum();
    Matrix out = new Matrix(rows, parts.getFirst().columns);
    int offset = 0;
    for (Matrix part : parts) {
      System.arraycopy(part.data, 0, out.data, offset, part.data.length);
      offset += part.data.length;
    }
    return out;
  }

  /** These columns, in this order. */
  public Matrix selectColumns(int[] which) {
    Matrix out = new Matrix(rows, which.length);
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < which.length; column++) {
        out.data[row * which.length + column] = data[row * columns + which[column]];
      }
    }
    return out;
  }

  /** Multiplies every column by its factor; in place. */
  public Matrix scaleColumns(float[] factors) {
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        data[row * columns + column] *= factors[column];
      }
    }
    return this;
  }

  /** Multiplies everything by a factor; in place. */
  public Matrix scale(double factor) {
    for (int index = 0; index < data.length; index++) {
      data[index] = (float) (data[index] * factor);
    }
    return this;
  }

  /** Adds a matrix of the same shape times a factor; in place. */
  public Matrix add(Matrix other, double factor) {
    if (other.rows != rows || other.columns != columns) {
      throw new IllegalArgumentException("shapes differ");
    }
    for (int index = 0; index < data.length; index++) {
      data[index] = (float) (data[index] + factor * other.data[index]);
    }
    return this;
  }

  /** Subtracts from every column its mean; in place. */
  public Matrix centreColumns() {
    double[] sums = new double[columns];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        sums[column] += data[row * columns + column];
      }
    }
    for (int column = 0; column < columns; column++) {
      sums[column] /= rows;
    }
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        data[row * columns + column] -= (float) sums[column];
      }
    }
    return this;
  }

  /** Scales every row to length one; zero rows stay zero; in place. */
  public Matrix normaliseRows() {
    for (int row = 0; row < rows; row++) {
      double norm = rowNorm(row);
      if (norm > 0) {
        for (int column = 0; column < columns; column++) {
          data[row * columns + column] = (float) (data[row * columns + column] / norm);
        }
      }
    }
    return this;
  }

  /** Euclidean length of a row. */
  public double rowNorm(int row) {
    int first = row * columns;
    int last = first + columns;
    double even = 0;
    double odd = 0;
    int index = first;
    for (; index + 3 < last; index += 4) {
      double one = data[index];
      double two = data[index + 1];
      double three = data[index + 2];
      double four = data[index + 3];
      even += one * one + three * three;
      odd += two * two + four * four;
    }
    for (; index < last; index++) {
      even += (double) data[index] * data[index];
    }
    return Math.sqrt(even + odd);
  }

  /** Square root of the sum of squares. */
  public double frobeniusNorm() {
    return Math.sqrt(dot(this));
  }

  /** Sum of the products of corresponding elements. */
  public double dot(Matrix other) {
    double sum = 0;
    for (int row = 0; row < rows; row++) {
      double rowSum = 0;
      for (int column = 0; column < columns; column++) {
        rowSum += (double) data[row * columns + column] * other.data[row * columns + column];
      }
      sum += rowSum;
    }
    return sum;
  }

  /** True when no element is NaN or infinite. */
  public boolean isFinite() {
    for (float value : data) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }
}
