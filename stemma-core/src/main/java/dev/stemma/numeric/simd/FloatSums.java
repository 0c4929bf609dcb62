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
  public boolean add(MemorySegment a, MemorySegment b, int first, int vectors, Lanes lanes) {
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
    long equal = 0;
    long start = first * 4L;
    long end = start + (long) vectors * STEP_BYTES;
    for (long at = start; at < end; at += STEP_BYTES) {
      FloatVector x = FloatVector.fromMemorySegment(Lanes.FLOATS, a, at, LITTLE_ENDIAN);
      FloatVector y = FloatVector.fromMemorySegment(Lanes.FLOATS, b, at, LITTLE_ENDIAN);
      equal += x.reinterpretAsInts().eq(y.reinterpretAsInts()).trueCount();
      FloatVector xSquare = x.mul(x);
      FloatVector ySquare = y.mul(y);
      FloatVector difference = x.sub(y);
      FloatVector size = difference.abs();
      dot = x.fma(y, dot);
      a1 = a1.add(x);
      a2 = a2.add(xSquare);
      a3 = xSquare.fma(x, a3);
      a4 = xSquare.fma(xSquare, a4);
      b1 = b1.add(y);
      b2 = b2.add(ySquare);
      b3 = ySquare.fma(y, b3);
      b4 = ySquare.fma(ySquare, b4);
      absolute = absolute.add(size);
      maximum = maximum.max(size);
      squared = difference.fma(difference, squared);
    }
    // A fourth power that is NaN or infinite stays so in its lane's sum: less itself it is no zero.
    FloatVector fourth = a4.add(b4);
    if (!fourth.sub(fourth).eq(0f).allTrue()) {
      return false;
    }
    lanes.add(Lanes.DOT, dot);
    lanes.add(Lanes.A, a1);
    lanes.add(Lanes.A + 1, a2);
    lanes.add(Lanes.A + 2, a3);
    lanes.add(Lanes.A + 3, a4);
    lanes.add(Lanes.B, b1);
    lanes.add(Lanes.B + 1, b2);
    lanes.add(Lanes.B + 2, b3);
    lanes.add(Lanes.B + 3, b4);
    lanes.add(Lanes.ABSOLUTE, absolute);
    lanes.add(Lanes.SQUARED, squared);
    lanes.maximum(maximum, equal);
    return true;
  }
}
