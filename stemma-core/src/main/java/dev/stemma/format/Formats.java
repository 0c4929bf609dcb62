package dev.stemma.format;

import java.util.List;

/** All formats that are read. Adding one is one line here. */
public final class Formats {
  private static final List<Format> WEIGHTS =
      List.of(
          IndexFormat.ofSafetensors(),
          new SafetensorsFormat(),
          new GgufFormat(),
          new OnnxFormat(),
          IndexFormat.ofPyTorch(),
          new BinFormat());
  private static final List<Format> CONFIGS =
      List.of(new ConfigFormat("config.json"), new ConfigFormat("adapter_config.json"));
  private static final List<Format> TOKENIZERS = TokenizerFiles.FORMATS;

  private Formats() {}

  /** Formats of tensors, in the order in which a model with several of them is read. */
  public static List<Format> weights() {
    return WEIGHTS;
  }

  /** Formats of configurations, preferred first. */
  public static List<Format> configs() {
    return CONFIGS;
  }

  /** Formats of tokenizers, preferred first. */
  public static List<Format> tokenizers() {
    return TOKENIZERS;
  }
}
