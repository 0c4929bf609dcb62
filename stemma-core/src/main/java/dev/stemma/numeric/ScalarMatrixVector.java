package dev.stemma.numeric;

import dev.stemma.artifact.ElementType;
import dev.stemma.format.ElementDecoder;
import java.lang.foreign.MemorySegment;

/** The plain definition, summed in float64. */
public final class ScalarMatrixVector implements MatrixVector {
  @Override
  public void multiply(
      MemorySegment weights,
      ElementType type,
      int first,
      int last,
      int columns,
      float[] x,
      float[] y) {
    float[] strip = new float[STRIP];
    for (int row = first; row < last; row++) {
      double sum = 0;
      for (int column = 0; column < columns; column += STRIP) {
        int count = Math.min(STRIP, columns - column);
        decode(weights, type, (long) row * columns + column, count, strip, 0);
        for (int i = 0; i < count; i++) {
          sum += (double) strip[i] * x[column + i];
        }
      }
      y[row] = (float) sum;
    }
  }

  @Override
  public void decode(
      MemorySegment weights, ElementType type, long first, int count, float[] out, int offset) {
    ElementDecoder.decode(weights, type, first, count, out, offset);
  }
}
