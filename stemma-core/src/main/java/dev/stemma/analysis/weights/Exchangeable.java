package dev.stemma.analysis.weights;

import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;

/**
 * Which units of a tensor carry numbers that mean nothing by themselves, so that shuffling them
 * makes a fair control: MLP neurons, hidden dimensions and latent dimensions. Elements of a matrix
 * are never shuffled one by one, and rows of query and key never at all: rotary frequencies label
 * them.
 *
 * @param axis where the units lie
 * @param group tensors of one group share their units' numbering
 */
record Exchangeable(Axis axis, String group) {
  /** Where a tensor's exchangeable units lie. */
  enum Axis {
    ROWS,
    COLUMNS,
    /** A vector: each element is a unit. */
    ELEMENTS,
    /** There are none that can be trusted. */
    NONE
  }

  /** The exchangeable units of a role's tensor. */
  static Exchangeable of(Role role) {
    String neurons = "neurons of layer " + role.layer() + " expert " + role.expert();
    String shared = "shared neurons of layer " + role.layer();
    String latent = "latent dimensions of layer " + role.layer() + " ";
    String hidden = "hidden dimensions";
    Part part = role.part();
    return switch (part) {
      case GATE, UP -> new Exchangeable(Axis.ROWS, neurons);
      case DOWN -> new Exchangeable(Axis.COLUMNS, neurons);
      case GATE_BIAS, UP_BIAS -> new Exchangeable(Axis.ELEMENTS, neurons);
      case SHARED_GATE, SHARED_UP -> new Exchangeable(Axis.ROWS, shared);
      case SHARED_GATE_BIAS, SHARED_UP_BIAS -> new Exchangeable(Axis.ELEMENTS, shared);
      case SHARED_DOWN -> new Exchangeable(Axis.COLUMNS, shared);
      case QUERY,
          KEY,
          VALUE,
          ATTENTION_GATE,
          QUERY_DOWN,
          KEY_VALUE_DOWN,
          ROUTER,
          SHARED_EXPERT_GATE,
          TOKEN_EMBEDDING,
          POSITION_EMBEDDING,
          SEGMENT_EMBEDDING,
          HEAD,
          POOLER ->
          new Exchangeable(Axis.COLUMNS, hidden);
      case OUTPUT, PATCH_EMBEDDING -> new Exchangeable(Axis.ROWS, hidden);
      case OUTPUT_BIAS,
          DOWN_BIAS,
          SHARED_DOWN_BIAS,
          EMBEDDING_NORM,
          EMBEDDING_NORM_BIAS,
          ATTENTION_NORM,
          ATTENTION_NORM_BIAS,
          ATTENTION_POST_NORM,
          ATTENTION_POST_NORM_BIAS,
          MLP_NORM,
          MLP_NORM_BIAS,
          MLP_POST_NORM,
          MLP_POST_NORM_BIAS,
          FINAL_NORM,
          FINAL_NORM_BIAS,
          POOLER_BIAS ->
          new Exchangeable(Axis.ELEMENTS, hidden);
      case QUERY_UP -> new Exchangeable(Axis.COLUMNS, latent + "query");
      case KEY_VALUE_UP -> new Exchangeable(Axis.COLUMNS, latent + "key and value");
      case QUERY_DOWN_NORM -> new Exchangeable(Axis.ELEMENTS, latent + "query");
      case KEY_VALUE_DOWN_NORM -> new Exchangeable(Axis.ELEMENTS, latent + "key and value");
      // What is not known to be exchangeable is not shuffled.
      default -> new Exchangeable(Axis.NONE, "none");
    };
  }
}
