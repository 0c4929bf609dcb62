package dev.stemma.runtime;

import dev.stemma.numeric.Matrix;
import java.util.ArrayList;
import java.util.List;

/**
 * A BERT encoder: token, position and segment embeddings, their norm, layers.
 *
 * @param tokens [vocabulary, hidden]
 * @param positions [longest text, hidden]
 * @param segment the embedding of the first segment, added to every position; zeros where there is
 *     none
 */
public record Encoder(
    Weights tokens,
    Matrix positions,
    float[] segment,
    Norm embeddingNorm,
    List<EncoderLayer> layers)
    implements TextReader {
  /** Keeps the layers unmodifiable. */
  public Encoder {
    layers = List.copyOf(layers);
  }

  @Override
  public int vocabulary() {
    return tokens.rows();
  }

  @Override
  public int maximumPositions() {
    return positions.rows();
  }

  @Override
  public int layerCount() {
    return layers.size();
  }

  @Override
  public Reading read(int[] ids) {
    Matrix hidden = embed(ids);
    List<Matrix> states = new ArrayList<>();
    states.add(hidden);
    for (EncoderLayer layer : layers) {
      hidden = layer.apply(hidden);
      states.add(hidden);
    }
    return new Reading(states, null);
  }

  private Matrix embed(int[] ids) {
    TextReader.check(this, ids);
    int width = tokens.columns();
    Matrix hidden = new Matrix(ids.length, width);
    float[] row = new float[width];
    for (int position = 0; position < ids.length; position++) {
      tokens.row(ids[position], row);
      for (int i = 0; i < width; i++) {
        hidden.set(position, i, row[i] + segment[i] + positions.get(position, i));
      }
      embeddingNorm.apply(hidden.data(), position * width, width);
    }
    return hidden;
  }
}
