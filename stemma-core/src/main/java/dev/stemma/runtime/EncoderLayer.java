package dev.stemma.runtime;

import dev.stemma.numeric.Matrix;
import java.util.Arrays;

/**
 * One layer of a BERT encoder (Devlin et al. 2019): every position sees every other; each block's
 * output is added to its input and the sum is normalised.
 *
 * @param heads attention heads; divides the hidden size
 */
record EncoderLayer(
    DenseLayer query,
    DenseLayer key,
    DenseLayer value,
    DenseLayer output,
    Norm attentionNorm,
    DenseLayer up,
    Activation activation,
    DenseLayer down,
    Norm feedForwardNorm,
    int heads) {
  /** One row a position in and out. */
  Matrix apply(Matrix x) {
    Matrix attended = addAndNormalise(output.apply(attend(x)), x, attentionNorm);
    Matrix hidden = up.apply(attended);
    float[] values = hidden.data();
    for (int i = 0; i < values.length; i++) {
      values[i] = activation.apply(values[i]);
    }
    return addAndNormalise(down.apply(hidden), attended, feedForwardNorm);
  }

  private Matrix attend(Matrix x) {
    Matrix queries = query.apply(x);
    Matrix keys = key.apply(x);
    Matrix values = value.apply(x);
    KeyValueCache cache = new KeyValueCache();
    for (int position = 0; position < x.rows(); position++) {
      cache.add(row(keys, position), row(values, position));
    }
    int dimension = keys.columns() / heads;
    ScaledDotProduct product =
        new ScaledDotProduct(
            heads, heads, dimension, dimension, 1 / Math.sqrt(dimension), 0, 0, null, null);
    Matrix mixed = new Matrix(x.rows(), keys.columns());
    for (int position = 0; position < x.rows(); position++) {
      // From the last position everything is seen: an encoder looks both ways.
      float[] seen = product.attend(row(queries, position), x.rows() - 1, cache);
      System.arraycopy(seen, 0, mixed.data(), position * seen.length, seen.length);
    }
    return mixed;
  }

  private static Matrix addAndNormalise(Matrix block, Matrix input, Norm norm) {
    Matrix sum = block.add(input, 1);
    for (int position = 0; position < sum.rows(); position++) {
      norm.apply(sum.data(), position * sum.columns(), sum.columns());
    }
    return sum;
  }

  private static float[] row(Matrix matrix, int row) {
    return Arrays.copyOfRange(matrix.data(), row * matrix.columns(), (row + 1) * matrix.columns());
  }
}
