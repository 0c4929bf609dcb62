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
    @Override
    public Shape shape() {
      return of.shape();
    }
  }
}
