package dev.stemma.tree;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** One draw of the bootstrap over matrices, or the matrices as they are. */
final class Resampling {
  static final Resampling NONE = new Resampling(null);

  private final @Nullable SplittableRandom random;

  private Resampling(@Nullable SplittableRandom random) {
    this.random = random;
  }

  static Resampling seeded(long seed) {
    return new Resampling(new SplittableRandom(seed));
  }

  /** The middle of a draw with replacement; NaN of nothing. */
  double median(double[] values) {
    if (values.length == 0) {
      return Double.NaN;
    }
    double[] drawn = draw(values);
    Arrays.sort(drawn);
    int middle = drawn.length / 2;
    return drawn.length % 2 == 1 ? drawn[middle] : (drawn[middle - 1] + drawn[middle]) / 2;
  }

  /** The mean of a draw with replacement; NaN of nothing. */
  double mean(double[] values) {
    return Arrays.stream(draw(values)).average().orElse(Double.NaN);
  }

  /** The middle of each band over one draw of matrices; the last band is mostly rounding. */
  double[] bands(List<double[]> matrices) {
    int count = matrices.stream().mapToInt(bands -> bands.length).max().orElse(0);
    double[] numbers = new double[matrices.size()];
    for (int index = 0; index < numbers.length; index++) {
      numbers[index] = index;
    }
    double[] drawn = draw(numbers);
    double[] middles = new double[Math.max(0, count - 1)];
    for (int band = 0; band < middles.length; band++) {
      int at = band;
      double[] values =
          Arrays.stream(drawn)
              .map(index -> matrices.get((int) index)[at])
              .filter(value -> !Double.isNaN(value))
              .toArray();
      middles[band] = 2 * values.length < drawn.length ? Double.NaN : NONE.median(values);
    }
    return middles;
  }

  /** One draw with replacement; without a generator the values as they are. */
  double[] draw(double[] values) {
    double[] drawn = values.clone();
    if (random != null) {
      for (int index = 0; index < drawn.length; index++) {
        drawn[index] = values[random.nextInt(values.length)];
      }
    }
    return drawn;
  }

  static <T> double[] values(java.util.Collection<T> all, ToDoubleFunction<T> value) {
    return all.stream().mapToDouble(value).toArray();
  }
}
