package dev.stemma.architecture;

/**
 * What a tensor does inside its component, whatever its file calls it. Matrices are [output units,
 * input units]. The key is the name that the most used checkpoints give it, and stands in reports.
 */
public enum Part {
  TOKEN_EMBEDDING("embed_tokens", Kind.MATRIX),
  POSITION_EMBEDDING("embed_positions", Kind.MATRIX),
  SEGMENT_EMBEDDING("embed_segments", Kind.MATRIX),
  EMBEDDING_NORM("embed_norm", Kind.NORM),
  EMBEDDING_NORM_BIAS("embed_norm.bias", Kind.BIAS),

  ATTENTION_NORM("input_layernorm", Kind.NORM),
  ATTENTION_NORM_BIAS("input_layernorm.bias", Kind.BIAS),
  QUERY("q_proj", Kind.MATRIX),
  QUERY_BIAS("q_proj.bias", Kind.BIAS),
  KEY("k_proj", Kind.MATRIX),
  KEY_BIAS("k_proj.bias", Kind.BIAS),
  VALUE("v_proj", Kind.MATRIX),
  VALUE_BIAS("v_proj.bias", Kind.BIAS),
  OUTPUT("o_proj", Kind.MATRIX),
  OUTPUT_BIAS("o_proj.bias", Kind.BIAS),
  QUERY_NORM("q_norm", Kind.NORM),
  KEY_NORM("k_norm", Kind.NORM),
  ATTENTION_SINKS("sinks", Kind.VECTOR),
  QUERY_NORM_BIAS("q_norm.bias", Kind.BIAS),
  KEY_NORM_BIAS("k_norm.bias", Kind.BIAS),
  ATTENTION_GATE("output_gate", Kind.MATRIX),
  ATTENTION_INNER_NORM("attention_norm", Kind.NORM),
  QUERY_DOWN("q_a_proj", Kind.MATRIX),
  QUERY_DOWN_BIAS("q_a_proj.bias", Kind.BIAS),
  QUERY_DOWN_NORM("q_a_layernorm", Kind.NORM),
  QUERY_UP("q_b_proj", Kind.MATRIX),
  KEY_VALUE_DOWN("kv_a_proj_with_mqa", Kind.MATRIX),
  KEY_VALUE_DOWN_BIAS("kv_a_proj_with_mqa.bias", Kind.BIAS),
  KEY_VALUE_DOWN_NORM("kv_a_layernorm", Kind.NORM),
  KEY_VALUE_UP("kv_b_proj", Kind.MATRIX),
  ATTENTION_POST_NORM("post_attention_output_layernorm", Kind.NORM),
  ATTENTION_POST_NORM_BIAS("post_attention_output_layernorm.bias", Kind.BIAS),

  MLP_NORM("post_attention_layernorm", Kind.NORM),
  MLP_NORM_BIAS("post_attention_layernorm.bias", Kind.BIAS),
  GATE("gate_proj", Kind.MATRIX),
  GATE_BIAS("gate_proj.bias", Kind.BIAS),
  UP("up_proj", Kind.MATRIX),
  UP_BIAS("up_proj.bias", Kind.BIAS),
  DOWN("down_proj", Kind.MATRIX),
  DOWN_BIAS("down_proj.bias", Kind.BIAS),
  MLP_POST_NORM("post_mlp_layernorm", Kind.NORM),
  MLP_POST_NORM_BIAS("post_mlp_layernorm.bias", Kind.BIAS),
  ROUTER("router", Kind.MATRIX),
  ROUTER_BIAS("router.bias", Kind.BIAS),
  ROUTER_SCORE_CORRECTION("router.e_score_correction_bias", Kind.BIAS),
  SHARED_GATE("shared_experts.gate_proj", Kind.MATRIX),
  SHARED_GATE_BIAS("shared_experts.gate_proj.bias", Kind.BIAS),
  SHARED_UP("shared_experts.up_proj", Kind.MATRIX),
  SHARED_UP_BIAS("shared_experts.up_proj.bias", Kind.BIAS),
  SHARED_DOWN("shared_experts.down_proj", Kind.MATRIX),
  SHARED_DOWN_BIAS("shared_experts.down_proj.bias", Kind.BIAS),
  SHARED_EXPERT_GATE("shared_expert_gate", Kind.MATRIX),

  FINAL_NORM("norm", Kind.NORM),
  FINAL_NORM_BIAS("norm.bias", Kind.BIAS),
  HEAD("lm_head", Kind.MATRIX),
  HEAD_BIAS("lm_head.bias", Kind.BIAS),
  POOLER("pooler", Kind.MATRIX),
  POOLER_BIAS("pooler.bias", Kind.BIAS),
  CLASS_EMBEDDING("class_embedding", Kind.VECTOR),
  PATCH_EMBEDDING("patch_embed", Kind.MATRIX),
  PATCH_EMBEDDING_BIAS("patch_embed.bias", Kind.BIAS),
  PROJECTOR_IN("projector_in", Kind.MATRIX),
  PROJECTOR_IN_BIAS("projector_in.bias", Kind.BIAS),
  PROJECTOR_OUT("projector_out", Kind.MATRIX),
  PROJECTOR_OUT_BIAS("projector_out.bias", Kind.BIAS),
  OTHER_MATRIX("other", Kind.MATRIX),
  OTHER_VECTOR("other_vector", Kind.VECTOR);

  private final String key;
  private final Kind kind;

  Part(String key, Kind kind) {
    this.key = key;
    this.kind = kind;
  }

  /** What the numbers of a tensor are like. */
  public enum Kind {
    /** A weight matrix: its rows and columns can be matched. */
    MATRIX,
    /**
     * Gains around one: raw cosines between unrelated models are near 1, so only centred statistics
     * count.
     */
    NORM,
    /** Offsets around zero. */
    BIAS,
    /** Any other vector. */
    VECTOR
  }

  /** The name in reports and in the user's results.json. */
  public String key() {
    return key;
  }

  /** What the numbers are like. */
  public Kind kind() {
    return kind;
  }
}
