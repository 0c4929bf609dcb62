package dev.stemma.numeric;

import dev.stemma.artifact.ElementType;
import java.lang.foreign.MemorySegment;

/**
 * The product of a stored matrix and a vector, rows of the matrix used where they lie: a strip of a
 * row is decoded into a buffer that stays in the first cache, then multiplied, so that each element
 * type needs its decoding and nothing else.
 */
public interface MatrixVector {
  /** Columns of a strip; a multiple of every type's block. */
  int STRIP = 1024;

  /**
   * y[r] = sum over c of W[r, c] x[c], for rows first (inclusive) to last (exclusive).
   *
   * @param weights row-major, little-endian; a row is a whole number of the type's blocks
   */
  void multiply(
      MemorySegment weights,
      ElementType type,
      int first,
      int last,
      int columns,
      float[] x,
      float[] y);

  /** Decodes consecutive elements; the first one starts a block. */
  void decode(
      MemorySegment weights, ElementType type, long first, int count, float[] out, int offset);

  /** The fastest one that this Java runs. */
  static MatrixVector best() {
    return Chosen.KERNEL;
  }

  /** Chosen once, on first use. */
  final class Chosen {
    private static final MatrixVector KERNEL =
        VectorTwin.orPlain(MatrixVector.class, "VectorMatrixVector", ScalarMatrixVector::new);

    private Chosen() {}
  }
}
