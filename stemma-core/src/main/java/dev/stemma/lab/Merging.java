package dev.stemma.lab;

import dev.stemma.architecture.Role;

/** Two models of one shape made into one. */
final class Merging {
  private static final int HALF = 1 << 16;

  private Merging() {}

  /** Makes ready how one tensor's values become the merged ones. */
  private interface Rule {
    LabTensor.Change change(LabTensor first, LabTensor second, LabTensor base);
  }

  /** (1 - t) first + t second, element by element. */
  static Checkpoint linear(Checkpoint first, Checkpoint second, double t) {
    return merge(first, second, first, (a, b, base) -> mix(b, 1 - t, t));
  }

  /** Spherical interpolation of each tensor (Shoemake 1985). */
  static Checkpoint spherical(Checkpoint first, Checkpoint second, double t) {
    return merge(
        first,
        second,
        first,
        (a, b, base) -> {
          double cosine = dot(a, b) / (a.norm() * b.norm());
          if (!(Math.abs(cosine) < 0.9995)) {
            return mix(b, 1 - t, t);
          }
          double angle = Math.acos(cosine);
          return mix(
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
        (a, b, common) ->
            (from, count, values) -> {
              float[] other = piece(b, from, count);
              float[] origin = piece(common, from, count);
              for (int i = 0; i < count; i++) {
                values[i] += (float) (scale * (other[i] - origin[i]));
              }
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
          float leastOfA = least(a, common, density);
          float leastOfB = least(b, common, density);
          return (from, count, values) -> {
            float[] other = piece(b, from, count);
            float[] origin = piece(common, from, count);
            for (int i = 0; i < count; i++) {
              float left = trimmed(values[i] - origin[i], leastOfA);
              float right = trimmed(other[i] - origin[i], leastOfB);
              float sign = Math.signum(left + right);
              int agreeing = (left * sign > 0 ? 1 : 0) + (right * sign > 0 ? 1 : 0);
              float sum = (left * sign > 0 ? left : 0) + (right * sign > 0 ? right : 0);
              values[i] = origin[i] + (agreeing == 0 ? 0 : sum / agreeing);
            }
          };
        });
  }

  private static float trimmed(float value, float least) {
    return Math.abs(value) < least ? 0 : value;
  }

  private static Checkpoint merge(Checkpoint first, Checkpoint second, Checkpoint base, Rule rule) {
    first.tensors().forEach((role, tensor) -> check(first, second, role, tensor));
    first.tensors().forEach((role, tensor) -> check(first, base, role, tensor));
    return first.map((role, tensor) ->
        tensor.changed(() -> rule.change(tensor, second.require(role), base.require(role))));
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

  private static float[] piece(LabTensor tensor, long first, int count) {
    float[] values = new float[count];
    tensor.values().read(first, count, values);
    return values;
  }

  private static LabTensor.Change mix(LabTensor other, double own, double others) {
    return (first, count, values) -> {
      float[] second = piece(other, first, count);
      for (int i = 0; i < count; i++) {
        values[i] = (float) (own * values[i] + others * second[i]);
      }
    };
  }

  /**
   * The magnitude that the largest share of a task vector reaches, exactly: magnitudes are in the
   * order of their bits, whose upper and then lower halves are counted.
   */
  private static float least(LabTensor tensor, LabTensor base, double density) {
    long elements = tensor.shape().elements();
    long rank = Math.min(elements - 1, Math.round(elements * (1 - density)));
    int upper = 0;
    long[] counts = new long[HALF];
    count(tensor, base, bits -> counts[bits >>> 16]++);
    while (rank >= counts[upper]) {
      rank -= counts[upper++];
    }
    int found = upper;
    java.util.Arrays.fill(counts, 0);
    count(tensor, base, bits -> counts[bits & (HALF - 1)] += bits >>> 16 == found ? 1 : 0);
    int lower = 0;
    while (rank >= counts[lower]) {
      rank -= counts[lower++];
    }
    return Float.intBitsToFloat(found << 16 | lower);
  }

  private static void count(LabTensor tensor, LabTensor base, java.util.function.IntConsumer see) {
    tensor.forEachPiece((first, count, values) -> {
      float[] origin = piece(base, first, count);
      for (int i = 0; i < count; i++) {
        see.accept(Float.floatToRawIntBits(Math.abs(values[i] - origin[i])));
      }
    });
  }

  private static double dot(LabTensor a, LabTensor b) {
    double[] sum = new double[1];
    a.forEachPiece((first, count, values) -> {
      float[] other = piece(b, first, count);
      for (int i = 0; i < count; i++) {
        sum[0] += (double) values[i] * other[i];
      }
    });
    return sum[0];
  }
}
