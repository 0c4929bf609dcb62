package dev.stemma.analysis.weights;

import dev.stemma.analysis.weights.WeightQuantisation.Fit;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.TensorView;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Measured;
import dev.stemma.format.TensorReader;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/**
 * Whether one model is the other saved in another floating-point type: float32 as bfloat16, or
 * bfloat16 as float16, whose range is smaller.
 */
final class Narrowing {
  private Narrowing() {}

  /** Whether two tensors are stored in unequal types of 16 or 32 bits. */
  static boolean differ(TensorView a, TensorView b) {
    Optional<ElementType> ofA = type(a);
    Optional<ElementType> ofB = type(b);
    return a.shape().equals(b.shape()) && ofA.isPresent() && ofB.isPresent() && !ofA.equals(ofB);
  }

  private static Optional<ElementType> type(TensorView view) {
    return switch (view) {
      case TensorView.Stored stored ->
          switch (stored.type()) {
            case F32, F16, BF16 -> Optional.of(stored.type());
            default -> Optional.empty();
          };
      case TensorView.Transposed transposed -> type(transposed.of());
      case TensorView.Rows rows -> type(rows.of());
      case TensorView.Reshaped reshaped -> type(reshaped.of());
      case TensorView.Strided strided -> type(strided.of());
      case TensorView.Gathered gathered -> type(gathered.of());
      case TensorView.Dequantised dequantised -> Optional.empty();
      case TensorView.Unpacked unpacked -> Optional.empty();
      case TensorView.LowRankSum sum -> Optional.empty();
      case TensorView.Noised noised -> Optional.empty();
      case TensorView.Literal literal -> Optional.empty();
    };
  }

  /** Shares of B's values that are A's in B's type, and of A's that are B's in A's. */
  static Fit measure(TensorView a, TensorView b, TensorReader tensors) {
    ElementType typeA = type(a).orElseThrow();
    ElementType typeB = type(b).orElseThrow();
    float[] valuesA = tensors.readAll(a);
    float[] valuesB = tensors.readAll(b);
    long forth = 0;
    long back = 0;
    for (int index = 0; index < valuesA.length; index++) {
      forth += rounded(valuesA[index], typeB) == valuesB[index] ? 1 : 0;
      back += rounded(valuesB[index], typeA) == valuesA[index] ? 1 : 0;
    }
    double all = Math.max(1, valuesA.length);
    return new Fit(typeA + " " + typeB, forth / all, Double.NaN, back / all);
  }

  /** To nearest, ties to even. */
  private static float rounded(float value, ElementType type) {
    return switch (type) {
      case F16 -> Float.float16ToFloat(Float.floatToFloat16(value));
      case BF16 -> {
        int bits = Float.floatToRawIntBits(value);
        yield Float.isNaN(value)
            ? value
            : Float.intBitsToFloat((bits + 0x7FFF + ((bits >>> 16) & 1)) & 0xFFFF0000);
      }
      default -> value;
    };
  }

  static Evidence evidence(Component component, List<Fit> fits) {
    double forth = least(fits, Fit::rounded);
    double back = least(fits, Fit::back);
    TreeSet<String> types = new TreeSet<>(fits.stream().map(Fit::type).toList());
    boolean toB = forth >= back;
    String[] pair = types.getFirst().split(" ", 2);
    return Measured.of(WeightQuantisation.ID, component)
        .statistic(
            "least share of a matrix's values that are the other's, rounded",
            Math.max(forth, back),
            1.0)
        .nullHypothesis("describes how the values were stored; decides no relation")
        .value("narrowed.matrices", fits.size())
        .value("narrowed.share", Math.max(forth, back))
        .value("narrowed.is.a", toB ? 0 : 1)
        .value("narrowed." + (toB ? pair[1] : pair[0]), 1)
        .caveats(
            "a is stored in "
                + pair[0]
                + ", b in "
                + pair[1]
                + (types.size() > 1 ? " and others" : ""))
        .build();
  }

  private static double least(List<Fit> fits, ToDoubleFunction<Fit> share) {
    return fits.stream().mapToDouble(share).min().orElse(0);
  }
}
