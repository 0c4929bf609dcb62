package dev.stemma.runtime;

import org.jspecify.annotations.Nullable;

/**
 * One transformer layer. Each of the two blocks is normalised before (most families), after (EXAONE
 * 4, OLMo 2) or on both sides (Gemma 2): a family that has no norm at a place has {@link Norm.None}
 * there.
 *
 * @param residualMultiplier factor on a block's output before it is added (muP); 1 otherwise
 * @param parallel whether both blocks read the layer's input (GPT-NeoX, Falcon, Cohere) and not one
 *     the other's output
 */
record DecoderLayer(
    Norm attentionNorm,
    Attention attention,
    Norm attentionPostNorm,
    Norm feedForwardNorm,
    FeedForward feedForward,
    Norm feedForwardPostNorm,
    double residualMultiplier,
    boolean parallel) {
  /** Replaces the hidden vector by the layer's output. */
  void apply(float[] hidden, int position, int sequenceLength, KeyValueCache cache) {
    float[] input = hidden.clone();
    attentionNorm.apply(input, 0, input.length);
    float[] attended = attention.attend(input, position, sequenceLength, cache);
    attentionPostNorm.apply(attended, 0, attended.length);
    float[] second = hidden.clone();
    if (!parallel) {
      add(second, attended);
      System.arraycopy(second, 0, hidden, 0, hidden.length);
    }
    feedForwardNorm.apply(second, 0, second.length);
    float[] fed = feedForward.apply(second);
    feedForwardPostNorm.apply(fed, 0, fed.length);
    if (parallel) {
      add(hidden, attended);
    }
    add(hidden, fed);
  }

  /** Replaces the hidden vectors of consecutive positions by the layer's outputs. */
  void applyAll(float[][] hidden, int first, int sequenceLength, KeyValueCache cache) {
    float[][] attended =
        attention.attendAll(normed(attentionNorm, hidden), first, sequenceLength, cache);
    addAll(parallel ? null : hidden, attentionPostNorm, attended);
    float[][] fed = feedForward.applyAll(normed(feedForwardNorm, hidden));
    if (parallel) {
      addAll(hidden, new Norm.None(), attended);
    }
    addAll(hidden, feedForwardPostNorm, fed);
  }

  private static float[][] normed(Norm norm, float[][] hidden) {
    float[][] out = new float[hidden.length][];
    for (int i = 0; i < hidden.length; i++) {
      out[i] = hidden[i].clone();
      norm.apply(out[i], 0, out[i].length);
    }
    return out;
  }

  private void addAll(float @Nullable [][] hidden, Norm norm, float[][] outputs) {
    for (int i = 0; i < outputs.length; i++) {
      norm.apply(outputs[i], 0, outputs[i].length);
      if (hidden != null) {
        add(hidden[i], outputs[i]);
      }
    }
  }

  /** The same layer with another feed-forward block. */
  DecoderLayer withFeedForward(FeedForward other) {
    return new DecoderLayer(
        attentionNorm,
        attention,
        attentionPostNorm,
        feedForwardNorm,
        other,
        feedForwardPostNorm,
        residualMultiplier,
        parallel);
  }

  private void add(float[] hidden, float[] block) {
    for (int i = 0; i < hidden.length; i++) {
      hidden[i] += (float) (block[i] * residualMultiplier);
    }
  }
}
