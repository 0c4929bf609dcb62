package dev.stemma.numeric.simd;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.stemma.artifact.ElementType;
import dev.stemma.numeric.Decoding;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Two runs of any types whose values float32 holds exactly: each block is decoded first. Equal bits
 * are counted on the decoded values, which is the same as long as the values are finite.
 *
 * @param decodedA room for one block
 * @param decodedB room for one block
 */
record DecodedSums(
    ElementType typeA, ElementType typeB, MemorySegment decodedA, MemorySegment decodedB)
    implements BlockSums {
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final DirectSums FLOATS = new DirectSums(ElementType.F32);

  /** 2^112, the step from float16's exponent bias (15) to float32's (127). */
  private static final float REBIAS = 0x1p112f;

  @Override
  public int vectorElements() {
    return FLOATS.vectorElements();
  }

  @Override
  public int add(
      MemorySegment a, MemorySegment b, int first, int blocks, int vectors, Lanes lanes) {
    for (int block = 0; block < blocks; block++) {
      int start = first + block * DirectSums.BLOCK_ELEMENTS;
      if (typeA == ElementType.F16 && typeB == ElementType.F16) {
        decodeFloat16(a, start, decodedA);
        decodeFloat16(b, start, decodedB);
      } else {
        decode(a, typeA, start, decodedA);
        decode(b, typeB, start, decodedB);
      }
      if (FLOATS.add(decodedA, decodedB, 0, 1, vectors, lanes) == 0) {
        return block;
      }
    }
    return blocks;
  }

  private static void decode(
      MemorySegment from, ElementType type, int first, MemorySegment decoded) {
    for (int i = 0; i < DirectSums.BLOCK_ELEMENTS; i++) {
      decoded.setAtIndex(
          ValueLayout.JAVA_FLOAT, i, (float) Decoding.element(from, type, first + i));
    }
  }

  /** Even and odd elements come apart: no sum over pairs minds the order. */
  private static void decodeFloat16(MemorySegment from, int first, MemorySegment decoded) {
    int step = INTS.vectorByteSize();
    long end = DirectSums.BLOCK_ELEMENTS * 2L;
    for (long at = 0; at < end; at += step) {
      IntVector pair = IntVector.fromMemorySegment(INTS, from, first * 2L + at, LITTLE_ENDIAN);
      widen(pair.lanewise(VectorOperators.LSHL, 16))
          .intoMemorySegment(decoded, at * 2, LITTLE_ENDIAN);
      widen(pair.and(0xFFFF_0000)).intoMemorySegment(decoded, at * 2 + step, LITTLE_ENDIAN);
    }
  }

  /** A float16 in an int's upper half becomes a float32; infinity and NaN become NaN. */
  private static FloatVector widen(IntVector upper) {
    FloatVector magnitude =
        upper.and(0x7FFF_0000).lanewise(VectorOperators.LSHR, 3).reinterpretAsFloats().mul(REBIAS);
    FloatVector checked = magnitude.blend(Float.NaN, magnitude.compare(VectorOperators.GE, 65536f));
    return checked.reinterpretAsInts().or(upper.and(0x8000_0000)).reinterpretAsFloats();
  }
}
