package dev.stemma.numeric.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * GGUF's common block types become float32, a few lanes of quantised bytes at a time; the same bits
 * as {@code format}'s plain decoder gives, but for the sign of zeros. Counts are whole blocks.
 */
final class BlockDecoding {
  private static final VectorSpecies<Float> FLOATS =
      FloatVector.SPECIES_PREFERRED.length() >= 16
          ? FloatVector.SPECIES_512
          : FloatVector.SPECIES_256;
  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(FLOATS.vectorBitSize() / 4));
  private static final int LANES = FLOATS.length();
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

  private BlockDecoding() {}

  /** A half, then 32 signed bytes. */
  static void q8(MemorySegment from, long start, int count, float[] out, int offset) {
    long at = start;
    for (int i = 0; i < count; i += 32, at += 34) {
      float scale = half(from, at);
      for (int j = 0; j < 32; j += LANES) {
        floats(bytes(from, at + 2 + j)).mul(scale).intoArray(out, offset + i + j);
      }
    }
  }

  /** A half, then 16 bytes: the low nibbles are the first 16 values. */
  static void q4(MemorySegment from, long start, int count, float[] out, int offset) {
    long at = start;
    for (int i = 0; i < count; i += 32, at += 18) {
      float scale = half(from, at);
      for (int j = 0; j < 16; j += LANES) {
        ByteVector pairs = bytes(from, at + 2 + j);
        floats(low(pairs)).sub(8).mul(scale).intoArray(out, offset + i + j);
        floats(high(pairs)).sub(8).mul(scale).intoArray(out, offset + i + j + 16);
      }
    }
  }

  /** Two halves, 12 bytes of 6-bit scales and minima, 128 bytes of nibbles. */
  static void q4k(MemorySegment from, long start, int count, float[] out, int offset) {
    long at = start;
    for (int i = 0; i < count; i += 256, at += 144) {
      float scale = half(from, at);
      float minimum = half(from, at + 2);
      for (int part = 0; part < 8; part += 2) {
        float d0 = scale * scaleOf(from, at, part);
        float m0 = minimum * minimumOf(from, at, part);
        float d1 = scale * scaleOf(from, at, part + 1);
        float m1 = minimum * minimumOf(from, at, part + 1);
        int to = offset + i + part * 32;
        for (int j = 0; j < 32; j += LANES) {
          ByteVector pairs = bytes(from, at + 16 + part * 16L + j);
          floats(low(pairs)).mul(d0).sub(m0).intoArray(out, to + j);
          floats(high(pairs)).mul(d1).sub(m1).intoArray(out, to + 32 + j);
        }
      }
    }
  }

  private static int scaleOf(MemorySegment from, long at, int part) {
    return part < 4
        ? unsigned(from, at + 4 + part) & 63
        : (unsigned(from, at + 8 + part) & 0xF) | ((unsigned(from, at + part) >> 6) << 4);
  }

  private static int minimumOf(MemorySegment from, long at, int part) {
    return part < 4
        ? unsigned(from, at + 8 + part) & 63
        : (unsigned(from, at + 8 + part) >> 4) | ((unsigned(from, at + 4 + part) >> 6) << 4);
  }

  /** 128 bytes of nibbles, 64 bytes of high bit pairs, 16 signed scales, a half. */
  static void q6k(MemorySegment from, long start, int count, float[] out, int offset) {
    long at = start;
    for (int i = 0; i < count; i += 256, at += 210) {
      float scale = half(from, at + 208);
      for (int half = 0; half < 2; half++) {
        for (int j = 0; j < 32; j += LANES) {
          ByteVector first = bytes(from, at + half * 64L + j);
          ByteVector second = bytes(from, at + half * 64L + 32 + j);
          ByteVector tops = bytes(from, at + 128 + half * 32L + j);
          for (int quarter = 0; quarter < 4; quarter++) {
            ByteVector pairs = (quarter & 1) == 0 ? first : second;
            ByteVector nibbles = quarter < 2 ? low(pairs) : high(pairs);
            ByteVector top =
                tops.lanewise(VectorOperators.LSHR, 2L * quarter)
                    .and((byte) 3)
                    .lanewise(VectorOperators.LSHL, 4);
            int value = half * 128 + quarter * 32 + j;
            // A scale serves 16 values; so many lanes never cross one.
            float own = scale * from.get(BYTE, at + 192 + value / 16);
            floats(nibbles.or(top)).sub(32).mul(own).intoArray(out, offset + i + value);
          }
        }
      }
    }
  }

  private static ByteVector bytes(MemorySegment from, long at) {
    return ByteVector.fromMemorySegment(BYTES, from, at, ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteVector low(ByteVector pairs) {
    return pairs.and((byte) 0xF);
  }

  private static ByteVector high(ByteVector pairs) {
    return pairs.lanewise(VectorOperators.LSHR, 4).and((byte) 0xF);
  }

  private static FloatVector floats(ByteVector values) {
    return (FloatVector) values.castShape(FLOATS, 0);
  }

  private static int unsigned(MemorySegment from, long at) {
    return Byte.toUnsignedInt(from.get(BYTE, at));
  }

  private static float half(MemorySegment from, long at) {
    return Float.float16ToFloat(from.get(SHORT, at));
  }
}
