package dev.stemma.runtime;

import org.jspecify.annotations.Nullable;

/**
 * What a decoder reads a token as.
 *
 * @param tokens [vocabulary, hidden]
 * @param multiplier factor on the token's vector (Gemma: sqrt of the hidden size); 1 otherwise
 * @param positions learned vectors that are added, one a position (GPT-2, OPT), or null
 * @param firstPosition row of the first position (OPT: 2)
 * @param norm over the sum (BLOOM)
 */
public record Embedding(
    Weights tokens, double multiplier, @Nullable Weights positions, int firstPosition, Norm norm) {
  /** Size of the vocabulary. */
  public int rows() {
    return tokens.rows();
  }

  /** Hidden size. */
  public int columns() {
    return tokens.columns();
  }

  /** The vector of a token at a position. */
  float[] of(int token, int position) {
    float[] hidden = new float[columns()];
    tokens.row(token, hidden);
    for (int i = 0; i < hidden.length; i++) {
      hidden[i] *= (float) multiplier;
    }
    if (positions != null) {
      float[] place = new float[hidden.length];
      positions.row(position + firstPosition, place);
      for (int i = 0; i < hidden.length; i++) {
        hidden[i] += place[i];
      }
    }
    norm.apply(hidden, 0, hidden.length);
    return hidden;
  }
}
