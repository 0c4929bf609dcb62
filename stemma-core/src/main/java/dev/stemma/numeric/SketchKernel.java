package dev.stemma.numeric;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The inner loops of fingerprints, in plain Java. Lanes never meet in the first two, so that the
 * vector twin gives the same bits.
 */
public class SketchKernel {
  /** Vectors that are multiplied at once. */
  public static final int ANCHORS = 16;

  /** The fastest kernel that this Java runs. */
  public static SketchKernel best() {
    return Chosen.KERNEL;
  }

  /** Chosen once, on first use. */
  private static final class Chosen {
    static final SketchKernel KERNEL =
        VectorTwin.orPlain(SketchKernel.class, "VectorSketchKernel", SketchKernel::new);
  }

  /**
   * out[outOffset + k] = sum over c of row[offset + c] anchors[c, k].
   *
   * @param anchors columns x {@link #ANCHORS}
   */
  public void project(
      float[] row, int offset, int columns, float[] anchors, float[] out, int outOffset) {
    for (int k = 0; k < ANCHORS; k++) {
      float sum = 0;
      for (int c = 0; c < columns; c++) {
        sum = Math.fma(row[offset + c], anchors[c * ANCHORS + k], sum);
      }
      out[outOffset + k] = sum;
    }
  }

  /**
   * out[k, c] += row[offset + c] anchors[anchorOffset + k].
   *
   * @param out {@link #ANCHORS} x columns
   */
  public void accumulate(
      float[] row, int offset, int columns, float[] anchors, int anchorOffset, float[] out) {
    for (int k = 0; k < ANCHORS; k++) {
      float factor = anchors[anchorOffset + k];
      for (int c = 0; c < columns; c++) {
        out[k * columns + c] = Math.fma(row[offset + c], factor, out[k * columns + c]);
      }
    }
  }

  /** The product of a vector in a block of little-endian float32 with a query. */
  public float dot(MemorySegment block, long offsetBytes, float[] query) {
    float sum = 0;
    for (int i = 0; i < query.length; i++) {
      sum =
          Math.fma(
              block.get(
                  ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN),
                  offsetBytes + 4L * i),
              query[i],
              sum);
    }
    return sum;
  }
}
