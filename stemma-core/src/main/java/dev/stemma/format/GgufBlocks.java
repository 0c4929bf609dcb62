package dev.stemma.format;

import dev.stemma.artifact.ElementType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Rounds to GGUF's simple block types as llama.cpp's reference does: 32 values, one half scale. */
final class GgufBlocks {
  private static final int BLOCK = 32;

  private GgufBlocks() {}

  /** Appends whole blocks. */
  static void encode(ElementType type, float[] values, int count, ByteBuffer destination) {
    for (int from = 0; from < count; from += BLOCK) {
      switch (type) {
        case Q8_0 -> eightBits(values, from, destination);
        case Q4_0 -> fourBits(values, from, destination);
        default -> throw new IllegalArgumentException("blocks are written as Q8_0 or Q4_0");
      }
    }
  }

  /** Back again, with the reader's own decoder. */
  static float[] decode(ElementType type, ByteBuffer bytes, int count) {
    float[] values = new float[count];
    BlockDecoder.decode(MemorySegment.ofBuffer(bytes), type, 0, count, values, 0);
    return values;
  }

  private static void eightBits(float[] values, int from, ByteBuffer out) {
    float largest = 0;
    for (int i = from; i < from + BLOCK; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    float scale = largest / 127;
    float inverse = scale == 0 ? 0 : 1 / scale;
    out.putShort(Float.floatToFloat16(scale));
    for (int i = from; i < from + BLOCK; i++) {
      // Half away from zero, as roundf does.
      float scaled = values[i] * inverse;
      out.put((byte) (scaled < 0 ? -Math.floor(0.5 - scaled) : Math.floor(scaled + 0.5)));
    }
  }

  private static void fourBits(float[] values, int from, ByteBuffer out) {
    float signed = 0;
    for (int i = from; i < from + BLOCK; i++) {
      signed = Math.abs(values[i]) > Math.abs(signed) ? values[i] : signed;
    }
    float scale = signed / -8;
    float inverse = scale == 0 ? 0 : 1 / scale;
    out.putShort(Float.floatToFloat16(scale));
    for (int i = 0; i < BLOCK / 2; i++) {
      int low = Math.clamp((int) (values[from + i] * inverse + 8.5f), 0, 15);
      int high = Math.clamp((int) (values[from + BLOCK / 2 + i] * inverse + 8.5f), 0, 15);
      out.put((byte) (low | high << 4));
    }
  }
}
