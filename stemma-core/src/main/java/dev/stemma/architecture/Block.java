package dev.stemma.architecture;

import dev.stemma.artifact.Component;

/** What a parameter count is broken down by. */
public enum Block {
  EMBEDDING("embedding", "Embedding"),
  ATTENTION("attention", "Attention"),
  NORMS("norms", "Norms"),
  ROUTER("router", "Router"),
  SHARED_EXPERTS("sharedExperts", "Shared experts"),
  ROUTED_EXPERTS("routedExperts", "Routed experts"),
  DENSE_MLP("denseMlp", "Dense MLP"),
  POOLER("pooler", "Pooler"),
  OUTPUT_HEAD("outputHead", "Output head"),
  VISION_ENCODER("visionEncoder", "Vision encoder"),
  AUDIO_ENCODER("audioEncoder", "Audio encoder"),
  PROJECTOR("projector", "Projector"),
  OTHER("other", "Other"),
  /** Not in totals: the official code holds it as a buffer. */
  SCORE_CORRECTION("scoreCorrection", "Score-correction biases"),
  /** Not in totals: the official code leaves it out. */
  MULTI_TOKEN_PREDICTION("multiTokenPrediction", "Multi-token prediction");

  private final String key;
  private final String title;

  Block(String key, String title) {
    this.key = key;
    this.title = title;
  }

  /** The name in JSON. */
  public String key() {
    return key;
  }

  /** The name for people. */
  public String title() {
    return title;
  }

  /** True for what totals include. */
  public boolean isCounted() {
    return this != SCORE_CORRECTION && this != MULTI_TOKEN_PREDICTION;
  }

  /** The block of a role; {@code routed} for the tensors of routed experts. */
  static Block of(Component component, Part part, boolean routed) {
    return switch (component) {
      case VISION_ENCODER -> VISION_ENCODER;
      case AUDIO_ENCODER -> AUDIO_ENCODER;
      case PROJECTOR -> PROJECTOR;
      case EMBEDDING -> EMBEDDING;
      case OUTPUT_HEAD -> OUTPUT_HEAD;
      case DECODER, ENCODER -> routed ? ROUTED_EXPERTS : ofPart(part);
      case TOKENIZER, ARCHITECTURE, BEHAVIOUR, TRAINING_LOG -> OTHER;
    };
  }

  private static Block ofPart(Part part) {
    return switch (part) {
      case TOKEN_EMBEDDING, POSITION_EMBEDDING, SEGMENT_EMBEDDING -> EMBEDDING;
      case QUERY,
          QUERY_BIAS,
          KEY,
          KEY_BIAS,
          VALUE,
          VALUE_BIAS,
          OUTPUT,
          OUTPUT_BIAS,
          ATTENTION_SINKS,
          ATTENTION_GATE,
          QUERY_DOWN,
          QUERY_DOWN_BIAS,
          QUERY_UP,
          KEY_VALUE_DOWN,
          KEY_VALUE_DOWN_BIAS,
          KEY_VALUE_UP ->
          ATTENTION;
      case EMBEDDING_NORM,
          EMBEDDING_NORM_BIAS,
          ATTENTION_NORM,
          ATTENTION_NORM_BIAS,
          QUERY_NORM,
          QUERY_NORM_BIAS,
          KEY_NORM,
          KEY_NORM_BIAS,
          QUERY_DOWN_NORM,
          KEY_VALUE_DOWN_NORM,
          ATTENTION_INNER_NORM,
          ATTENTION_POST_NORM,
          ATTENTION_POST_NORM_BIAS,
          MLP_NORM,
          MLP_NORM_BIAS,
          MLP_POST_NORM,
          MLP_POST_NORM_BIAS,
          FINAL_NORM,
          FINAL_NORM_BIAS ->
          NORMS;
      case GATE, GATE_BIAS, UP, UP_BIAS, DOWN, DOWN_BIAS -> DENSE_MLP;
      case ROUTER, ROUTER_BIAS -> ROUTER;
      case ROUTER_SCORE_CORRECTION -> SCORE_CORRECTION;
      case SHARED_GATE,
          SHARED_GATE_BIAS,
          SHARED_UP,
          SHARED_UP_BIAS,
          SHARED_DOWN,
          SHARED_DOWN_BIAS,
          SHARED_EXPERT_GATE ->
          SHARED_EXPERTS;
      case HEAD, HEAD_BIAS -> OUTPUT_HEAD;
      case POOLER, POOLER_BIAS -> POOLER;
      case CLASS_EMBEDDING, PATCH_EMBEDDING, PATCH_EMBEDDING_BIAS -> VISION_ENCODER;
      case PROJECTOR_IN, PROJECTOR_IN_BIAS, PROJECTOR_OUT, PROJECTOR_OUT_BIAS -> PROJECTOR;
      case OTHER_MATRIX, OTHER_VECTOR -> OTHER;
    };
  }
}
