package dev.stemma.lab;

import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.Shape;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** Changes that keep the function: what a copier would do to hide. */
final class Disguises {
  private static final int SUMS = 1 << 23;

  private Disguises() {}

  /** Hidden dimensions permuted and sign-flipped, neurons permuted by layer and expert. */
  static Checkpoint permute(Checkpoint base, RandomGenerator random) {
    requireRootMeanSquare(base);
    int[] dimensions = Draw.permutation(base.hidden(), random);
    float[] signs = new float[dimensions.length];
    for (int i = 0; i < signs.length; i++) {
      signs[i] = random.nextBoolean() ? 1 : -1;
    }
    long seed = random.nextLong();
    return base.map((role, tensor) -> {
      int[] neurons = neuronOrder(base, role, seed);
      LabTensor moved = Width.select(role, tensor, dimensions, neurons);
      return flip(role, moved, signs);
    });
  }

  private static int[] neuronOrder(Checkpoint base, Role role, long seed) {
    boolean shared = role.part().name().startsWith("SHARED");
    Role up =
        new Role(role.component(), role.layer(), role.expert(), shared ? Part.SHARED_UP : Part.UP);
    LabTensor ups = base.tensors().get(up);
    if (ups == null) {
      return new int[0];
    }
    return Draw.permutation(
        ups.rows(),
        new java.util.Random(
            seed * 31 + role.layer() * 1_000_003L + role.expert() * 7L + (shared ? 1 : 0)));
  }

  private static LabTensor flip(Role role, LabTensor tensor, float[] signs) {
    boolean matrix = tensor.shape().rank() > 1;
    boolean columns =
        Width.columns(role) == Width.Axis.HIDDEN && role.part().kind() != Part.Kind.NORM;
    LabTensor result = tensor;
    if (columns) {
      result =
          asMatrix(tensor)
              .mapRows(
                  tensor.columns() == 1 && !matrix
                      ? signs.length
                      : (matrix ? tensor.columns() : signs.length),
                  row -> {
                    float[] flipped = row.clone();
                    for (int i = 0; i < flipped.length; i++) {
                      flipped[i] *= signs[i];
                    }
                    return flipped;
                  });
      result = new LabTensor(tensor.shape(), tensor.type(), result.values());
    }
    if (matrix && Width.rows(role) == Width.Axis.HIDDEN) {
      LabTensor before = result;
      result =
          before.changed(() -> {
            int width = before.columns();
            return (first, count, values) -> {
              for (int i = 0; i < count; i++) {
                values[i] *= signs[(int) ((first + i) / width)];
              }
            };
          });
    }
    return result;
  }

  private static LabTensor asMatrix(LabTensor tensor) {
    return tensor.shape().rank() == 1
        ? new LabTensor(Shape.of(1, tensor.shape().elements()), tensor.type(), tensor.values())
        : tensor;
  }

  /**
   * Neurons' up rows scaled by powers of two and their down columns by the inverse: exact in any
   * floating-point type.
   */
  static Checkpoint rescale(Checkpoint base, RandomGenerator random) {
    long seed = random.nextLong();
    return base.map((role, tensor) ->
        switch (role.part()) {
          case UP, SHARED_UP -> scaleRows(tensor, scales(base, role, seed), false);
          case DOWN, SHARED_DOWN -> scaleColumns(tensor, scales(base, role, seed));
          default -> tensor;
        });
  }

  private static float[] scales(Checkpoint base, Role role, long seed) {
    int[] order = neuronOrder(base, role, seed ^ 0x5ca1e);
    float[] scales = new float[order.length];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = (float) Math.scalb(1.0, order[i] % 5 - 2);
    }
    return scales;
  }

  private static LabTensor scaleRows(LabTensor tensor, float[] scales, boolean inverse) {
    return tensor.changed(() -> {
      int width = tensor.columns();
      return (first, count, values) -> {
        for (int i = 0; i < count; i++) {
          float scale = scales[(int) ((first + i) / width)];
          values[i] = inverse ? values[i] / scale : values[i] * scale;
        }
      };
    });
  }

  private static LabTensor scaleColumns(LabTensor tensor, float[] scales) {
    return tensor.mapRows(
        scales.length,
        row -> {
          float[] out = row.clone();
          for (int i = 0; i < out.length; i++) {
            out[i] /= scales[i];
          }
          return out;
        });
  }

  /**
   * Norm gains folded into the matrices that read them, then the residual stream turned by a random
   * orthogonal matrix.
   */
  static Checkpoint rotate(Checkpoint base, RandomGenerator random) {
    requireRootMeanSquare(base);
    Checkpoint folded = fold(base);
    double[][] rotation = Draw.orthogonal(base.hidden(), random);
    return folded.map((role, tensor) -> {
      LabTensor result = tensor;
      if (role.part().kind() == Part.Kind.MATRIX && Width.columns(role) == Width.Axis.HIDDEN) {
        result = result.mapRows(rotation.length, row -> turn(row, rotation));
      }
      if (tensor.shape().rank() > 1 && Width.rows(role) == Width.Axis.HIDDEN) {
        LabTensor before = result;
        result = turnRows(before, rotation);
      }
      return result;
    });
  }

  private static float[] turn(float[] row, double[][] rotation) {
    double[] out = new double[row.length];
    for (int i = 0; i < row.length; i++) {
      double value = row[i];
      double[] from = rotation[i];
      for (int j = 0; j < out.length; j++) {
        out[j] += value * from[j];
      }
    }
    float[] result = new float[out.length];
    for (int j = 0; j < out.length; j++) {
      result[j] = (float) out[j];
    }
    return result;
  }

  /** So many rows at a time that their sums take some 64 MB; the tensor is read for each. */
  private static LabTensor turnRows(LabTensor tensor, double[][] rotation) {
    int width = tensor.columns();
    int some = Math.clamp(SUMS / Math.max(1, width), 1, rotation.length);
    var held =
        new Object() {
          int begin = -1;
          float[] rows = {};
        };
    return tensor.changed(() ->
        (first, count, values) -> {
          for (int i = 0; i < count; ) {
            int begin = (int) ((first + i) / width) / some * some;
            if (held.begin != begin) {
              held.rows = turned(tensor, rotation, begin, Math.min(some, rotation.length - begin));
              held.begin = begin;
            }
            int at = (int) (first + i - (long) begin * width);
            int length = Math.min(count - i, held.rows.length - at);
            System.arraycopy(held.rows, at, values, i, length);
            i += length;
          }
        });
  }

  private static float[] turned(LabTensor tensor, double[][] rotation, int begin, int rows) {
    int width = tensor.columns();
    double[] sums = new double[rows * width];
    tensor.forEachPiece((first, count, values) -> {
      for (int i = 0; i < count; ) {
        double[] factors = rotation[(int) ((first + i) / width)];
        int column = (int) ((first + i) % width);
        int length = Math.min(count - i, width - column);
        for (int to = 0; to < rows; to++) {
          double factor = factors[begin + to];
          for (int k = 0; k < length; k++) {
            sums[to * width + column + k] += factor * values[i + k];
          }
        }
        i += length;
      }
    });
    float[] out = new float[sums.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) sums[i];
    }
    return out;
  }

  /** All gains become one; a tied head is written out, since its norm's gain goes into it alone. */
  static Checkpoint fold(Checkpoint base) {
    SortedMap<Role, LabTensor> tensors = new TreeMap<>(base.tensors());
    Role head = Role.global(Component.OUTPUT_HEAD, Part.HEAD);
    Checkpoint result = base;
    if (!tensors.containsKey(head)) {
      tensors.put(head, base.require(Role.global(Component.EMBEDDING, Part.TOKEN_EMBEDDING)));
      var config = base.config().deepCopy();
      config.put("tie_word_embeddings", false);
      result = new Checkpoint(base.reference(), config, tensors);
    }
    Checkpoint whole = result.with(tensors);
    return whole.map((role, tensor) -> {
      Role gainRole = gainOf(role);
      LabTensor gain = gainRole == null ? null : whole.tensors().get(gainRole);
      if (gain != null) {
        float[] factors = gain.all();
        return tensor.mapRows(
            factors.length,
            row -> {
              float[] out = row.clone();
              for (int i = 0; i < out.length; i++) {
                out[i] *= factors[i];
              }
              return out;
            });
      }
      return isFolded(role.part()) ? tensor.computed(() -> ones(tensor)) : tensor;
    });
  }

  private static float[] ones(LabTensor tensor) {
    float[] ones = new float[Math.toIntExact(tensor.shape().elements())];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static boolean isFolded(Part part) {
    return part == Part.ATTENTION_NORM || part == Part.MLP_NORM || part == Part.FINAL_NORM;
  }

  private static @org.jspecify.annotations.Nullable Role gainOf(Role role) {
    return switch (role.part()) {
      case QUERY, KEY, VALUE, QUERY_DOWN, KEY_VALUE_DOWN ->
          Role.inLayer(role.component(), role.layer(), Part.ATTENTION_NORM);
      case GATE, UP, ROUTER, SHARED_GATE, SHARED_UP, SHARED_EXPERT_GATE ->
          Role.inLayer(role.component(), role.layer(), Part.MLP_NORM);
      case HEAD -> Role.global(Component.DECODER, Part.FINAL_NORM);
      default -> null;
    };
  }

  private static void requireRootMeanSquare(Checkpoint base) {
    boolean biased =
        base.tensors().keySet().stream().anyMatch(role -> role.part() == Part.ATTENTION_NORM_BIAS);
    boolean postNorm =
        base.tensors().keySet().stream()
            .anyMatch(role ->
                role.part() == Part.ATTENTION_POST_NORM || role.part() == Part.MLP_POST_NORM);
    if (biased
        || postNorm
        || base.tensors().keySet().stream().noneMatch(role -> role.part() == Part.ATTENTION_NORM)) {
      throw base.impossible(
          "a decoder with root-mean-square norms before its blocks",
          "another arrangement of norms");
    }
  }
}
