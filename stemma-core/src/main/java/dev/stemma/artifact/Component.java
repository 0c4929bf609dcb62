package dev.stemma.artifact;

/** A part of a model that is judged by itself; the report's {@code component}. */
public enum Component {
  TOKENIZER("tokenizer"),
  EMBEDDING("embedding"),
  DECODER("decoder"),
  ENCODER("encoder"),
  VISION_ENCODER("vision-encoder"),
  AUDIO_ENCODER("audio-encoder"),
  PROJECTOR("projector"),
  OUTPUT_HEAD("output-head"),
  ARCHITECTURE("architecture"),
  BEHAVIOUR("behaviour"),
  TRAINING_LOG("training-log");

  private final String key;

  Component(String key) {
    this.key = key;
  }

  /** The name in reports, stable for scripts. */
  public String key() {
    return key;
  }

  /** True for the stacks of layers whose verdict makes the overall one. */
  public boolean isBody() {
    return switch (this) {
      case DECODER, ENCODER, VISION_ENCODER, AUDIO_ENCODER -> true;
      case TOKENIZER, EMBEDDING, PROJECTOR, OUTPUT_HEAD, ARCHITECTURE, BEHAVIOUR, TRAINING_LOG ->
          false;
    };
  }
}
