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
          before.computed(() -> {
            float[] values = before.all();
            int width = before.columns();
            for (int i = 0; i < values.length; i++) {
              values[i] *= signs[i / width];
            }
            return values;
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
    return tensor.computed(() -> {
      float[] values = tensor.all();
      int width = tensor.columns();
      for (int i = 0; i < values.length; i++) {
        values[i] = inverse ? values[i] / scales[i / width] : values[i] * scales[i / width];
      }
      return values;
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
        result = before.computed(() -> turnRows(before, rotation));
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

  private static float[] turnRows(LabTensor tensor, double[][] rotation) {
    float[] values = tensor.all();
    int width = tensor.columns();
    double[] sums = new double[values.length];
    for (int from = 0; from < rotation.length; from++) {
      for (int to = 0; to < rotation.length; to++) {
        double factor = rotation[from][to];
        for (int column = 0; column < width; column++) {
          sums[to * width + column] += factor * values[from * width + column];
        }
      }
    }
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
