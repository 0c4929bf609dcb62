package dev.stemma.format;

import dev.stemma.artifact.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Stored elements become floats. Every type that float32 can hold is exact; 64-bit values and large
 * 32-bit integers are rounded to the nearest float once.
 */
public final class ElementDecoder {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final float[] E4M3 = new float[256];
  private static final float[] E5M2 = new float[256];
  private static final float[] E8M0 = new float[256];
  private static final float[] E2M1 = {
    0, 0.5f, 1, 1.5f, 2, 3, 4, 6, -0.0f, -0.5f, -1, -1.5f, -2, -3, -4, -6
  };

  static {
    for (int bits = 0; bits < 256; bits++) {
      E4M3[bits] = e4m3(bits);
      E5M2[bits] = Float.float16ToFloat((short) (bits << 8));
      E8M0[bits] = bits == 255 ? Float.NaN : (float) Math.scalb(1.0, bits - 127);
    }
  }

  private ElementDecoder() {}

  /**
   * Decodes consecutive elements.
   *
   * @param stored all bytes of the tensor
   */
  public static void decode(
      MemorySegment stored,
      ElementType type,
      long first,
      int count,
      float[] destination,
      int offset) {
    switch (type) {
      case F32 -> MemorySegment.copy(stored, FLOAT, first * 4, destination, offset, count);
      case F64 -> {
        for (int i = 0; i < count; i++) {
          destination[offset + i] = (float) stored.get(DOUBLE, (first + i) * 8);
        }
      }
      case F16 -> {
        for (int i = 0; i < count; i++) {
          destination[offset + i] = Float.float16ToFloat(stored.get(SHORT, (first + i) * 2));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          destination[offset + i] = Float.intBitsToFloat(stored.get(SHORT, (first + i) * 2) << 16);
        }
      }
      case F8_E4M3 -> table(E4M3, stored, first, count, destination, offset);
      case F8_E5M2 -> table(E5M2, stored, first, count, destination, offset);
      case F8_E8M0 -> table(E8M0, stored, first, count, destination, offset);
      case I64 -> {
        for (int i = 0; i < count; i++) {
          destination[offset + i] = (float) stored.get(LONG, (first + i) * 8);
        }
      }
      case U64 -> {
        for (int i = 0; i < count; i++) {
          destination[offset + i] = unsigned(stored.get(LONG, (first + i) * 8));
        }
      }
      case I32 -> {
        for (int i = 0; i < count; i++) {
          destination[offset + i] = (float) stored.get(INT, (first + i) * 4);
        }
      }
      case U32 -> {
        for (int i = 0; i < count; i++) {
          destination[offset + i] =
              (float) Integer.toUnsignedLong(stored.get(INT, (first + i) * 4));
        }
      }
      case I16 -> {
        for (int i = 0; i < count; i++) {
          destination[offset + i] = stored.get(SHORT, (first + i) * 2);
        }
      }
      case U16 -> {
        for (int i = 0; i < count; i++) {
          destination[offset + i] = Short.toUnsignedInt(stored.get(SHORT, (first + i) * 2));
        }
      }
      case I8 -> {
        for (int i = 0; i < count; i++) {
          destination[offset + i] = stored.get(ValueLayout.JAVA_BYTE, first + i);
        }
      }
      case U8 -> {
        for (int i = 0; i < count; i++) {
          destination[offset + i] =
              Byte.toUnsignedInt(stored.get(ValueLayout.JAVA_BYTE, first + i));
        }
      }
      case BOOL -> {
        for (int i = 0; i < count; i++) {
          destination[offset + i] = stored.get(ValueLayout.JAVA_BYTE, first + i) == 0 ? 0 : 1;
        }
      }
      case I4 -> {
        for (int i = 0; i < count; i++) {
          destination[offset + i] = (nibble(stored, first + i) ^ 8) - 8;
        }
      }
      case U4 -> {
        for (int i = 0; i < count; i++) {
          destination[offset + i] = nibble(stored, first + i);
        }
      }
      case F4 -> {
        for (int i = 0; i < count; i++) {
          destination[offset + i] = E2M1[nibble(stored, first + i)];
        }
      }
      case Q4_0,
          Q4_1,
          Q5_0,
          Q5_1,
          Q8_0,
          Q2_K,
          Q3_K,
          Q4_K,
          Q5_K,
          Q6_K,
          IQ4_NL,
          IQ4_XS,
          MXFP4,
          TQ1_0,
          TQ2_0 ->
          BlockDecoder.decode(stored, type, first, count, destination, offset);
    }
  }

  private static void table(
      float[] values,
      MemorySegment stored,
      long first,
      int count,
      float[] destination,
      int offset) {
    for (int i = 0; i < count; i++) {
      destination[offset + i] =
          values[Byte.toUnsignedInt(stored.get(ValueLayout.JAVA_BYTE, first + i))];
    }
  }

  private static int nibble(MemorySegment stored, long element) {
    return (stored.get(ValueLayout.JAVA_BYTE, element / 2) >> (element % 2 * 4)) & 0xF;
  }

  private static float unsigned(long value) {
    // Halving keeps the lowest bit sticky, so that the one rounding is right.
    return value >= 0 ? (float) value : (float) ((value >>> 1) | (value & 1)) * 2;
  }

  /** Four exponent bits, no infinities; only all ones is NaN. */
  private static float e4m3(int bits) {
    int exponent = (bits >> 3) & 0xF;
    int mantissa = bits & 7;
    double size =
        exponent == 0
            ? Math.scalb((double) mantissa, -9)
            : exponent == 15 && mantissa == 7
                ? Double.NaN
                : Math.scalb(8.0 + mantissa, exponent - 10);
    return (float) ((bits & 0x80) == 0 ? size : -size);
  }
}
