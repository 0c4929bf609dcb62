package dev.stemma.runtime;

/** Transforms each position by itself. */
public interface FeedForward {
  /** The block's output for one normalised hidden vector, before the residual is added. */
  float[] apply(float[] x);

  /** The outputs for many vectors; one by one where a block does not know better. */
  default float[][] applyAll(float[][] xs) {
    float[][] ys = new float[xs.length][];
    for (int i = 0; i < xs.length; i++) {
      ys[i] = apply(xs[i]);
    }
    return ys;
  }
}
