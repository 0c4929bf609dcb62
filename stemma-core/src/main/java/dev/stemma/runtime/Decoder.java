package dev.stemma.runtime;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.util.ArrayList;
import java.util.List;

/**
 * A decoder: embedding, layers, final norm, output head.
 *
 * @param reference the model, for errors
 * @param head [vocabulary, hidden]; the embedding again where they are tied
 * @param logitsMultiplier factor on the logits (muP); 1 otherwise
 * @param softCap c in c tanh(logit / c); 0 for none
 * @param maximumPositions longest sequence
 * @param shortRange positions after which the whole sequence is read again with other frequencies
 *     (Phi-3's LongRoPE); the largest int otherwise
 */
public record Decoder(
    String reference,
    Embedding embedding,
    List<DecoderLayer> layers,
    Norm finalNorm,
    Linear head,
    double logitsMultiplier,
    double softCap,
    int maximumPositions,
    int shortRange) {
  /** Size of the vocabulary. */
  public int vocabulary() {
    return head.outputs();
  }

  /** Starts a sequence. */
  public Sequence begin() {
    return new Sequence(this);
  }

  /** Sees what the feed-forward block of a layer reads: the normalised hidden vector. */
  @FunctionalInterface
  public interface FeedForwardObserver {
    /** Called once a layer and position; the vector is not to be changed. */
    void see(int layer, float[] input);
  }

  /** The same decoder, whose feed-forward blocks show what they read. */
  public Decoder observed(FeedForwardObserver observer) {
    List<DecoderLayer> watched = new ArrayList<>();
    for (DecoderLayer layer : layers) {
      int index = watched.size();
      FeedForward block = layer.feedForward();
      watched.add(
          new DecoderLayer(
              layer.attentionNorm(),
              layer.attention(),
              layer.attentionPostNorm(),
              layer.feedForwardNorm(),
              input -> {
                observer.see(index, input);
                return block.apply(input);
              },
              layer.feedForwardPostNorm(),
              layer.residualMultiplier(),
              layer.parallel()));
    }
    return withLayers(watched);
  }

  /** The same decoder with other layers. */
  Decoder withLayers(List<DecoderLayer> others) {
    return new Decoder(
        reference,
        embedding,
        others,
        finalNorm,
        head,
        logitsMultiplier,
        softCap,
        maximumPositions,
        shortRange);
  }

  /** The logits that follow a hidden vector; the vector is changed. */
  float[] logits(float[] hidden) {
    finalNorm.apply(hidden, 0, hidden.length);
    return scaled(head.apply(hidden));
  }

  /** The logits that follow each of many hidden vectors; the vectors are changed. */
  List<float[]> logitsAll(float[][] hidden) {
    for (float[] vector : hidden) {
      finalNorm.apply(vector, 0, vector.length);
    }
    float[][] logits = head.applyAll(hidden);
    for (float[] row : logits) {
      scaled(row);
    }
    return List.of(logits);
  }

  private float[] scaled(float[] logits) {
    for (int i = 0; i < logits.length; i++) {
      float logit = (float) (logits[i] * logitsMultiplier);
      logits[i] = softCap > 0 ? (float) (softCap * Math.tanh(logit / softCap)) : logit;
    }
    return finite(logits, -1);
  }

  /**
   * The same numbers, which are all finite.
   *
   * @param layersDone after how many layers they stand; -1 for logits
   * @throws ArtifactException if one is not: what follows would be no text
   */
  float[] finite(float[] values, int layersDone) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new ArtifactException(
            ErrorCode.BAD_ARGUMENT,
            reference,
            switch (layersDone) {
              case -1 -> "logits";
              case 0 -> "embedding of a token";
              default -> "output of layer " + (layersDone - 1);
            },
            "finite numbers",
            String.valueOf(value),
            "The weights there hold NaN or infinities, or are too large: check the checkpoint.");
      }
    }
    return values;
  }
}
