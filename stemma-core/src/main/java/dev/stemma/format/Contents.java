package dev.stemma.format;

import dev.stemma.artifact.Config;
import dev.stemma.artifact.Tensor;
import dev.stemma.artifact.Tokenizer;
import java.util.List;
import java.util.Optional;

/**
 * What one file contributes to a model: tensors, a configuration, a tokenizer, or several of these
 * (GGUF has all).
 */
public record Contents(
    List<Tensor> tensors,
    Optional<Config> config,
    Optional<Tokenizer> tokenizer,
    List<String> notes) {
  /** Keeps the lists unmodifiable. */
  public Contents {
    tensors = List.copyOf(tensors);
    notes = List.copyOf(notes);
  }

  /** Only tensors. */
  public static Contents ofTensors(List<Tensor> tensors) {
    return new Contents(tensors, Optional.empty(), Optional.empty(), List.of());
  }

  /** Only a configuration. */
  public static Contents ofConfig(Config config) {
    return new Contents(List.of(), Optional.of(config), Optional.empty(), List.of());
  }

  /** Only a tokenizer. */
  public static Contents ofTokenizer(Tokenizer tokenizer) {
    return new Contents(List.of(), Optional.empty(), Optional.of(tokenizer), List.of());
  }
}
