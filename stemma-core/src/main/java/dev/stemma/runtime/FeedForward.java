package dev.stemma.runtime;

/** Transforms each position by itself. */
public interface FeedForward {
  /** The block's output for one normalised hidden vector, before the residual is added. */
  float[] apply(float[] x);
}
