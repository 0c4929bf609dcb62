package dev.stemma.format;

import java.util.Optional;

/**
 * Rounding as llama.cpp's reference does it for the types whose codes follow from a block's
 * extremes alone: gives the values that come back, in float32 arithmetic of the same order.
 */
public final class ReferenceRounding {
  private static final int BLOCK = 32;

  private ReferenceRounding() {}

  /** Rounds one block of 32. */
  private interface Rule {
    void round(float[] values, int from);
  }

  /** Whether this type's rounding is known here. */
  public static boolean knows(String type) {
    return rule(type).isPresent();
  }

  /** Rounds whole blocks of 32 in place. */
  public static void round(String type, float[] values) {
    Rule rule =
        rule(type).orElseThrow(() -> new IllegalArgumentException("no reference for " + type));
    for (int from = 0; from + BLOCK <= values.length; from += BLOCK) {
      rule.round(values, from);
    }
  }

  private static Optional<Rule> rule(String type) {
    return switch (type) {
      case "Q8_0" -> Optional.of(ReferenceRounding::eight);
      case "Q4_0" -> Optional.of((values, from) -> symmetric(values, from, 8));
      case "Q5_0" -> Optional.of((values, from) -> symmetric(values, from, 16));
      case "Q4_1" -> Optional.of((values, from) -> shifted(values, from, 15));
      case "Q5_1" -> Optional.of((values, from) -> shifted(values, from, 31));
      default -> Optional.empty();
    };
  }

  private static float half(float value) {
    return Float.float16ToFloat(Float.floatToFloat16(value));
  }

  private static void eight(float[] values, int from) {
    float largest = 0;
    for (int i = from; i < from + BLOCK; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    float scale = largest / 127;
    float inverse = scale == 0 ? 0 : 1 / scale;
    float stored = half(scale);
    for (int i = from; i < from + BLOCK; i++) {
      float scaled = values[i] * inverse;
      // Halves go away from zero.
      float code = (float) Math.floor(Math.abs(scaled) + 0.5) * Math.signum(scaled);
      values[i] = code * stored;
    }
  }

  /** The value of largest magnitude becomes the lowest code, whatever its sign. */
  private static void symmetric(float[] values, int from, int levels) {
    float extreme = 0;
    for (int i = from; i < from + BLOCK; i++) {
      if (Math.abs(values[i]) > Math.abs(extreme)) {
        extreme = values[i];
      }
    }
    float scale = extreme / -levels;
    float inverse = scale == 0 ? 0 : 1 / scale;
    float stored = half(scale);
    for (int i = from; i < from + BLOCK; i++) {
      int code = Math.min(2 * levels - 1, (int) (values[i] * inverse + (levels + 0.5f)));
      values[i] = (code - levels) * stored;
    }
  }

  private static void shifted(float[] values, int from, int steps) {
    float low = Float.POSITIVE_INFINITY;
    float high = Float.NEGATIVE_INFINITY;
    for (int i = from; i < from + BLOCK; i++) {
      low = Math.min(low, values[i]);
      high = Math.max(high, values[i]);
    }
    float scale = (high - low) / steps;
    float inverse = scale == 0 ? 0 : 1 / scale;
    float stored = half(scale);
    float least = half(low);
    for (int i = from; i < from + BLOCK; i++) {
      int code = Math.min(steps, (int) ((values[i] - low) * inverse + 0.5f));
      values[i] = code * stored + least;
    }
  }
}
