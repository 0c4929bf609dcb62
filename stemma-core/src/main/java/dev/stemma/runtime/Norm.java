package dev.stemma.runtime;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Normalises a vector of hidden activations. */
public sealed interface Norm {
  /** Normalises {@code length} values from {@code offset} on, into the same places. */
  void apply(float[] values, int offset, int length);

  /**
   * Root mean square normalisation (Zhang and Sennrich 2019): x / sqrt(mean(x^2) + epsilon), times
   * the gain.
   *
   * @param gain one number a dimension; Gemma stores the gain less one, which is added when it is
   *     read
   */
  record RootMeanSquare(float[] gain, double epsilon) implements Norm {
    @Override
    public void apply(float[] values, int offset, int length) {
      double sum = 0;
      for (int i = 0; i < length; i++) {
        sum += (double) values[offset + i] * values[offset + i];
      }
      float scale = (float) (1 / Math.sqrt(sum / length + epsilon));
      for (int i = 0; i < length; i++) {
        values[offset + i] = gain[i] * (values[offset + i] * scale);
      }
    }
  }

  /**
   * Layer normalisation (Ba et al. 2016): centred, divided by the standard deviation, gain and
   * bias.
   */
  record Layer(float[] gain, float[] bias, double epsilon) implements Norm {
    @Override
    public void apply(float[] values, int offset, int length) {
      double mean = 0;
      for (int i = 0; i < length; i++) {
        mean += values[offset + i];
      }
      mean /= length;
      double variance = 0;
      for (int i = 0; i < length; i++) {
        double centred = values[offset + i] - mean;
        variance += centred * centred;
      }
      double scale = 1 / Math.sqrt(variance / length + epsilon);
      for (int i = 0; i < length; i++) {
        values[offset + i] = (float) ((values[offset + i] - mean) * scale) * gain[i] + bias[i];
      }
    }
  }

  /** Layer normalisation of one head after the other, each with its own gains (Cohere). */
  record EachHead(List<Layer> heads) implements Norm {
    /** Keeps the list unmodifiable. */
    public EachHead {
      heads = List.copyOf(heads);
    }

    /**
     * By the heads' gains side by side.
     *
     * @param dimension dimensions of a head
     */
    static EachHead of(float[] gain, int dimension, double epsilon) {
      float[] noBias = new float[dimension];
      return new EachHead(
          IntStream.range(0, gain.length / dimension)
              .mapToObj(head ->
                  new Layer(
                      Arrays.copyOfRange(gain, head * dimension, (head + 1) * dimension),
                      noBias,
                      epsilon))
              .toList());
    }

    @Override
    public void apply(float[] values, int offset, int length) {
      int dimension = length / heads.size();
      for (int head = 0; head < heads.size(); head++) {
        heads.get(head).apply(values, offset + head * dimension, dimension);
      }
    }
  }

  /** Leaves the values as they are: where a family has no norm at this place. */
  record None() implements Norm {
    @Override
    public void apply(float[] values, int offset, int length) {}
  }
}
