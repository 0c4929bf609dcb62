package dev.stemma.numeric;

import dev.stemma.artifact.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The plain definition, summed in float64. */
public final class ScalarMatrixVector implements MatrixVector {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public void multiply(
      MemorySegment weights,
      ElementType type,
      int first,
      int last,
      int columns,
      float[] x,
      float[] y) {
    for (int row = first; row < last; row++) {
      double sum = 0;
      for (int column = 0; column < columns; column++) {
        sum += (double) value(weights, type, (long) row * columns + column) * x[column];
      }
      y[row] = (float) sum;
    }
  }

  private static float value(MemorySegment weights, ElementType type, long index) {
    return switch (type) {
      case F32 -> weights.get(FLOAT, index * 4);
      case BF16 -> Float.intBitsToFloat(weights.get(SHORT, index * 2) << 16);
      case F16 -> Float.float16ToFloat(weights.get(SHORT, index * 2));
      default -> throw new IllegalArgumentException(type + " cannot be used in place");
    };
  }
}
