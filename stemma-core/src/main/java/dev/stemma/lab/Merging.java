package dev.stemma.lab;

import dev.stemma.architecture.Role;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Two models of one shape made into one. */
final class Merging {
  private Merging() {}

  /** How values are combined. */
  private interface Rule {
    float[] merge(float[] first, float[] second, float @Nullable [] base);
  }

  /** (1 - t) first + t second, element by element. */
  static Checkpoint linear(Checkpoint first, Checkpoint second, double t) {
    return merge(first, second, null, (a, b, base) -> mix(a, b, 1 - t, t));
  }

  /** Spherical interpolation of each tensor (Shoemake 1985). */
  static Checkpoint spherical(Checkpoint first, Checkpoint second, double t) {
    return merge(
        first,
        second,
        null,
        (a, b, base) -> {
          double cosine = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
          if (!(Math.abs(cosine) < 0.9995)) {
            return mix(a, b, 1 - t, t);
          }
          double angle = Math.acos(cosine);
          return mix(
              a,
              b,
              Math.sin((1 - t) * angle) / Math.sin(angle),
              Math.sin(t * angle) / Math.sin(angle));
        });
  }

  /** Task arithmetic (Ilharco et al. 2023): first + scale (second - base). */
  static Checkpoint task(Checkpoint first, Checkpoint second, Checkpoint base, double scale) {
    return merge(
        first,
        second,
        base,
        (a, b, common) -> {
          float[] out = a.clone();
          for (int i = 0; i < out.length; i++) {
            out[i] += (float) (scale * (b[i] - java.util.Objects.requireNonNull(common)[i]));
          }
          return out;
        });
  }

  /**
   * TIES (Yadav et al. 2023): trim each task vector to its largest share, elect signs, average
   * those that agree.
   */
  static Checkpoint ties(Checkpoint first, Checkpoint second, Checkpoint base, double density) {
    if (!(density > 0 && density <= 1)) {
      throw first.impossible("a density above 0 and up to 1", String.valueOf(density));
    }
    return merge(
        first,
        second,
        base,
        (a, b, common) -> {
          float[] origin = java.util.Objects.requireNonNull(common);
          float[] left = trim(mix(a, origin, 1, -1), density);
          float[] right = trim(mix(b, origin, 1, -1), density);
          float[] out = origin.clone();
          for (int i = 0; i < out.length; i++) {
            float sign = Math.signum(left[i] + right[i]);
            int agreeing = (left[i] * sign > 0 ? 1 : 0) + (right[i] * sign > 0 ? 1 : 0);
            float sum = (left[i] * sign > 0 ? left[i] : 0) + (right[i] * sign > 0 ? right[i] : 0);
            out[i] += agreeing == 0 ? 0 : sum / agreeing;
          }
          return out;
        });
  }

  private static Checkpoint merge(
      Checkpoint first, Checkpoint second, @Nullable Checkpoint base, Rule rule) {
    first.tensors().forEach((role, tensor) -> check(first, second, role, tensor));
    if (base != null) {
      first.tensors().forEach((role, tensor) -> check(first, base, role, tensor));
    }
    return first.map((role, tensor) -> {
      LabTensor other = second.require(role);
      return tensor.computed(() ->
          rule.merge(tensor.all(), other.all(), base == null ? null : base.require(role).all()));
    });
  }

  private static void check(Checkpoint first, Checkpoint other, Role role, LabTensor tensor) {
    LabTensor same = other.tensors().get(role);
    if (same == null || !same.shape().equals(tensor.shape())) {
      throw first.impossible(
          "models of one shape; " + role.key() + " of " + tensor.shape(),
          same == null
              ? "none in " + other.reference()
              : same.shape() + " in " + other.reference());
    }
  }

  private static float[] mix(float[] a, float[] b, double factorA, double factorB) {
    float[] out = new float[a.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) (factorA * a[i] + factorB * b[i]);
    }
    return out;
  }

  private static float[] trim(float[] values, double density) {
    float[] magnitudes = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      magnitudes[i] = Math.abs(values[i]);
    }
    Arrays.sort(magnitudes);
    float least =
        magnitudes[(int) Math.min(values.length - 1, Math.round(values.length * (1 - density)))];
    float[] out = values.clone();
    for (int i = 0; i < out.length; i++) {
      out[i] = Math.abs(out[i]) < least ? 0 : out[i];
    }
    return out;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
