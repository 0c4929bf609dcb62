package dev.stemma.runtime;

import dev.stemma.numeric.Matrix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A model that reads token ids and shows what it makes of them, layer by layer. */
public interface TextReader {
  /**
   * What a model makes of one text.
   *
   * @param states one row a position: after the embedding, then after each layer
   * @param logits of the next token at every position; null for a model that predicts none
   */
  record Reading(List<Matrix> states, @Nullable Matrix logits) {}

  /** Rows of the token embedding. */
  int vocabulary();

  /** Longest text in tokens. */
  int maximumPositions();

  /** How many layers it has. */
  int layerCount();

  /**
   * Reads one text.
   *
   * @throws IllegalArgumentException if it is empty, too long, or an id is outside the vocabulary
   */
  Reading read(int[] ids);

  /** Fails as {@link #read} says. */
  static void check(TextReader reader, int[] ids) {
    if (ids.length == 0 || ids.length > reader.maximumPositions()) {
      throw new IllegalArgumentException(
          ids.length + " tokens; between 1 and " + reader.maximumPositions() + " can be read");
    }
    for (int id : ids) {
      if (id < 0 || id >= reader.vocabulary()) {
        throw new IllegalArgumentException(
            "token id " + id + " is outside the vocabulary of " + reader.vocabulary());
      }
    }
  }
}
