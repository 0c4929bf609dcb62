package dev.stemma.lab;

import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.ElementType;
import dev.stemma.format.GgufWriter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.random.RandomGenerator;

/** Changes of the weights themselves: low-rank updates, noise, quantisation, fresh weights. */
final class Updates {
  private Updates() {}

  /** A random update of this rank merged into every layer matrix, a tenth of each matrix's norm. */
  static Checkpoint lowRank(Checkpoint base, int rank, RandomGenerator random) {
    base.tensors()
        .forEach((role, tensor) -> {
          if (isLayerMatrix(role) && rank > Math.min(tensor.rows(), tensor.columns())) {
            throw base.impossible(
                "a rank of at most "
                    + Math.min(tensor.rows(), tensor.columns())
                    + " ("
                    + role.key()
                    + ")",
                "rank " + rank);
          }
        });
    if (rank < 1) {
      throw base.impossible("a rank of at least 1", "rank " + rank);
    }
    long seed = random.nextLong();
    return base.map((role, tensor) ->
        isLayerMatrix(role)
            ? tensor.changed(() -> lowRank(tensor, rank, seeded(seed, role)))
            : tensor);
  }

  private static LabTensor.Change lowRank(LabTensor tensor, int rank, RandomGenerator random) {
    int rows = tensor.rows();
    int columns = tensor.columns();
    float[] left = Draw.normal(rows * rank, 1, random);
    float[] right = Draw.normal(rank * columns, 1, random);
    // The product's expected squared norm is rows * columns * rank.
    double scale = 0.1 * tensor.norm() / Math.sqrt((double) rows * columns * rank);
    return (first, count, values) -> {
      for (int i = 0; i < count; i++) {
        int row = (int) ((first + i) / columns);
        int column = (int) ((first + i) % columns);
        double sum = 0;
        for (int k = 0; k < rank; k++) {
          sum += (double) left[row * rank + k] * right[k * columns + column];
        }
        values[i] += (float) (scale * sum);
      }
    };
  }

  /** Normal noise on every matrix and gain, by this share of its norm. */
  static Checkpoint noise(Checkpoint base, double share, RandomGenerator random) {
    if (!(share >= 0) || Double.isInfinite(share)) {
      throw base.impossible("a relative drift of at least 0", String.valueOf(share));
    }
    long seed = random.nextLong();
    return base.map((role, tensor) ->
        tensor.changed(() ->
            Draw.normals(
                () -> seeded(seed, role),
                share * tensor.norm() / Math.sqrt((double) tensor.shape().elements()))));
  }

  /** How weights are rounded. */
  enum Grid {
    INT8,
    Q8_0,
    Q4_0,
    FP8
  }

  /** Layer matrices and tables rounded to a grid and written back in the base's type. */
  static Checkpoint quantise(Checkpoint base, Grid grid) {
    return base.map((role, tensor) ->
        role.part().kind() == Part.Kind.MATRIX
            ? tensor.mapRows(tensor.columns(), row -> quantise(row, grid))
            : tensor);
  }

  /** Marked to be stored in blocks, where GGUF can: rounding happens when they are written. */
  static Checkpoint inBlocks(Checkpoint base, Grid grid) {
    ElementType type =
        switch (grid) {
          case Q8_0 -> ElementType.Q8_0;
          case Q4_0 -> ElementType.Q4_0;
          case INT8, FP8 ->
              throw base.impossible(
                  "quantise:q8_0 or q4_0 in GGUF",
                  "quantise:" + grid.name().toLowerCase(Locale.ROOT));
        };
    return base.map((role, tensor) ->
        role.part().kind() == Part.Kind.MATRIX
                && role.part() != Part.ROUTER
                && GgufWriter.fits(tensor.shape(), type)
            ? new LabTensor(tensor.shape(), type, tensor.values())
            : tensor);
  }

  static float[] quantise(float[] row, Grid grid) {
    return switch (grid) {
      case INT8 -> symmetric(row, row.length, 127);
      case Q8_0 -> symmetric(row, 32, 127);
      case Q4_0 -> symmetric(row, 32, 7);
      case FP8 -> floats8(row);
    };
  }

  /** Blocks scaled so that the largest magnitude is the grid's last step. */
  private static float[] symmetric(float[] row, int block, int steps) {
    float[] out = new float[row.length];
    for (int from = 0; from < row.length; from += block) {
      int to = Math.min(row.length, from + block);
      float largest = 0;
      for (int i = from; i < to; i++) {
        largest = Math.max(largest, Math.abs(row[i]));
      }
      float scale = largest / steps;
      for (int i = from; i < to; i++) {
        out[i] = scale == 0 ? 0 : (float) Math.rint(row[i] / scale) * scale;
      }
    }
    return out;
  }

  /** One scale a row, then three mantissa bits (E4M3, largest 448). */
  private static float[] floats8(float[] row) {
    float largest = 0;
    for (float value : row) {
      largest = Math.max(largest, Math.abs(value));
    }
    float scale = largest / 448;
    float[] out = new float[row.length];
    for (int i = 0; i < row.length; i++) {
      if (scale == 0 || row[i] == 0) {
        continue;
      }
      double scaled = row[i] / scale;
      int exponent = Math.max(-6, Math.getExponent(scaled));
      double step = Math.scalb(1.0, exponent - 3);
      out[i] = (float) (Math.rint(scaled / step) * step * scale);
    }
    return out;
  }

  /**
   * The base's architecture from scratch: matrices normal with each tensor's own deviation, gains
   * one, offsets zero.
   */
  static Checkpoint reinitialise(Checkpoint base, RandomGenerator random) {
    long seed = random.nextLong();
    return base.map((role, tensor) ->
        switch (role.part().kind()) {
          case MATRIX, VECTOR ->
              LabTensor.zeros(tensor.shape(), tensor.type())
                  .changed(() -> Draw.normals(() -> seeded(seed, role), tensor.deviation()));
          case NORM ->
              LabTensor.zeros(tensor.shape(), tensor.type())
                  .changed(() -> (first, count, values) -> Arrays.fill(values, 0, count, 1));
          case BIAS -> LabTensor.zeros(tensor.shape(), tensor.type());
        });
  }

  static boolean isLayerMatrix(Role role) {
    return role.layer() >= 0
        && role.part().kind() == Part.Kind.MATRIX
        && role.part() != Part.ROUTER;
  }

  /** Each tensor has its own stream, so that the order of writing changes nothing. */
  static RandomGenerator seeded(long seed, Role role) {
    return new Random(seed ^ (role.toString().hashCode() * 0x9E3779B97F4A7C15L));
  }
}
