package dev.stemma.behaviour;

import dev.stemma.numeric.Matrix;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * The output layer of a model whose weights are at hand.
 *
 * @param hiddenSize inputs
 * @param tokens numbers of the tokens by their text; texts that several tokens share are left out
 * @param row the weights of a token, its bias last where there is one
 */
public record OutputLayer(int hiddenSize, Map<String, Integer> tokens, IntFunction<float[]> row) {
  /** The rows of some tokens. */
  public Matrix rows(int[] numbers) {
    Matrix rows = new Matrix(numbers.length, columns());
    for (int i = 0; i < numbers.length; i++) {
      System.arraycopy(row.apply(numbers[i]), 0, rows.data(), i * rows.columns(), rows.columns());
    }
    return rows;
  }

  /** Dimensions of the layer's image, at most. */
  public int columns() {
    return row.apply(0).length;
  }
}
