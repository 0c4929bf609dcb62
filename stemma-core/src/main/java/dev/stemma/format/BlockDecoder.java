package dev.stemma.format;

import dev.stemma.artifact.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * GGUF's block types: some elements share a half-precision scale (and a minimum); the K types share
 * it among 256 with small scales of their own for parts of them. The arithmetic is float32 in the
 * order of llama.cpp's reference, so that the results are the same bits.
 */
final class BlockDecoder {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int[] IQ4_LEVELS = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };
  private static final int[] MXFP4_DOUBLED = {
    0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12
  };
  private static final int[] POWERS_OF_THREE = {1, 3, 9, 27, 81};

  private BlockDecoder() {}

  static void decode(
      MemorySegment stored,
      ElementType type,
      long first,
      int count,
      float[] destination,
      int offset) {
    int size = type.blockElements();
    float[] block = new float[size];
    int done = 0;
    while (done < count) {
      long element = first + done;
      int from = (int) (element % size);
      int part = Math.min(size - from, count - done);
      Bytes bytes = new Bytes(stored, element / size * type.blockBytes());
      if (part == size) {
        block(bytes, type, destination, offset + done);
      } else {
        block(bytes, type, block, 0);
        System.arraycopy(block, from, destination, offset + done, part);
      }
      done += part;
    }
  }

  /** One block's bytes. */
  private record Bytes(MemorySegment stored, long start) {
    int unsigned(int at) {
      return Byte.toUnsignedInt(stored.get(ValueLayout.JAVA_BYTE, start + at));
    }

    int signed(int at) {
      return stored.get(ValueLayout.JAVA_BYTE, start + at);
    }

    int unsigned16(int at) {
      return Short.toUnsignedInt(stored.get(SHORT, start + at));
    }

    float half(int at) {
      return Float.float16ToFloat(stored.get(SHORT, start + at));
    }
  }

  private static void block(Bytes b, ElementType type, float[] y, int o) {
    switch (type) {
      case Q4_0 -> q4(b, b.half(0), -8, -0f, 2, y, o);
      case Q4_1 -> q4(b, b.half(0), 0, b.half(2), 4, y, o);
      case Q5_0 -> q5(b, b.half(0), -16, -0f, 2, y, o);
      case Q5_1 -> q5(b, b.half(0), 0, b.half(2), 4, y, o);
      case Q8_0 -> {
        float d = b.half(0);
        for (int j = 0; j < 32; j++) {
          y[o + j] = b.signed(2 + j) * d;
        }
      }
      case Q2_K -> q2k(b, y, o);
      case Q3_K -> q3k(b, y, o);
      case Q4_K -> q45k(b, false, y, o);
      case Q5_K -> q45k(b, true, y, o);
      case Q6_K -> q6k(b, y, o);
      case IQ4_NL -> levels(b, 2, IQ4_LEVELS, b.half(0), y, o);
      case IQ4_XS -> {
        float d = b.half(0);
        int high = b.unsigned16(2);
        for (int part = 0; part < 8; part++) {
          int low = (b.unsigned(4 + part / 2) >> (4 * (part % 2))) & 0xF;
          int scale = low | (((high >> (2 * part)) & 3) << 4);
          levels(b, 8 + 16 * part, IQ4_LEVELS, d * (scale - 32), y, o + 32 * part);
        }
      }
      case MXFP4 -> {
        float half = (float) Math.scalb(1.0, b.unsigned(0) - 128);
        levels(b, 1, MXFP4_DOUBLED, half, y, o);
      }
      case TQ1_0 -> ternary(b, y, o);
      case TQ2_0 -> {
        float d = b.half(64);
        for (int i = 0; i < 256; i++) {
          y[o + i] = d * (((b.unsigned(i / 128 * 32 + i % 32) >> (i % 128 / 32 * 2)) & 3) - 1);
        }
      }
      case F64,
          F32,
          F16,
          BF16,
          F8_E4M3,
          F8_E5M2,
          F8_E8M0,
          I64,
          I32,
          I16,
          I8,
          U64,
          U32,
          U16,
          U8,
          BOOL,
          I4,
          U4,
          F4 ->
          throw new IllegalArgumentException(type + " is no block type");
    }
  }

  /** A type without a minimum gives -0: adding it keeps the sign of a zero. */
  private static void q4(Bytes b, float d, int add, float minimum, int at, float[] y, int o) {
    for (int j = 0; j < 16; j++) {
      int pair = b.unsigned(at + j);
      y[o + j] = ((pair & 0xF) + add) * d + minimum;
      y[o + j + 16] = ((pair >> 4) + add) * d + minimum;
    }
  }

  private static void q5(Bytes b, float d, int add, float minimum, int at, float[] y, int o) {
    for (int j = 0; j < 16; j++) {
      int pair = b.unsigned(at + 4 + j);
      int lowHigh = (b.unsigned(at + j / 8) >> (j % 8)) & 1;
      int highHigh = (b.unsigned(at + 2 + j / 8) >> (j % 8)) & 1;
      y[o + j] = (((pair & 0xF) | (lowHigh << 4)) + add) * d + minimum;
      y[o + j + 16] = (((pair >> 4) | (highHigh << 4)) + add) * d + minimum;
    }
  }

  private static void levels(Bytes b, int at, int[] levels, float d, float[] y, int o) {
    for (int j = 0; j < 16; j++) {
      int pair = b.unsigned(at + j);
      y[o + j] = d * levels[pair & 0xF];
      y[o + j + 16] = d * levels[pair >> 4];
    }
  }

  /** Base-three fractions of 256, five digits to each of 48 bytes and four to the last 4. */
  private static void ternary(Bytes b, float[] y, int o) {
    float d = b.half(52);
    for (int i = 0; i < 256; i++) {
      int from = i < 160 ? 0 : i < 240 ? 160 : 240;
      int width = i < 160 ? 32 : i < 240 ? 16 : 4;
      int digit = (i - from) / width;
      int fraction = (b.unsigned(from / 5 + (i - from) % width) * POWERS_OF_THREE[digit]) & 0xFF;
      y[o + i] = d * (((fraction * 3) >> 8) - 1);
    }
  }

  /** 16 bytes of scale and minimum nibbles, 64 bytes of 2-bit values, then the two halves. */
  private static void q2k(Bytes b, float[] y, int o) {
    float d = b.half(80);
    float minimum = b.half(82);
    for (int i = 0; i < 256; i++) {
      int scales = b.unsigned(i / 16);
      int value = (b.unsigned(16 + i / 128 * 32 + i % 32) >> (i % 128 / 32 * 2)) & 3;
      y[o + i] = d * (scales & 0xF) * value - minimum * (scales >> 4);
    }
  }

  /** 32 bytes of high bits, 64 bytes of 2-bit values, 12 bytes of 6-bit scales, then the half. */
  private static void q3k(Bytes b, float[] y, int o) {
    float d = b.half(108);
    for (int i = 0; i < 256; i++) {
      int scale = i / 16;
      int low = (b.unsigned(96 + scale % 8) >> (scale / 8 * 4)) & 0xF;
      int high = (b.unsigned(104 + scale % 4) >> (scale / 4 * 2)) & 3;
      int value = (b.unsigned(32 + i / 128 * 32 + i % 32) >> (i % 128 / 32 * 2)) & 3;
      boolean set = ((b.unsigned(i % 32) >> (i / 32)) & 1) != 0;
      y[o + i] = d * ((low | (high << 4)) - 32) * (value - (set ? 0 : 4));
    }
  }

  /** Two halves, 12 bytes of 6-bit scales and minima, (32 bytes of fifth bits,) 128 of nibbles. */
  private static void q45k(Bytes b, boolean five, float[] y, int o) {
    float d = b.half(0);
    float minimum = b.half(2);
    int nibbles = five ? 48 : 16;
    for (int part = 0; part < 8; part++) {
      float scale = d * scale(b, part);
      float least = minimum * minimum(b, part);
      for (int l = 0; l < 32; l++) {
        int value = (b.unsigned(nibbles + part / 2 * 32 + l) >> (part % 2 * 4)) & 0xF;
        int fifth = five ? (b.unsigned(16 + l) >> part) & 1 : 0;
        y[o + part * 32 + l] = scale * (value + 16 * fifth) - least;
      }
    }
  }

  private static int scale(Bytes b, int part) {
    return part < 4
        ? b.unsigned(4 + part) & 63
        : (b.unsigned(8 + part) & 0xF) | ((b.unsigned(part) >> 6) << 4);
  }

  private static int minimum(Bytes b, int part) {
    return part < 4
        ? b.unsigned(8 + part) & 63
        : (b.unsigned(8 + part) >> 4) | ((b.unsigned(4 + part) >> 6) << 4);
  }

  /** 128 bytes of nibbles, 64 bytes of high bit pairs, 16 signed scales, then the half. */
  private static void q6k(Bytes b, float[] y, int o) {
    float d = b.half(208);
    for (int i = 0; i < 256; i++) {
      int half = i / 128;
      int quarter = i % 128 / 32;
      int l = i % 32;
      int low = (b.unsigned(half * 64 + quarter % 2 * 32 + l) >> (quarter / 2 * 4)) & 0xF;
      int high = (b.unsigned(128 + half * 32 + l) >> (quarter * 2)) & 3;
      y[o + i] = d * b.signed(192 + i / 16) * ((low | (high << 4)) - 32);
    }
  }
}
