package dev.stemma.artifact;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tensor's values, described and not yet read: bytes in a file, or a plain function of other
 * views. Views are small, immutable and serialisable, so that a work unit can carry them to another
 * machine; {@code format.TensorReader} turns them into numbers. All are row-major.
 */
public sealed interface TensorView extends Serializable {
  /** Dimensions of the values seen through this view. */
  Shape shape();

  /** Bytes in a file, of one element type. The range holds exactly the shape's elements. */
  record Stored(ByteRange bytes, ElementType type, Shape shape) implements TensorView {
    /** Validates that the range's length is what type and shape need. */
    public Stored {
      long needed = type.bytesFor(shape.elements());
      if (needed != bytes.lengthBytes()) {
        throw new IllegalArgumentException(
            shape + " of " + type + " needs " + needed + " bytes, not " + bytes.lengthBytes());
      }
    }
  }

  /** Values so few, or so packed, that the header's reader took them out of the file. */
  record Literal(float[] values, Shape shape) implements TensorView {
    /** Validates the number of values; the array must not be changed afterwards. */
    public Literal {
      if (values.length != shape.elements()) {
        throw new IllegalArgumentException(values.length + " values for " + shape);
      }
    }
  }

  /** A matrix with rows and columns exchanged. */
  record Transposed(TensorView of) implements TensorView {
    /** Validates that the view is a matrix. */
    public Transposed {
      if (of.shape().rank() != 2) {
        throw new IllegalArgumentException("only a matrix can be transposed, not " + of.shape());
      }
    }

    @Override
    public Shape shape() {
      return Shape.of(of.shape().dimension(1), of.shape().dimension(0));
    }
  }

  /**
   * Consecutive entries of the first dimension: one part of a fused tensor, one expert of a stacked
   * one.
   */
  record Rows(TensorView of, long first, long count) implements TensorView {
    /** Validates that the rows exist. */
    public Rows {
      if (first < 0 || count < 0 || first > of.shape().rows() - count) {
        throw new IllegalArgumentException("rows " + first + " + " + count + " of " + of.shape());
      }
    }

    @Override
    public Shape shape() {
      List<Long> dimensions = new java.util.ArrayList<>(of.shape().dimensions());
      dimensions.set(0, count);
      return new Shape(dimensions);
    }
  }

  /** The same elements in the same order under another shape. */
  record Reshaped(TensorView of, Shape shape) implements TensorView {
    /** Validates that the number of elements stays. */
    public Reshaped {
      if (of.shape().elements() != shape.elements()) {
        throw new IllegalArgumentException(of.shape() + " cannot be seen as " + shape);
      }
    }
  }

  /**
   * Quantised values made real: (value - zeroPoint) * scale. The scales (and zero points) form a
   * grid over the matrix of {@code of}: entry [r / blockRows, c / blockColumns] of the grid serves
   * element [r, c]. One scale for all: blockRows and blockColumns at least the matrix's.
   */
  record Dequantised(
      TensorView of,
      TensorView scales,
      @Nullable TensorView zeroPoints,
      long blockRows,
      long blockColumns)
      implements TensorView {
    /** Validates that the grids cover the matrix. */
    public Dequantised {
      if (blockRows < 1 || blockColumns < 1) {
        throw new IllegalArgumentException("blocks of " + blockRows + " x " + blockColumns);
      }
      long rows = Math.ceilDiv(of.shape().rows(), blockRows);
      long columns = Math.ceilDiv(of.shape().columns(), blockColumns);
      long needed = Math.multiplyExact(rows, columns);
      if (scales.shape().elements() != needed
          || (zeroPoints != null && zeroPoints.shape().elements() != needed)) {
        throw new IllegalArgumentException(
            of.shape() + " needs a grid of " + rows + " x " + columns + ", not " + scales.shape());
      }
    }

    @Override
    public Shape shape() {
      return of.shape();
    }
  }

  /**
   * Elements picked by strides: entry [i, j, ...] is element {@code first + i*strides[0] +
   * j*strides[1] + ...} of the other view in its row-major order.
   */
  record Strided(TensorView of, long first, List<Long> strides, Shape shape) implements TensorView {
    /** Validates that every element picked exists. */
    public Strided {
      strides = List.copyOf(strides);
      if (strides.size() != shape.rank() || first < 0) {
        throw new IllegalArgumentException("strides " + strides + " for " + shape);
      }
      long last = first;
      for (int axis = 0; axis < strides.size(); axis++) {
        if (strides.get(axis) < 0) {
          throw new IllegalArgumentException("negative stride in " + strides);
        }
        long steps = Math.max(0, shape.dimension(axis) - 1);
        last = Math.addExact(last, Math.multiplyExact(steps, strides.get(axis)));
      }
      if (shape.elements() > 0 && last >= of.shape().elements()) {
        throw new IllegalArgumentException(
            "element " + last + " of " + of.shape() + " by strides " + strides);
      }
    }
  }

  /** Rows picked by number: row i is row {@code rows[i]} of the other view. */
  record Gathered(TensorView of, TensorView rows) implements TensorView {
    /** Validates the ranks; the numbers themselves are checked when they are read. */
    public Gathered {
      if (of.shape().rank() < 1 || rows.shape().rank() != 1) {
        throw new IllegalArgumentException("rows " + rows.shape() + " of " + of.shape());
      }
    }

    @Override
    public Shape shape() {
      List<Long> dimensions = new java.util.ArrayList<>(of.shape().dimensions());
      dimensions.set(0, rows.shape().dimension(0));
      return new Shape(dimensions);
    }
  }

  /**
   * Small unsigned integers packed into 32-bit words of a matrix, along its rows or its columns
   * (GPTQ, AWQ). Word number w holds entries w*n to w*n + n - 1; entry k of them stands at bit
   * {@code bits * order[k]}. {@code add} is added, modulo 2^bits.
   */
  record Unpacked(Stored of, int bits, boolean alongRows, List<Integer> order, int add, Shape shape)
      implements TensorView {
    /** Validates widths and shape. */
    public Unpacked {
      order = List.copyOf(order);
      boolean fits =
          (of.type() == ElementType.I32 || of.type() == ElementType.U32)
              && of.shape().rank() == 2
              && (bits == 2 || bits == 4 || bits == 8)
              && order.size() == 32 / bits
              && order.stream().allMatch(place -> place >= 0 && place < 32 / bits)
              && shape.rank() == 2
              && shape.dimension(0) == of.shape().dimension(0) * (alongRows ? 32 / bits : 1)
              && shape.dimension(1) == of.shape().dimension(1) * (alongRows ? 1 : 32 / bits);
      if (!fits) {
        throw new IllegalArgumentException(
            of.shape() + " of " + of.type() + " cannot be unpacked to " + shape);
      }
    }
  }

  /** A base with a low-rank update merged: base + scale * b * a, with a [r, in] and b [out, r]. */
  record LowRankSum(TensorView base, TensorView a, TensorView b, double scale)
      implements TensorView {
    /** Validates that the shapes multiply and add up. */
    public LowRankSum {
      boolean fits =
          base.shape().rank() == 2
              && a.shape().rank() == 2
              && b.shape().rank() == 2
              && a.shape().dimension(0) == b.shape().dimension(1)
              && b.shape().dimension(0) == base.shape().dimension(0)
              && a.shape().dimension(1) == base.shape().dimension(1);
      if (!fits) {
        throw new IllegalArgumentException(
            base.shape() + " + " + b.shape() + " x " + a.shape() + " do not fit");
      }
    }

    @Override
    public Shape shape() {
      return base.shape();
    }
  }

  /**
   * A planted copy's values: each of the other view's with nearly normal noise of this standard
   * deviation, a function of the seed and the element's number alone.
   *
   * @param firstElement number of the first element seen, for the noise
   */
  record Noised(TensorView of, double deviation, long seed, long firstElement)
      implements TensorView {
    /** Validates the deviation. */
    public Noised {
      if (!(deviation >= 0) || Double.isInfinite(deviation) || firstElement < 0) {
        throw new IllegalArgumentException("noise of " + deviation + " from " + firstElement);
      }
    }

    @Override
    public Shape shape() {
      return of.shape();
    }
  }

  /** Consecutive columns of a matrix. */
  static TensorView columns(TensorView of, long first, long count) {
    long columns = of.shape().columns();
    if (first < 0 || count < 0 || first > columns - count) {
      throw new IllegalArgumentException("columns " + first + " + " + count + " of " + of.shape());
    }
    return new Strided(of, first, List.of(columns, 1L), Shape.of(of.shape().rows(), count));
  }

  /**
   * Rotary pairs that lie beside each other (Meta's order, GGUF's for the llama family) seen in
   * halves (Hugging Face's order): row j + s*d/2 of a head is its row 2*j + s. Works on matrices
   * and on biases.
   */
  static TensorView rotaryHalves(TensorView of, long heads) {
    long rows = of.shape().rows();
    if (heads < 1 || rows % (2 * heads) != 0) {
      throw new IllegalArgumentException(heads + " heads do not divide " + of.shape());
    }
    long columns = of.shape().columns();
    long half = rows / heads / 2;
    return new Reshaped(
        new Strided(
            of,
            0,
            List.of(2 * half * columns, columns, 2 * columns, 1L),
            Shape.of(heads, 2, half, columns)),
        of.shape());
  }
}
