package dev.stemma.analysis.weights;

import dev.stemma.numeric.Matrix;
import java.util.List;

/**
 * A grid that a matrix's values lie on although they are stored as plain numbers: a quantised copy
 * that was written back. Blocks share one scale, their largest value is the grid's last step.
 *
 * @param bits of one code; 0 for no grid
 * @param steps from zero to the last
 * @param block values with one scale; 0 for whole rows
 * @param floating whether the codes are 8-bit floats (E4M3) and not whole numbers
 */
record ValueGrid(int bits, int steps, int block, boolean floating) {
  static final ValueGrid NONE = new ValueGrid(0, 1, 0, false);

  private static final List<ValueGrid> KNOWN =
      List.of(
          new ValueGrid(4, 7, 32, false),
          new ValueGrid(4, 8, 32, false),
          new ValueGrid(8, 127, 32, false),
          new ValueGrid(8, 127, 0, false),
          new ValueGrid(8, 448, 0, true));
  private static final double SEEN = 0.5;
  private static final double TOLERANCE = 0.03;

  /** Values and scale may both have been rounded to bfloat16 since. */
  private static final double BFLOAT16 = 0x1p-8;

  private static final int MANTISSA_BITS = 3;
  private static final int SMALLEST_EXPONENT = -6;

  /** The first grid that half of the matrix's blocks lie on. */
  static ValueGrid of(Matrix matrix) {
    return KNOWN.stream().filter(grid -> grid.share(matrix) >= SEEN).findFirst().orElse(NONE);
  }

  /**
   * Share of blocks that lie on the grid; blocks of zeros do not count. Where rows are no whole
   * number of blocks, blocks may also run on over the ends of rows.
   */
  double share(Matrix matrix) {
    return bits == 0 ? 0 : share(matrix, layout(matrix));
  }

  /** The one of which more blocks lie on the grid. */
  private Blocks layout(Matrix matrix) {
    Blocks rows = rows(matrix);
    Blocks across = across(matrix);
    return across.count() > 0 && share(matrix, across) > share(matrix, rows) ? across : rows;
  }

  private double share(Matrix matrix, Blocks layout) {
    long blocks = 0;
    long fitting = 0;
    for (int first = 0; first < layout.count(); first++) {
      int offset = layout.offset(first);
      double scale = scale(matrix.data(), offset, layout.size());
      if (scale == 0) {
        continue;
      }
      blocks++;
      boolean fits = true;
      for (int index = offset; index < offset + layout.size() && fits; index++) {
        double value = Math.abs(matrix.data()[index] / scale);
        double step = step(value);
        double code = Math.rint(value / step) * step;
        fits = Math.abs(value - code) <= TOLERANCE * step + value * BFLOAT16;
      }
      fitting += fits ? 1 : 0;
    }
    return blocks == 0 ? 0 : (double) fitting / blocks;
  }

  /** Share of a source's values that lie within half a step of the grid's. */
  double rounded(Matrix grid, Matrix source) {
    if (bits == 0) {
      return Double.NaN;
    }
    Blocks layout = layout(grid);
    long within = 0;
    long all = 0;
    for (int first = 0; first < layout.count(); first++) {
      int offset = layout.offset(first);
      double scale = scale(grid.data(), offset, layout.size());
      for (int index = offset; index < offset + layout.size() && scale > 0; index++) {
        double value = grid.data()[index] / scale;
        double slack = step(Math.abs(value)) * (0.5 + TOLERANCE) + Math.abs(value) * BFLOAT16;
        within += Math.abs(source.data()[index] / scale - value) <= slack ? 1 : 0;
        all++;
      }
    }
    return all == 0 ? Double.NaN : (double) within / all;
  }

  /**
   * Where blocks lie.
   *
   * @param size of a block
   * @param columns of a row, or of the whole where blocks run on
   * @param aRow blocks in a row; what is left of the row is in none
   */
  private record Blocks(int size, int columns, int aRow, int count) {
    int offset(int block) {
      return block / aRow * columns + block % aRow * size;
    }
  }

  private Blocks rows(Matrix matrix) {
    int size = block == 0 ? matrix.columns() : block;
    int aRow = size == 0 ? 0 : matrix.columns() / size;
    return new Blocks(size, matrix.columns(), aRow, aRow * matrix.rows());
  }

  /** The same as by rows where rows are whole numbers of blocks; none where a block is a row. */
  private Blocks across(Matrix matrix) {
    if (block == 0 || matrix.columns() % block == 0) {
      return new Blocks(block, 0, 0, 0);
    }
    int all = matrix.data().length / block;
    return new Blocks(block, matrix.data().length, all, all);
  }

  private double step(double value) {
    return floating
        ? Math.scalb(1.0, Math.max(SMALLEST_EXPONENT, Math.getExponent(value)) - MANTISSA_BITS)
        : 1;
  }

  private double scale(float[] data, int offset, int count) {
    double largest = 0;
    for (int index = offset; index < offset + count; index++) {
      largest = Math.max(largest, Math.abs(data[index]));
    }
    return largest / steps;
  }
}
