package dev.stemma.numeric;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.stemma.artifact.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Stored elements of plain types (one element a block) as float64, which holds every type's values
 * exactly but long integers'. Packed and block-quantised types are decoded by {@code TensorReader}.
 */
public final class Decoding {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);
  private static final double[] E4M3 = table(4, 3, ElementType.F8_E4M3);
  private static final double[] E5M2 = table(5, 2, ElementType.F8_E5M2);

  private Decoding() {}

  /** Whether float32 holds every value of the type exactly. */
  public static boolean fitsFloat(ElementType type) {
    return switch (type) {
      case F32, F16, BF16, F8_E4M3, F8_E5M2, F8_E8M0, I16, I8, U16, U8, BOOL -> true;
      default -> false;
    };
  }

  /** Element number {@code index} of a segment of elements of one type. */
  public static double element(MemorySegment segment, ElementType type, long index) {
    return switch (type) {
      case F64 -> Double.longBitsToDouble(segment.get(LONG, index * 8));
      case F32 -> Float.intBitsToFloat(segment.get(INT, index * 4));
      case F16 -> Float.float16ToFloat(segment.get(SHORT, index * 2));
      case BF16 -> Float.intBitsToFloat(segment.get(SHORT, index * 2) << 16);
      case F8_E4M3 -> E4M3[unsignedByte(segment, index)];
      case F8_E5M2 -> E5M2[unsignedByte(segment, index)];
      case F8_E8M0 -> exponentOnly(unsignedByte(segment, index));
      case I64 -> segment.get(LONG, index * 8);
      case I32 -> segment.get(INT, index * 4);
      case I16 -> segment.get(SHORT, index * 2);
      case I8 -> segment.get(ValueLayout.JAVA_BYTE, index);
      case U64 -> unsigned(segment.get(LONG, index * 8));
      case U32 -> Integer.toUnsignedLong(segment.get(INT, index * 4));
      case U16 -> Short.toUnsignedInt(segment.get(SHORT, index * 2));
      case U8 -> unsignedByte(segment, index);
      case BOOL -> segment.get(ValueLayout.JAVA_BYTE, index) == 0 ? 0 : 1;
      default -> throw new IllegalArgumentException(type + " has no elements of its own");
    };
  }

  /** The element's stored bits, for comparing with another of the same type. */
  public static long bits(MemorySegment segment, ElementType type, long index) {
    return switch (type.blockBytes()) {
      case 1 -> segment.get(ValueLayout.JAVA_BYTE, index);
      case 2 -> segment.get(SHORT, index * 2);
      case 4 -> segment.get(INT, index * 4);
      default -> segment.get(LONG, index * 8);
    };
  }

  private static int unsignedByte(MemorySegment segment, long index) {
    return Byte.toUnsignedInt(segment.get(ValueLayout.JAVA_BYTE, index));
  }

  private static double unsigned(long value) {
    double half = (value >>> 1) | (value & 1);
    return value >= 0 ? value : half * 2;
  }

  /** OCP's E8M0: a power of two with bias 127; 255 is NaN. */
  private static double exponentOnly(int bits) {
    return bits == 255 ? Double.NaN : Math.scalb(1.0, bits - 127);
  }

  /** OCP's 8-bit floats: E5M2 has infinities as IEEE types have, E4M3 has one NaN and none. */
  private static double[] table(int exponentBits, int fractionBits, ElementType type) {
    double[] table = new double[256];
    int bias = (1 << (exponentBits - 1)) - 1;
    int maximumExponent = (1 << exponentBits) - 1;
    for (int bits = 0; bits < 256; bits++) {
      int exponent = (bits >> fractionBits) & maximumExponent;
      int fraction = bits & ((1 << fractionBits) - 1);
      double magnitude =
          exponent == 0
              ? Math.scalb((double) fraction, 1 - bias - fractionBits)
              : Math.scalb(
                  (double) (fraction + (1 << fractionBits)), exponent - bias - fractionBits);
      if (exponent == maximumExponent) {
        if (type == ElementType.F8_E5M2) {
          magnitude = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
        } else if (fraction == (1 << fractionBits) - 1) {
          magnitude = Double.NaN;
        }
      }
      table[bits] = bits < 128 ? magnitude : -magnitude;
    }
    return table;
  }
}
