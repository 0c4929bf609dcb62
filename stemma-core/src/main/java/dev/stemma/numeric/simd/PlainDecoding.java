package dev.stemma.numeric.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** 16-bit floats become float32. */
final class PlainDecoding {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTEGERS = FLOATS.withLanes(int.class);
  private static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));
  private static final int LANES = FLOATS.length();
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Moves a half's exponent to a float's: 2^(127 - 15). */
  private static final float REBIAS = 0x1p112f;

  private static final int HALF_INFINITY = 0x7C00 << 13;

  private PlainDecoding() {}

  static void brainFloats(MemorySegment from, long start, int count, float[] out, int offset) {
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      widened(from, start + 2L * i)
          .lanewise(VectorOperators.LSHL, 16)
          .reinterpretAsFloats()
          .intoArray(out, offset + i);
    }
    for (; i < count; i++) {
      out[offset + i] = Float.intBitsToFloat(from.get(SHORT, start + 2L * i) << 16);
    }
  }

  static void halfFloats(MemorySegment from, long start, int count, float[] out, int offset) {
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      IntVector bits = widened(from, start + 2L * i);
      IntVector size = bits.and(0x7FFF).lanewise(VectorOperators.LSHL, 13);
      IntVector sign = bits.and(0x8000).lanewise(VectorOperators.LSHL, 16);
      IntVector finite = size.reinterpretAsFloats().mul(REBIAS).reinterpretAsInts();
      finite
          .blend(size.or(0x7F800000), size.compare(VectorOperators.GE, HALF_INFINITY))
          .or(sign)
          .reinterpretAsFloats()
          .intoArray(out, offset + i);
    }
    for (; i < count; i++) {
      out[offset + i] = Float.float16ToFloat(from.get(SHORT, start + 2L * i));
    }
  }

  private static IntVector widened(MemorySegment from, long start) {
    return (IntVector)
        ShortVector.fromMemorySegment(SHORTS, from, start, ByteOrder.LITTLE_ENDIAN)
            .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTEGERS, 0);
  }
}
