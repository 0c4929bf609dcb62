package dev.stemma.architecture;

import java.util.List;

/**
 * What generation keeps in memory for each sequence.
 *
 * @param growing numbers that each further token adds for ever (layers that see everything)
 * @param windowed numbers that each token adds until the window is full
 * @param window tokens; 0 where no layer has one
 * @param constant numbers whatever the length (states of linear attention)
 */
public record KeyValueCache(long growing, long windowed, long window, long constant) {
  /** Reads it from a configuration. */
  public static KeyValueCache of(Architecture architecture) {
    Values values = architecture.values();
    List<String> kinds = Attention.kinds(architecture);
    long growing = 0;
    long windowed = 0;
    long constant = 0;
    for (int layer = 0; layer < kinds.size(); layer++) {
      Values ofLayer = values.atLayer(layer);
      long elements = ofLayer.whole("kv_elements").orElse(0L);
      switch (kinds.get(layer)) {
        case "sliding", "chunked" -> windowed += elements;
        case "linear" -> constant += ofLayer.whole("linear_state_elements").orElse(0L);
        case "encoder" -> {}
        default -> growing += elements;
      }
    }
    long window = windowed == 0 ? 0 : values.whole("window").orElse(0L);
    return new KeyValueCache(growing, windowed, window, constant);
  }

  /**
   * Bytes that a further token adds: those of the layers that see everything; where all layers have
   * a window, those of all of them (until it is full).
   */
  public double bytesPerToken(double bytesPerElement) {
    return (growing > 0 ? growing : windowed) * bytesPerElement;
  }

  /** Bytes a token if no layer had a window. */
  public double bytesPerTokenWithoutWindows(double bytesPerElement) {
    return (growing + windowed) * bytesPerElement;
  }

  /** Bytes of the windows when they are full, and of the constant states. */
  public double boundedBytes(double bytesPerElement) {
    return (windowed * (double) window + constant) * bytesPerElement;
  }

  /** Bytes of so many sequences of so many tokens. */
  public double bytes(long tokens, long sequences, double bytesPerElement) {
    double seen = window > 0 ? Math.min(tokens, window) : tokens;
    return sequences * bytesPerElement * (growing * (double) tokens + windowed * seen + constant);
  }
}
