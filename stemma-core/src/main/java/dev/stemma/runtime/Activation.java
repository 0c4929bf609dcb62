package dev.stemma.runtime;

import org.apache.commons.numbers.gamma.Erf;

/** The non-linear functions of feed-forward blocks, applied element by element. */
public enum Activation {
  /** x * sigmoid(x), also called swish (Elfwing et al. 2017). */
  SILU {
    @Override
    float apply(float x) {
      return (float) (x / (1 + Math.exp(-x)));
    }
  },
  /** x * Phi(x) with the exact normal distribution function (Hendrycks and Gimpel 2016). */
  GELU {
    @Override
    float apply(float x) {
      return (float) (0.5 * x * (1 + Erf.value(x / Math.sqrt(2))));
    }
  },
  /** GELU by its tanh approximation. */
  GELU_TANH {
    @Override
    float apply(float x) {
      double inner = Math.sqrt(2 / Math.PI) * (x + 0.044715 * (double) x * x * x);
      return (float) (0.5 * x * (1 + Math.tanh(inner)));
    }
  },
  /** x * sigmoid(1.702 x). */
  QUICK_GELU {
    @Override
    float apply(float x) {
      return (float) (x / (1 + Math.exp(-1.702 * x)));
    }
  },
  /** max(x, 0). */
  RELU {
    @Override
    float apply(float x) {
      return Math.max(x, 0);
    }
  },
  /** max(x, 0) squared. */
  RELU_SQUARED {
    @Override
    float apply(float x) {
      float positive = Math.max(x, 0);
      return positive * positive;
    }
  };

  abstract float apply(float x);
}
