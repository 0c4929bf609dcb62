package dev.stemma.runtime;

/** The original feed-forward block: down(activation(up(x))). */
record PlainFeedForward(Linear up, Linear down, Activation activation) implements FeedForward {
  @Override
  public float[] apply(float[] x) {
    float[] hidden = up.apply(x);
    for (int i = 0; i < hidden.length; i++) {
      hidden[i] = activation.apply(hidden[i]);
    }
    return down.apply(hidden);
  }
}
