package dev.stemma.numeric.simd;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.stemma.artifact.ElementType;
import dev.stemma.format.ElementDecoder;
import dev.stemma.numeric.MatrixVector;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Rows of bfloat16 times a vector, straight from where they lie: no buffer between. An int holds
 * two values, each the upper half of a float32, so even and odd columns are summed apart against an
 * x that was taken apart once. (Float32 rows are faster by way of the buffer: bench/runs.)
 */
final class BrainFloatDot {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int LANES = FLOATS.length();

  private BrainFloatDot() {}

  static void multiply(
      MemorySegment weights, int first, int last, int columns, float[] x, float[] y) {
    int direct = columns / (8 * LANES) * (8 * LANES);
    float[] evens = new float[direct / 2];
    float[] odds = new float[direct / 2];
    for (int i = 0; i < evens.length; i++) {
      evens[i] = x[2 * i];
      odds[i] = x[2 * i + 1];
    }
    float[] lanes = new float[LANES];
    float[] rest = new float[columns - direct];
    for (int row = first; row < last; row++) {
      long start = (long) row * columns;
      double sum = 0;
      for (int column = 0; column < direct; column += MatrixVector.STRIP) {
        int end = Math.min(direct, column + MatrixVector.STRIP);
        sum += pairs(weights, start, column / 2, end / 2, evens, odds, lanes);
      }
      if (rest.length > 0) {
        ElementDecoder.decode(weights, ElementType.BF16, start + direct, rest.length, rest, 0);
        for (int i = 0; i < rest.length; i++) {
          sum += rest[i] * x[direct + i];
        }
      }
      y[row] = (float) sum;
    }
  }

  /** From and to count pairs of columns. */
  private static double pairs(
      MemorySegment weights,
      long start,
      int from,
      int to,
      float[] evens,
      float[] odds,
      float[] lanes) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    FloatVector s4 = s0;
    FloatVector s5 = s0;
    FloatVector s6 = s0;
    FloatVector s7 = s0;
    for (int i = from; i < to; i += 4 * LANES) {
      long at = start * 2 + i * 4L;
      IntVector p0 = pairs(weights, at);
      IntVector p1 = pairs(weights, at + LANES * 4L);
      IntVector p2 = pairs(weights, at + LANES * 8L);
      IntVector p3 = pairs(weights, at + LANES * 12L);
      s0 = even(p0).fma(at(evens, i), s0);
      s1 = odd(p0).fma(at(odds, i), s1);
      s2 = even(p1).fma(at(evens, i + LANES), s2);
      s3 = odd(p1).fma(at(odds, i + LANES), s3);
      s4 = even(p2).fma(at(evens, i + 2 * LANES), s4);
      s5 = odd(p2).fma(at(odds, i + 2 * LANES), s5);
      s6 = even(p3).fma(at(evens, i + 3 * LANES), s6);
      s7 = odd(p3).fma(at(odds, i + 3 * LANES), s7);
    }
    return sum(s0.add(s1), s2.add(s3), s4.add(s5), s6.add(s7), lanes);
  }

  private static double sum(
      FloatVector s0, FloatVector s1, FloatVector s2, FloatVector s3, float[] lanes) {
    s0.add(s1).add(s2.add(s3)).intoArray(lanes, 0);
    double sum = 0;
    for (float lane : lanes) {
      sum += lane;
    }
    return sum;
  }

  private static IntVector pairs(MemorySegment weights, long at) {
    return IntVector.fromMemorySegment(INTS, weights, at, LITTLE_ENDIAN);
  }

  private static FloatVector even(IntVector pairs) {
    return pairs.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
  }

  private static FloatVector odd(IntVector pairs) {
    return pairs.and(0xFFFF_0000).reinterpretAsFloats();
  }

  private static FloatVector at(float[] values, int index) {
    return FloatVector.fromArray(FLOATS, values, index);
  }
}
