package dev.stemma.runtime;

import java.util.stream.IntStream;

/** The original feed-forward block: down(activation(up(x))). */
record PlainFeedForward(Linear up, Linear down, Activation activation) implements FeedForward {
  @Override
  public float[] apply(float[] x) {
    float[] hidden = up.apply(x);
    activate(hidden);
    return down.apply(hidden);
  }

  @Override
  public float[][] applyAll(float[][] xs) {
    float[][] hidden = up.applyAll(xs);
    IntStream.range(0, xs.length).parallel().forEach(i -> activate(hidden[i]));
    return down.applyAll(hidden);
  }

  private void activate(float[] hidden) {
    for (int i = 0; i < hidden.length; i++) {
      hidden[i] = activation.apply(hidden[i]);
    }
  }
}
