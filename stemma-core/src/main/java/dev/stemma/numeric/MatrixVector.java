package dev.stemma.numeric;

import dev.stemma.artifact.ElementType;
import dev.stemma.numeric.simd.VectorMatrixVector;
import java.lang.foreign.MemorySegment;

/** The product of a stored matrix and a vector, rows of the matrix used where they lie. */
public interface MatrixVector {
  /**
   * y[r] = sum over c of W[r, c] x[c], for rows first (inclusive) to last (exclusive).
   *
   * @param weights row-major, little-endian
   * @param type F32, F16 or BF16
   */
  void multiply(
      MemorySegment weights,
      ElementType type,
      int first,
      int last,
      int columns,
      float[] x,
      float[] y);

  /** The fast one. */
  static MatrixVector best() {
    return VectorMatrixVector.INSTANCE;
  }
}
