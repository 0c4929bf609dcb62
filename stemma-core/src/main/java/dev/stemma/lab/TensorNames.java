package dev.stemma.lab;

import dev.stemma.architecture.Role;
import dev.stemma.artifact.Component;

/**
 * The names under which the lab writes tensors: those of Llama, Mixtral and BERT checkpoints, or
 * Yi's own spelling.
 */
final class TensorNames {
  private TensorNames() {}

  /** Whose names. */
  enum Style {
    /** Llama's, and for experts those of Qwen and DeepSeek. */
    LLAMA,
    /** Mixtral's for experts. */
    MIXTRAL,
    /** Yi's first release: ln1 and ln2. */
    YI,
    /** Encoders. */
    BERT
  }

  /** The name of a role. */
  static String of(Role role, Style style) {
    if (style == Style.BERT || role.component() == Component.ENCODER) {
      return encoder(role);
    }
    boolean yi = style == Style.YI;
    boolean mixtral = style == Style.MIXTRAL;
    String bias = role.part().name().endsWith("_BIAS") ? ".bias" : ".weight";
    String layer = "model.layers." + role.layer() + ".";
    return switch (role.part()) {
      case TOKEN_EMBEDDING -> "model.embed_tokens.weight";
      case FINAL_NORM, FINAL_NORM_BIAS -> "model.norm" + bias;
      case HEAD, HEAD_BIAS -> "lm_head" + bias;
      case ATTENTION_NORM, ATTENTION_NORM_BIAS -> layer + (yi ? "ln1" : "input_layernorm") + bias;
      case MLP_NORM, MLP_NORM_BIAS -> layer + (yi ? "ln2" : "post_attention_layernorm") + bias;
      case QUERY, QUERY_BIAS -> layer + "self_attn.q_proj" + bias;
      case KEY, KEY_BIAS -> layer + "self_attn.k_proj" + bias;
      case VALUE, VALUE_BIAS -> layer + "self_attn.v_proj" + bias;
      case OUTPUT, OUTPUT_BIAS -> layer + "self_attn.o_proj" + bias;
      case QUERY_NORM -> layer + "self_attn.q_norm.weight";
      case KEY_NORM -> layer + "self_attn.k_norm.weight";
      case ROUTER -> layer + (mixtral ? "block_sparse_moe.gate.weight" : "mlp.gate.weight");
      case ROUTER_SCORE_CORRECTION -> layer + "mlp.gate.e_score_correction_bias";
      case GATE, GATE_BIAS -> layer + expert(role, mixtral, "gate_proj", "w1") + bias;
      case UP, UP_BIAS -> layer + expert(role, mixtral, "up_proj", "w3") + bias;
      case DOWN, DOWN_BIAS -> layer + expert(role, mixtral, "down_proj", "w2") + bias;
      case SHARED_GATE, SHARED_GATE_BIAS -> layer + "mlp.shared_experts.gate_proj" + bias;
      case SHARED_UP, SHARED_UP_BIAS -> layer + "mlp.shared_experts.up_proj" + bias;
      case SHARED_DOWN, SHARED_DOWN_BIAS -> layer + "mlp.shared_experts.down_proj" + bias;
      case SHARED_EXPERT_GATE -> layer + "mlp.shared_expert_gate.weight";
      default ->
          (role.layer() < 0 ? "model." : layer)
              + role.part().key()
              + (role.expert() < 0 ? "" : "." + role.expert())
              + bias;
    };
  }

  private static String expert(Role role, boolean mixtral, String plain, String numbered) {
    if (role.expert() < 0) {
      return "mlp." + plain;
    }
    return mixtral
        ? "block_sparse_moe.experts." + role.expert() + "." + numbered
        : "mlp.experts." + role.expert() + "." + plain;
  }

  private static String encoder(Role role) {
    String bias = role.part().name().endsWith("_BIAS") ? ".bias" : ".weight";
    String layer = "encoder.layer." + role.layer() + ".";
    return switch (role.part()) {
      case TOKEN_EMBEDDING -> "embeddings.word_embeddings.weight";
      case POSITION_EMBEDDING -> "embeddings.position_embeddings.weight";
      case SEGMENT_EMBEDDING -> "embeddings.token_type_embeddings.weight";
      case EMBEDDING_NORM, EMBEDDING_NORM_BIAS -> "embeddings.LayerNorm" + bias;
      case QUERY, QUERY_BIAS -> layer + "attention.self.query" + bias;
      case KEY, KEY_BIAS -> layer + "attention.self.key" + bias;
      case VALUE, VALUE_BIAS -> layer + "attention.self.value" + bias;
      case OUTPUT, OUTPUT_BIAS -> layer + "attention.output.dense" + bias;
      case ATTENTION_POST_NORM, ATTENTION_POST_NORM_BIAS ->
          layer + "attention.output.LayerNorm" + bias;
      case UP, UP_BIAS -> layer + "intermediate.dense" + bias;
      case DOWN, DOWN_BIAS -> layer + "output.dense" + bias;
      case MLP_POST_NORM, MLP_POST_NORM_BIAS -> layer + "output.LayerNorm" + bias;
      case POOLER, POOLER_BIAS -> "pooler.dense" + bias;
      default -> (role.layer() < 0 ? "" : layer) + role.part().key() + bias;
    };
  }
}
