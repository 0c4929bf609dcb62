package dev.stemma.numeric.simd;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.stemma.artifact.ElementType;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Two runs of bfloat16. One load of ints holds two bfloat16 values an int, each the upper half of a
 * float32: a shift and a mask make floats of both, and squares of them are exact.
 */
record Bfloat16Sums() implements BlockSums {
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int STEP_BYTES = INTS.vectorByteSize();
  private static final int UPPER_HALF = 0xFFFF_0000;

  @Override
  public ElementType typeA() {
    return ElementType.BF16;
  }

  @Override
  public ElementType typeB() {
    return ElementType.BF16;
  }

  @Override
  public int vectorElements() {
    return INTS.length() * 2;
  }

  @Override
  public int add(
      MemorySegment a, MemorySegment b, int first, int blocks, int vectors, Lanes lanes) {
    long at = first * 2L;
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
        IntVector pairA = IntVector.fromMemorySegment(INTS, a, at, LITTLE_ENDIAN);
        IntVector pairB = IntVector.fromMemorySegment(INTS, b, at, LITTLE_ENDIAN);
        equal += pairA.reinterpretAsShorts().eq(pairB.reinterpretAsShorts()).trueCount();
        FloatVector lowA = pairA.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
        FloatVector lowB = pairB.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
        FloatVector lowASquare = lowA.mul(lowA);
        FloatVector lowBSquare = lowB.mul(lowB);
        FloatVector low = lowA.sub(lowB);
        FloatVector lowSize = low.abs();
        dot = lowA.fma(lowB, dot);
        a1 = lowA.add(a1);
        a2 = lowASquare.add(a2);
        a3 = lowASquare.fma(lowA, a3);
        a4 = lowASquare.fma(lowASquare, a4);
        b1 = lowB.add(b1);
        b2 = lowBSquare.add(b2);
        b3 = lowBSquare.fma(lowB, b3);
        b4 = lowBSquare.fma(lowBSquare, b4);
        absolute = lowSize.add(absolute);
        maximum = lowSize.max(maximum);
        squared = low.fma(low, squared);
        FloatVector highA = pairA.and(UPPER_HALF).reinterpretAsFloats();
        FloatVector highB = pairB.and(UPPER_HALF).reinterpretAsFloats();
        FloatVector highASquare = highA.mul(highA);
        FloatVector highBSquare = highB.mul(highB);
        FloatVector high = highA.sub(highB);
        FloatVector highSize = high.abs();
        dot = highA.fma(highB, dot);
        a1 = highA.add(a1);
        a2 = highASquare.add(a2);
        a3 = highASquare.fma(highA, a3);
        a4 = highASquare.fma(highASquare, a4);
        b1 = highB.add(b1);
        b2 = highBSquare.add(b2);
        b3 = highBSquare.fma(highB, b3);
        b4 = highBSquare.fma(highBSquare, b4);
        absolute = highSize.add(absolute);
        maximum = highSize.max(maximum);
        squared = high.fma(high, squared);
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
