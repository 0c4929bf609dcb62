package dev.stemma.runtime;

import org.jspecify.annotations.Nullable;

/**
 * A linear layer y = W x + b.
 *
 * @param weights [outputs, inputs]
 * @param bias one number an output, or null
 */
public record Linear(Weights weights, float @Nullable [] bias) {
  /** Output dimensions. */
  public int outputs() {
    return weights.rows();
  }

  /** Input dimensions. */
  public int inputs() {
    return weights.columns();
  }

  /** Computes y from x. */
  public void apply(float[] x, float[] y) {
    weights.multiply(x, y);
    if (bias != null) {
      for (int i = 0; i < bias.length; i++) {
        y[i] += bias[i];
      }
    }
  }

  /** The outputs of many inputs. */
  public float[][] applyAll(float[][] xs) {
    float[][] ys = weights.multiplyAll(xs);
    if (bias != null) {
      for (float[] y : ys) {
        for (int i = 0; i < bias.length; i++) {
          y[i] += bias[i];
        }
      }
    }
    return ys;
  }

  /** A new array with y. */
  public float[] apply(float[] x) {
    float[] y = new float[outputs()];
    apply(x, y);
    return y;
  }
}
