package dev.stemma.lab;

import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.Shape;
import dev.stemma.format.SafetensorsWriter.Values;
import java.lang.ref.SoftReference;
import java.util.function.Supplier;

/**
 * A tensor of a checkpoint in the making: nothing is computed until it is written.
 *
 * @param type the type it will be stored in
 */
record LabTensor(Shape shape, ElementType type, Values values) {
  private static final int PIECE = 1 << 18;

  /** All values at once, row-major. */
  float[] all() {
    float[] everything = new float[Math.toIntExact(shape.elements())];
    values.read(0, everything.length, everything);
    return everything;
  }

  /** Changes consecutive elements in place. */
  @FunctionalInterface
  interface Change {
    void apply(long first, int count, float[] values);
  }

  /**
   * Each element changed where it is read, whatever the tensor's size.
   *
   * @param prepare makes the change ready when it is first needed, by a pass of its own if it must
   */
  LabTensor changed(java.util.function.Supplier<Change> prepare) {
    var holder =
        new Object() {
          @org.jspecify.annotations.Nullable Change change;
        };
    return new LabTensor(
        shape,
        type,
        (first, count, destination) -> {
          values.read(first, count, destination);
          synchronized (holder) {
            Change change = holder.change;
            if (change == null) {
              change = prepare.get();
              holder.change = change;
            }
            change.apply(first, count, destination);
          }
        });
  }

  /** Zeros of a shape, to be changed. */
  static LabTensor zeros(Shape shape, ElementType type) {
    return new LabTensor(
        shape,
        type,
        (first, count, destination) -> java.util.Arrays.fill(destination, 0, count, 0));
  }

  /** Shows all elements in order, a bounded piece at a time. */
  void forEachPiece(Change see) {
    long elements = shape.elements();
    float[] piece = new float[(int) Math.min(PIECE, elements)];
    for (long first = 0; first < elements; first += piece.length) {
      int count = (int) Math.min(piece.length, elements - first);
      values.read(first, count, piece);
      see.apply(first, count, piece);
    }
  }

  /** The square root of the sum of squares. */
  double norm() {
    double[] sum = new double[1];
    forEachPiece((first, count, piece) -> {
      for (int i = 0; i < count; i++) {
        sum[0] += (double) piece[i] * piece[i];
      }
    });
    return Math.sqrt(sum[0]);
  }

  /** The root of the mean square. */
  double deviation() {
    return norm() / Math.sqrt((double) shape.elements());
  }

  int rows() {
    return Math.toIntExact(shape.rows());
  }

  int columns() {
    return Math.toIntExact(shape.columns());
  }

  /**
   * Same type, other values; computed whole when first asked for and dropped when memory is short.
   */
  LabTensor computed(Shape newShape, Supplier<float[]> whole) {
    var holder =
        new Object() {
          SoftReference<float[]> kept = new SoftReference<>(null);
        };
    return new LabTensor(
        newShape,
        type,
        (first, count, destination) -> {
          float[] values = holder.kept.get();
          if (values == null) {
            values = whole.get();
            holder.kept = new SoftReference<>(values);
          }
          System.arraycopy(values, Math.toIntExact(first), destination, 0, count);
        });
  }

  /** Same shape and type, other values. */
  LabTensor computed(Supplier<float[]> whole) {
    return computed(shape, whole);
  }

  /** Rows chosen, in this order; row by row, so that an embedding of any size streams. */
  LabTensor selectRows(int[] chosen) {
    int columns = columns();
    var dimensions = new java.util.ArrayList<>(shape.dimensions());
    dimensions.set(0, (long) chosen.length);
    float[] row = new float[columns];
    return new LabTensor(
        new Shape(dimensions),
        type,
        (first, count, destination) -> {
          for (int i = 0; i < count; ) {
            long element = first + i;
            int within = (int) (element % columns);
            int length = Math.min(columns - within, count - i);
            synchronized (row) {
              values.read((long) chosen[(int) (element / columns)] * columns, columns, row);
              System.arraycopy(row, within, destination, i, length);
            }
            i += length;
          }
        });
  }

  /** Each row replaced by a function of it; the function returns a row of {@code newColumns}. */
  LabTensor mapRows(int newColumns, java.util.function.UnaryOperator<float[]> function) {
    int columns = columns();
    return new LabTensor(
        shape.rank() == 1
            ? Shape.of(newColumns)
            : Shape.of(shape.rank() == 1 ? 1 : rows(), newColumns),
        type,
        (first, count, destination) -> {
          for (int i = 0; i < count; ) {
            long element = first + i;
            int within = (int) (element % newColumns);
            int length = Math.min(newColumns - within, count - i);
            float[] row = new float[columns];
            values.read(element / newColumns * columns, columns, row);
            System.arraycopy(function.apply(row), within, destination, i, length);
            i += length;
          }
        });
  }

  /** Columns chosen, in this order. A vector is one row. */
  LabTensor selectColumns(int[] chosen) {
    LabTensor asRow =
        shape.rank() == 1 ? new LabTensor(Shape.of(1, shape.elements()), type, values) : this;
    LabTensor selected =
        asRow.mapRows(
            chosen.length,
            row -> {
              float[] out = new float[chosen.length];
              for (int i = 0; i < out.length; i++) {
                out[i] = row[chosen[i]];
              }
              return out;
            });
    return shape.rank() == 1
        ? new LabTensor(Shape.of(chosen.length), type, selected.values())
        : selected;
  }
}
