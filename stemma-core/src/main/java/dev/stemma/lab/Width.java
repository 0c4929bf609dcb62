package dev.stemma.lab;

import dev.stemma.architecture.Role;
import java.util.random.RandomGenerator;

/** Which axes of a tensor are hidden dimensions and which are neurons; pruning them. */
final class Width {
  private Width() {}

  /** What an axis of a tensor counts. */
  enum Axis {
    HIDDEN,
    NEURONS,
    OTHER
  }

  /** What the rows of a tensor count (a vector's only axis counts as its columns). */
  static Axis rows(Role role) {
    return switch (role.part()) {
      case OUTPUT, DOWN, SHARED_DOWN -> Axis.HIDDEN;
      case GATE, UP, SHARED_GATE, SHARED_UP -> Axis.NEURONS;
      default -> Axis.OTHER;
    };
  }

  /** What the columns of a matrix, or the elements of a vector, count. */
  static Axis columns(Role role) {
    return switch (role.part()) {
      case TOKEN_EMBEDDING,
          POSITION_EMBEDDING,
          SEGMENT_EMBEDDING,
          EMBEDDING_NORM,
          EMBEDDING_NORM_BIAS,
          ATTENTION_NORM,
          ATTENTION_NORM_BIAS,
          QUERY,
          KEY,
          VALUE,
          OUTPUT_BIAS,
          QUERY_DOWN,
          KEY_VALUE_DOWN,
          ATTENTION_POST_NORM,
          ATTENTION_POST_NORM_BIAS,
          MLP_NORM,
          MLP_NORM_BIAS,
          GATE,
          UP,
          DOWN_BIAS,
          SHARED_DOWN_BIAS,
          MLP_POST_NORM,
          MLP_POST_NORM_BIAS,
          ROUTER,
          SHARED_GATE,
          SHARED_UP,
          SHARED_EXPERT_GATE,
          FINAL_NORM,
          FINAL_NORM_BIAS,
          HEAD ->
          Axis.HIDDEN;
      case DOWN, SHARED_DOWN, GATE_BIAS, UP_BIAS, SHARED_GATE_BIAS, SHARED_UP_BIAS -> Axis.NEURONS;
      default -> Axis.OTHER;
    };
  }

  /** True for tables whose rows are added to the residual stream. */
  static boolean isTable(Role role) {
    return switch (role.part()) {
      case TOKEN_EMBEDDING, POSITION_EMBEDDING, SEGMENT_EMBEDDING -> true;
      default -> false;
    };
  }

  /**
   * Keeps random hidden dimensions (the same everywhere) and random neurons (by layer), in their
   * order.
   */
  static Checkpoint prune(Checkpoint base, int hidden, int neurons, RandomGenerator random) {
    int oldNeurons = base.config().path("intermediate_size").asInt(0);
    if (hidden < 1
        || hidden > base.hidden()
        || neurons < 1
        || neurons > oldNeurons
        || base.hasExperts()) {
      throw base.impossible(
          "a dense base, hidden size up to "
              + base.hidden()
              + " and intermediate size up to "
              + oldNeurons,
          hidden + "x" + neurons);
    }
    int[] dimensions = Draw.subset(base.hidden(), hidden, random);
    int[][] byLayer = new int[base.layers()][];
    for (int layer = 0; layer < byLayer.length; layer++) {
      byLayer[layer] = Draw.subset(oldNeurons, neurons, random);
    }
    return base.map((role, tensor) ->
            select(role, tensor, dimensions, role.layer() < 0 ? dimensions : byLayer[role.layer()]))
        .withConfig("hidden_size", hidden)
        .withConfig("intermediate_size", neurons)
        .withConfig("head_dim", headDimension(base));
  }

  static int headDimension(Checkpoint base) {
    int heads = Math.max(1, base.config().path("num_attention_heads").asInt(1));
    int stated = base.config().path("head_dim").asInt(0);
    return stated > 0 ? stated : base.hidden() / heads;
  }

  /** A tensor with its hidden and neuron axes replaced by the chosen indices. */
  static LabTensor select(Role role, LabTensor tensor, int[] dimensions, int[] neurons) {
    LabTensor result = tensor;
    if (tensor.shape().rank() > 1) {
      result =
          switch (rows(role)) {
            case HIDDEN -> result.selectRows(dimensions);
            case NEURONS -> result.selectRows(neurons);
            case OTHER -> result;
          };
    }
    return switch (columns(role)) {
      case HIDDEN -> result.selectColumns(dimensions);
      case NEURONS -> result.selectColumns(neurons);
      case OTHER -> result;
    };
  }
}
