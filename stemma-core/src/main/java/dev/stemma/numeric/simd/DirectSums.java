package dev.stemma.numeric.simd;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.stemma.artifact.ElementType;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Two runs of float32, or two of bfloat16. One load of ints holds one float32 an int, or two
 * bfloat16 values, each the upper half of a float32 whose square is exact. The lower values are
 * summed first, then the upper ones, by the same instructions: the JIT compiles half as much, and
 * the second load finds its bytes in the cache.
 *
 * @param type float32 or bfloat16
 */
record DirectSums(ElementType type) implements BlockSums {
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int STEP_BYTES = INTS.vectorByteSize();

  /** Values of float32 in a block. */
  static final int BLOCK_ELEMENTS = Lanes.VECTORS * INTS.length();

  DirectSums {
    if (type != ElementType.F32 && type != ElementType.BF16) {
      throw new IllegalArgumentException(type + " is read otherwise");
    }
  }

  @Override
  public ElementType typeA() {
    return type;
  }

  @Override
  public ElementType typeB() {
    return type;
  }

  @Override
  public int vectorElements() {
    return STEP_BYTES / type.blockBytes();
  }

  @Override
  public int add(
      MemorySegment a, MemorySegment b, int first, int blocks, int vectors, Lanes lanes) {
    long at = (long) first * type.blockBytes();
    int lowest = type == ElementType.BF16 ? 16 : 0;
    int mask = type == ElementType.BF16 ? 0xFFFF_0000 : -1;
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
      for (int shift = lowest; shift >= 0; shift -= 16) {
        long from = at + (long) block * vectors * STEP_BYTES;
        for (int step = 0; step < vectors; step++, from += STEP_BYTES) {
          FloatVector valueA = values(a, from, shift, mask);
          FloatVector valueB = values(b, from, shift, mask);
          equal += valueA.reinterpretAsInts().eq(valueB.reinterpretAsInts()).trueCount();
          FloatVector squareA = valueA.mul(valueA);
          FloatVector squareB = valueB.mul(valueB);
          FloatVector difference = valueA.sub(valueB);
          FloatVector size = difference.abs();
          dot = valueA.fma(valueB, dot);
          a1 = valueA.add(a1);
          a2 = squareA.add(a2);
          a3 = squareA.fma(valueA, a3);
          a4 = squareA.fma(squareA, a4);
          b1 = valueB.add(b1);
          b2 = squareB.add(b2);
          b3 = squareB.fma(valueB, b3);
          b4 = squareB.fma(squareB, b4);
          absolute = size.add(absolute);
          maximum = size.max(maximum);
          squared = difference.fma(difference, squared);
        }
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

  /** Shifted by 16, the lower halves become floats; masked, the upper halves or whole ints do. */
  private static FloatVector values(MemorySegment segment, long at, int shift, int mask) {
    return IntVector.fromMemorySegment(INTS, segment, at, LITTLE_ENDIAN)
        .lanewise(VectorOperators.LSHL, shift)
        .and(mask)
        .reinterpretAsFloats();
  }
}
