package dev.stemma.numeric.simd;

import dev.stemma.artifact.ElementType;
import dev.stemma.format.ElementDecoder;
import dev.stemma.numeric.MatrixVector;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Vector API twin of {@link dev.stemma.numeric.ScalarMatrixVector}: four float32 accumulators a
 * strip, added up in a fixed order, so that a sum is the same bits interpreted or compiled.
 */
public final class VectorMatrixVector implements MatrixVector {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = FLOATS.length();

  @Override
  public void multiply(
      MemorySegment weights,
      ElementType type,
      int first,
      int last,
      int columns,
      float[] x,
      float[] y) {
    if (type == ElementType.BF16) {
      BrainFloatDot.multiply(weights, first, last, columns, x, y);
      return;
    }
    float[] strip = new float[STRIP];
    float[] lanes = new float[LANES];
    for (int row = first; row < last; row++) {
      double sum = 0;
      for (int column = 0; column < columns; column += STRIP) {
        int count = Math.min(STRIP, columns - column);
        decode(weights, type, (long) row * columns + column, count, strip, 0);
        sum += dot(strip, x, column, count, lanes);
      }
      y[row] = (float) sum;
    }
  }

  @Override
  public void decode(
      MemorySegment weights, ElementType type, long first, int count, float[] out, int offset) {
    long start = first / type.blockElements() * type.blockBytes();
    switch (type) {
      case BF16 -> PlainDecoding.brainFloats(weights, start, count, out, offset);
      case F16 -> PlainDecoding.halfFloats(weights, start, count, out, offset);
      case Q8_0 -> BlockDecoding.q8(weights, start, count, out, offset);
      case Q4_0 -> BlockDecoding.q4(weights, start, count, out, offset);
      case Q4_K -> BlockDecoding.q4k(weights, start, count, out, offset);
      case Q6_K -> BlockDecoding.q6k(weights, start, count, out, offset);
      default -> ElementDecoder.decode(weights, type, first, count, out, offset);
    }
  }

  private static double dot(float[] a, float[] x, int from, int count, float[] lanes) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int i = 0;
    for (; i <= count - 4 * LANES; i += 4 * LANES) {
      s0 = at(a, i).fma(at(x, from + i), s0);
      s1 = at(a, i + LANES).fma(at(x, from + i + LANES), s1);
      s2 = at(a, i + 2 * LANES).fma(at(x, from + i + 2 * LANES), s2);
      s3 = at(a, i + 3 * LANES).fma(at(x, from + i + 3 * LANES), s3);
    }
    for (; i <= count - LANES; i += LANES) {
      s0 = at(a, i).fma(at(x, from + i), s0);
    }
    s0.add(s1).add(s2.add(s3)).intoArray(lanes, 0);
    double sum = 0;
    for (float lane : lanes) {
      sum += lane;
    }
    for (; i < count; i++) {
      sum += a[i] * x[from + i];
    }
    return sum;
  }

  private static FloatVector at(float[] values, int index) {
    return FloatVector.fromArray(FLOATS, values, index);
  }
}
