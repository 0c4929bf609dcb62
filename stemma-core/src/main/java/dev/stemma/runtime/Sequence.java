package dev.stemma.runtime;

import java.util.ArrayList;
import java.util.List;

/** A sequence that a decoder is reading: the caches of its layers. Not thread-safe. */
public final class Sequence {
  private final Decoder decoder;
  private final List<KeyValueCache> caches = new ArrayList<>();
  private int position;

  Sequence(Decoder decoder) {
    this.decoder = decoder;
    for (int layer = 0; layer < decoder.layers().size(); layer++) {
      caches.add(new KeyValueCache());
    }
  }

  /** How many tokens were read. */
  public int length() {
    return position;
  }

  /**
   * Reads one token.
   *
   * @param expectedLength length of the whole prompt where it is known, at least the positions read
   *     so far plus one
   * @return the logits of the next token
   */
  public float[] read(int token, int expectedLength) {
    return decoder.logits(hidden(token, expectedLength));
  }

  /** Sees the hidden vector after the embedding (0) and after each layer (from 1); keeps a copy. */
  @FunctionalInterface
  public interface LayerWatch {
    /** Sees one vector, which changes later. */
    void see(int layersDone, float[] hidden);
  }

  /** Reads one token; the hidden vector after the last layer, before the final norm. */
  public float[] hidden(int token, int expectedLength) {
    return hidden(token, expectedLength, (layersDone, hidden) -> {});
  }

  /** Reads one token as {@link #hidden(int, int)} and shows the vector after each layer. */
  public float[] hidden(int token, int expectedLength, LayerWatch watch) {
    if (token < 0 || token >= decoder.embedding().rows()) {
      throw new IllegalArgumentException(
          "token id " + token + " is outside the vocabulary of " + decoder.embedding().rows());
    }
    if (position >= decoder.maximumPositions()) {
      throw new IllegalStateException(
          "the model's maximum of " + decoder.maximumPositions() + " positions is reached");
    }
    float[] hidden = new float[decoder.embedding().columns()];
    decoder.embedding().row(token, hidden);
    for (int i = 0; i < hidden.length; i++) {
      hidden[i] *= (float) decoder.embeddingMultiplier();
    }
    watch.see(0, hidden);
    int length = Math.max(expectedLength, position + 1);
    for (int layer = 0; layer < caches.size(); layer++) {
      decoder.layers().get(layer).apply(hidden, position, length, caches.get(layer));
      watch.see(layer + 1, hidden);
    }
    position++;
    return hidden;
  }
}
