package dev.stemma.analysis.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.analysis.training.Initialisation.Fit;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Samples of known laws. */
class InitialisationTest {
  private static float[] sample(int count, long seed, ToDoubleFunction<Random> law) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) law.applyAsDouble(random);
    }
    return values;
  }

  private static double cut(Random random, double at) {
    double value = random.nextGaussian();
    while (Math.abs(value) > at) {
      value = random.nextGaussian();
    }
    return 0.02 * value;
  }

  private static Fit fit(float... values) {
    return Fit.of("matrix", values).getFirst();
  }

  @Test
  void theLawsOfLibrariesAreRecognised() {
    assertThat(fit(sample(20_000, 1, random -> 0.02 * random.nextGaussian())).law())
        .startsWith("normal");
    assertThat(fit(sample(20_000, 2, random -> random.nextDouble() - 0.5)).law())
        .isEqualTo("uniform");
    Fit two = fit(sample(20_000, 3, random -> cut(random, 2)));
    assertThat(two.law()).isEqualTo("normal cut at 2 standard deviations");
    assertThat(two.standardDeviation()).isCloseTo(0.02 * 0.8796, Offset.offset(2e-4));
  }

  @Test
  void noDrawnMatrixOfAThousandIsRefused() {
    List<Fit> fits = new ArrayList<>();
    for (int seed = 0; seed < 1000; seed++) {
      int count = 100 + 40 * (seed % 50);
      fits.add(
          fit(
              switch (seed % 3) {
                case 0 -> sample(count, seed, random -> 0.3 * random.nextGaussian());
                case 1 -> sample(count, seed, random -> random.nextDouble() - 0.5);
                default -> sample(count, seed, random -> cut(random, 3));
              }));
    }

    assertThat(Initialisation.of(fits, OptionalDouble.empty(), 2).follows()).isTrue();
  }

  @Test
  void trainedMatricesWithHeavyTailsAreRefused() {
    Fit drawn = fit(sample(20_000, 5, random -> 0.02 * random.nextGaussian()));
    Fit laplace =
        fit(
            sample(
                20_000,
                6,
                random -> Math.log(1 - random.nextDouble()) * (random.nextBoolean() ? 1 : -1)));
    Initialisation both = Initialisation.of(List.of(drawn, laplace), OptionalDouble.of(0.02), 2);

    assertThat(both.follows()).isFalse();
    assertThat(both.asDeclared()).isEqualTo(1);
    assertThat(both.sentence()).contains("farthest");
  }

  @Test
  void constantsAreNoSample() {
    assertThat(Fit.of("zeros", new float[4096])).isEmpty();
  }
}
