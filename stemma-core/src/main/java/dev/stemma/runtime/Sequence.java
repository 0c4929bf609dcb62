package dev.stemma.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A sequence that a decoder is reading: the caches of its layers. Not thread-safe. */
public final class Sequence {
  private static final LayerWatch NOBODY = (layersDone, at, hidden) -> {};

  private static final int CHUNK = 256;

  private final Decoder decoder;
  private final List<KeyValueCache> caches = new ArrayList<>();
  private final List<Integer> tokens = new ArrayList<>();
  private int position;

  Sequence(Decoder decoder) {
    this.decoder = decoder;
    clear();
  }

  private void clear() {
    caches.clear();
    for (int layer = 0; layer < decoder.layers().size(); layer++) {
      caches.add(new KeyValueCache());
    }
    position = 0;
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

  /** Reads a whole prompt; the logits after every position. */
  public List<float[]> readAll(List<Integer> prompt) {
    List<float[]> logits = new ArrayList<>();
    readAll(prompt, NOBODY, logits::addAll);
    return logits;
  }

  /**
   * Reads a whole prompt and shows what there is on the way.
   *
   * @param taker gets the logits after some positions, in order
   */
  public void readAll(List<Integer> prompt, LayerWatch watch, Consumer<List<float[]>> taker) {
    readInChunks(prompt, watch, hidden -> taker.accept(decoder.logitsAll(hidden)));
  }

  /** Reads a whole prompt; the logits after its last position. */
  public float[] readPrompt(List<Integer> prompt) {
    List<float[]> last = new ArrayList<>();
    readInChunks(
        prompt,
        NOBODY,
        hidden -> {
          last.clear();
          last.add(hidden[hidden.length - 1]);
        });
    return decoder.logits(last.getFirst());
  }

  /** Many positions at once: the weights are read once for all of a chunk. */
  private void readInChunks(List<Integer> prompt, LayerWatch watch, Consumer<float[][]> taker) {
    int expected = position + prompt.size();
    for (int from = 0; from < prompt.size(); from += CHUNK) {
      List<Integer> chunk = prompt.subList(from, Math.min(prompt.size(), from + CHUNK));
      float[][] hidden = new float[chunk.size()][];
      for (int i = 0; i < hidden.length; i++) {
        hidden[i] = embedded(chunk.get(i), position + i);
      }
      show(watch, 0, hidden);
      for (int layer = 0; layer < caches.size(); layer++) {
        decoder.layers().get(layer).applyAll(hidden, position, expected, caches.get(layer));
        show(watch, layer + 1, hidden);
      }
      tokens.addAll(chunk);
      position += chunk.size();
      taker.accept(hidden);
    }
  }

  private void show(LayerWatch watch, int layersDone, float[][] hidden) {
    for (int i = 0; i < hidden.length; i++) {
      watch.see(layersDone, position + i, decoder.finite(hidden[i], layersDone));
    }
  }

  /** Sees the hidden vectors after the embedding (0) and after each layer (from 1). */
  @FunctionalInterface
  public interface LayerWatch {
    /** Sees the vector of one position, which changes later. */
    void see(int layersDone, int position, float[] hidden);
  }

  /** Reads one token; the hidden vector after the last layer, before the final norm. */
  public float[] hidden(int token, int expectedLength) {
    check(token, position);
    int length = Math.max(expectedLength, position + 1);
    if (position == decoder.shortRange() && expectedLength <= position + 1) {
      // The cached keys were turned by the short factors; from here on the long ones hold.
      List<Integer> again = List.copyOf(tokens);
      tokens.clear();
      clear();
      for (int earlier : again) {
        step(earlier, length);
      }
    }
    return step(token, length);
  }

  private void check(int token, int at) {
    if (token < 0 || token >= decoder.embedding().rows()) {
      throw new IllegalArgumentException(
          "token id " + token + " is outside the vocabulary of " + decoder.embedding().rows());
    }
    if (at >= decoder.maximumPositions()) {
      throw new IllegalStateException(
          "the model's maximum of " + decoder.maximumPositions() + " positions is reached");
    }
  }

  private float[] embedded(int token, int at) {
    check(token, at);
    return decoder.embedding().of(token, at);
  }

  private float[] step(int token, int length) {
    float[] hidden = decoder.finite(embedded(token, position), 0);
    for (int layer = 0; layer < caches.size(); layer++) {
      decoder.layers().get(layer).apply(hidden, position, length, caches.get(layer));
      decoder.finite(hidden, layer + 1);
    }
    tokens.add(token);
    position++;
    return hidden;
  }
}
