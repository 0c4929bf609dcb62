package dev.stemma.numeric.simd;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.stemma.artifact.ElementType;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Two runs of float32. */
record FloatSums() implements BlockSums {
  static final int BLOCK_ELEMENTS = Lanes.VECTORS * Lanes.FLOATS.length();
  private static final int STEP_BYTES = Lanes.FLOATS.vectorByteSize();

  @Override
  public ElementType typeA() {
    return ElementType.F32;
  }

  @Override
  public ElementType typeB() {
    return ElementType.F32;
  }

  @Override
  public int vectorElements() {
    return Lanes.FLOATS.length();
  }

  @Override
  public int add(
      MemorySegment a, MemorySegment b, int first, int blocks, int vectors, Lanes lanes) {
    long at = first * 4L;
    for (int block = 0; block < blocks; block++) {
      FloatVector dot = FloatVector.zero(Lanes.FLOATS);
      FloatVector a1 = dot;
      FloatVector a2 = dot;
      FloatVector a3 = dot;
      FloatVector a4 = dot;
      FloatVector b1 = dot;
      FloatVector b2 = dot;
      FloatVector b3 = dot;
      FloatVector b4 = dot;
      FloatVector absolute = dot;
      FloatVector squared = dot;
      FloatVector maximum = dot;
      int equal = 0;
      for (int step = 0; step < vectors; step++, at += STEP_BYTES) {
        FloatVector x = FloatVector.fromMemorySegment(Lanes.FLOATS, a, at, LITTLE_ENDIAN);
        FloatVector y = FloatVector.fromMemorySegment(Lanes.FLOATS, b, at, LITTLE_ENDIAN);
        equal += x.reinterpretAsInts().eq(y.reinterpretAsInts()).trueCount();
        FloatVector xSquare = x.mul(x);
        FloatVector ySquare = y.mul(y);
        FloatVector difference = x.sub(y);
        FloatVector size = difference.abs();
        dot = x.fma(y, dot);
        a1 = x.add(a1);
        a2 = xSquare.add(a2);
        a3 = xSquare.fma(x, a3);
        a4 = xSquare.fma(xSquare, a4);
        b1 = y.add(b1);
        b2 = ySquare.add(b2);
        b3 = ySquare.fma(y, b3);
        b4 = ySquare.fma(ySquare, b4);
        absolute = size.add(absolute);
        maximum = size.max(maximum);
        squared = difference.fma(difference, squared);
      }
      lanes.put(Lanes.DOT, dot);
      lanes.put(Lanes.A, a1);
      lanes.put(Lanes.A + 1, a2);
      lanes.put(Lanes.A + 2, a3);
      lanes.put(Lanes.A + 3, a4);
      lanes.put(Lanes.B, b1);
      lanes.put(Lanes.B + 1, b2);
      lanes.put(Lanes.B + 2, b3);
      lanes.put(Lanes.B + 3, b4);
      lanes.put(Lanes.ABSOLUTE, absolute);
      lanes.put(Lanes.SQUARED, squared);
      lanes.put(Lanes.MAXIMUM, maximum);
      if (!lanes.flush(equal)) {
        return block;
      }
    }
    return blocks;
  }
}
