package dev.stemma.runtime;

import dev.stemma.numeric.LinearAlgebra;
import dev.stemma.numeric.Matrix;
import org.jspecify.annotations.Nullable;

/**
 * A linear layer over all positions of a text at once.
 *
 * @param weights [outputs, inputs]
 * @param bias one number an output, or null
 */
record DenseLayer(Matrix weights, float @Nullable [] bias) {
  /** One row a position in and out. */
  Matrix apply(Matrix x) {
    Matrix y = LinearAlgebra.best().multiplyByTransposed(x, weights);
    if (bias != null) {
      float[] values = y.data();
      for (int i = 0; i < values.length; i++) {
        values[i] += bias[i % bias.length];
      }
    }
    return y;
  }
}
