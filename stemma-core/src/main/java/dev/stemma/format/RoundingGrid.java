package dev.stemma.format;

import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.TensorView;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The grid on which a quantised tensor's values lie: for each value the interval of sources that
 * rounding to that grid takes to it. A source that lies in nearly all of them is what was rounded.
 *
 * @param type name of the stored type, as {@code Q4_K}
 * @param least views the intervals' lower ends (upper ones where a scale is negative)
 * @param most views the other ends
 */
public record RoundingGrid(String type, TensorView least, TensorView most) {
  private static final int MOST_ELEMENTS = 20_000_000;

  /** Scales are stored in half precision after the codes were found. */
  private static final float SCALE_ROUNDING = 0x1.1p-11f;

  private static final float SLACK = 0.502f;

  /** One end of the intervals of what is stored. */
  private enum End {
    LEAST,
    MOST
  }

  /** The name of the type that a view's values are stored in, if that is a quantised one. */
  public static Optional<String> type(TensorView view) {
    return switch (view) {
      case TensorView.Stored stored -> type(stored.type());
      case TensorView.Unpacked unpacked -> Optional.of("INT" + unpacked.bits());
      case TensorView.Transposed transposed -> type(transposed.of());
      case TensorView.Rows rows -> type(rows.of());
      case TensorView.Reshaped reshaped -> type(reshaped.of());
      case TensorView.Dequantised dequantised -> type(dequantised.of());
      case TensorView.Strided strided -> type(strided.of());
      case TensorView.Gathered gathered -> type(gathered.of());
      case TensorView.LowRankSum sum -> Optional.empty();
      case TensorView.Noised noised -> Optional.empty();
      case TensorView.Literal literal -> Optional.empty();
    };
  }

  private static Optional<String> type(ElementType type) {
    return switch (type) {
      case Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, F8_E4M3, F8_E5M2 ->
          Optional.of(type.name());
      case I8, U8 -> Optional.of("INT8");
      case I4, U4 -> Optional.of("INT4");
      case F64,
          F32,
          F16,
          BF16,
          F8_E8M0,
          F4,
          IQ4_NL,
          IQ4_XS,
          MXFP4,
          TQ1_0,
          TQ2_0,
          I64,
          I32,
          I16,
          U64,
          U32,
          U16,
          BOOL ->
          Optional.empty();
    };
  }

  /** The grid of a view, or nothing where its type has none or it is too large to hold. */
  public static Optional<RoundingGrid> of(TensorView view, TensorReader tensors) {
    Optional<String> type = type(view);
    if (type.isEmpty()) {
      return Optional.empty();
    }
    TensorView least = ends(view, End.LEAST, tensors);
    TensorView most = ends(view, End.MOST, tensors);
    return least == null || most == null
        ? Optional.empty()
        : Optional.of(new RoundingGrid(type.get(), least, most));
  }

  private static @Nullable TensorView ends(TensorView view, End end, TensorReader tensors) {
    return switch (view) {
      case TensorView.Stored stored -> leaf(stored, end, tensors);
      case TensorView.Unpacked unpacked -> leaf(unpacked, end, tensors);
      case TensorView.Rows rows ->
          rows.of() instanceof TensorView.Stored ? leaf(rows, end, tensors) : null;
      case TensorView.Transposed transposed -> {
        TensorView of = ends(transposed.of(), end, tensors);
        yield of == null ? null : new TensorView.Transposed(of);
      }
      case TensorView.Reshaped reshaped -> {
        TensorView of = ends(reshaped.of(), end, tensors);
        yield of == null ? null : new TensorView.Reshaped(of, reshaped.shape());
      }
      case TensorView.Dequantised dequantised -> {
        TensorView of = ends(dequantised.of(), end, tensors);
        yield of == null
            ? null
            : new TensorView.Dequantised(
                of,
                dequantised.scales(),
                dequantised.zeroPoints(),
                dequantised.blockRows(),
                dequantised.blockColumns());
      }
      case TensorView.Strided strided -> {
        TensorView of = ends(strided.of(), end, tensors);
        yield of == null
            ? null
            : new TensorView.Strided(of, strided.first(), strided.strides(), strided.shape());
      }
      case TensorView.Gathered gathered -> {
        TensorView of = ends(gathered.of(), end, tensors);
        yield of == null ? null : new TensorView.Gathered(of, gathered.rows());
      }
      case TensorView.LowRankSum sum -> null;
      case TensorView.Noised noised -> null;
      case TensorView.Literal literal -> null;
    };
  }

  private static @Nullable TensorView leaf(TensorView view, End end, TensorReader tensors) {
    if (view.shape().elements() > MOST_ELEMENTS) {
      return null;
    }
    float[] values = tensors.readAll(view);
    TensorView.@Nullable Stored stored = stored(view);
    if (stored != null && stored.type().isBlockQuantised()) {
      long first = view instanceof TensorView.Rows rows ? rows.first() * rowElements(rows) : 0;
      blocks(values, tensors.stored(stored), stored.type(), first, end);
    } else if (stored != null && stored.type() == ElementType.F8_E4M3) {
      floats(values, 3, -6, end);
    } else if (stored != null && stored.type() == ElementType.F8_E5M2) {
      floats(values, 2, -14, end);
    } else {
      integers(values, end);
    }
    return new TensorView.Literal(values, view.shape());
  }

  private static TensorView.@Nullable Stored stored(TensorView view) {
    return switch (view) {
      case TensorView.Stored stored -> stored;
      case TensorView.Rows rows when rows.of() instanceof TensorView.Stored stored -> stored;
      default -> null;
    };
  }

  private static long rowElements(TensorView.Rows rows) {
    return rows.of().shape().rows() == 0
        ? 0
        : rows.of().shape().elements() / rows.of().shape().rows();
  }

  /** Codes are one apart; those at either end take what lies beyond. */
  private static void integers(float[] values, End end) {
    float low = Float.POSITIVE_INFINITY;
    float high = Float.NEGATIVE_INFINITY;
    for (float value : values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    for (int index = 0; index < values.length; index++) {
      float value = values[index];
      values[index] =
          end == End.LEAST
              ? value == low ? Float.NEGATIVE_INFINITY : value - SLACK
              : value == high ? Float.POSITIVE_INFINITY : value + SLACK;
    }
  }

  private static void floats(float[] values, int mantissa, int smallest, End end) {
    for (int index = 0; index < values.length; index++) {
      float value = values[index];
      int exponent = Math.max(smallest, Math.getExponent(value));
      float half = SLACK * (float) Math.scalb(1.0, exponent - mantissa);
      values[index] = end == End.LEAST ? value - half : value + half;
    }
  }

  /** Decodes each block with other codes: all 0, all 1, all lowest, all highest. */
  private static void blocks(
      float[] values, MemorySegment bytes, ElementType type, long first, End end) {
    int size = type.blockElements();
    byte[] block = new byte[type.blockBytes()];
    MemorySegment changed = MemorySegment.ofArray(block);
    float[] zero = new float[size];
    float[] one = new float[size];
    float[] low = new float[size];
    float[] high = new float[size];
    for (int from = 0; from + size <= values.length; from += size) {
      long at = (first + from) / size * type.blockBytes();
      MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, block, 0, block.length);
      decode(changed, block, type, Pattern.ZERO, zero);
      decode(changed, block, type, Pattern.ONE, one);
      decode(changed, block, type, Pattern.LOWEST, low);
      decode(changed, block, type, Pattern.HIGHEST, high);
      for (int index = 0; index < size; index++) {
        float value = values[from + index];
        float half =
            SLACK * Math.abs(one[index] - zero[index])
                + SCALE_ROUNDING * Math.max(Math.abs(low[index]), Math.abs(high[index]));
        float least = Math.min(low[index], high[index]);
        float most = Math.max(low[index], high[index]);
        values[from + index] =
            end == End.LEAST
                ? value <= least ? Float.NEGATIVE_INFINITY : value - half
                : value >= most ? Float.POSITIVE_INFINITY : value + half;
      }
    }
  }

  private enum Pattern {
    ZERO,
    ONE,
    LOWEST,
    HIGHEST
  }

  private static void decode(
      MemorySegment segment, byte[] block, ElementType type, Pattern pattern, float[] out) {
    byte nibbles = (byte) (pattern == Pattern.ONE ? 0x11 : pattern == Pattern.HIGHEST ? 0xFF : 0);
    byte pairs = (byte) (pattern == Pattern.ONE ? 0x55 : pattern == Pattern.HIGHEST ? 0xFF : 0);
    byte above = (byte) (pattern == Pattern.HIGHEST ? 0xFF : 0);
    switch (type) {
      case Q4_0 -> fill(block, 2, 18, nibbles);
      case Q4_1 -> fill(block, 4, 20, nibbles);
      case Q5_0 -> {
        fill(block, 2, 6, above);
        fill(block, 6, 22, nibbles);
      }
      case Q5_1 -> {
        fill(block, 4, 8, above);
        fill(block, 8, 24, nibbles);
      }
      case Q8_0 ->
          fill(
              block,
              2,
              34,
              (byte)
                  switch (pattern) {
                    case ZERO -> 0;
                    case ONE -> 1;
                    case LOWEST -> -127;
                    case HIGHEST -> 127;
                  });
      case Q2_K -> fill(block, 16, 80, pairs);
      case Q3_K -> {
        fill(block, 0, 32, above);
        fill(block, 32, 96, pairs);
      }
      case Q4_K -> fill(block, 16, 144, nibbles);
      case Q5_K -> {
        fill(block, 16, 48, above);
        fill(block, 48, 176, nibbles);
      }
      case Q6_K -> {
        fill(block, 0, 128, nibbles);
        fill(block, 128, 192, above);
      }
      default -> throw new IllegalArgumentException(type + " has no grid of equal steps");
    }
    BlockDecoder.decode(segment, type, 0, type.blockElements(), out, 0);
  }

  private static void fill(byte[] block, int from, int to, byte value) {
    java.util.Arrays.fill(block, from, to, value);
  }
}
