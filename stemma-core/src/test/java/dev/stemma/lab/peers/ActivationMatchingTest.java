package dev.stemma.lab.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stemma.numeric.Matrix;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.TDistribution;
import org.junit.jupiter.api.Test;

/** MATCH of Zhu et al. on cases whose matchings are known. */
class ActivationMatchingTest {
  private static final int NEURONS = 60;

  private static Matrix random(long seed) {
    Matrix matrix = new Matrix(NEURONS, 40);
    Random random = new Random(seed);
    for (int i = 0; i < matrix.data().length; i++) {
      matrix.data()[i] = (float) random.nextGaussian();
    }
    return matrix.normaliseRows();
  }

  private static int[] order(long seed) {
    int[] order = IntStream.range(0, NEURONS).toArray();
    Random random = new Random(seed);
    for (int i = NEURONS - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
    return order;
  }

  @Test
  void onePermutationOfGateAndUpIsSeenThrough() {
    Matrix gate = random(1);
    Matrix up = random(2);
    int[] order = order(3);
    assertThat(ActivationMatching.agreement(gate, gate.selectRows(order), up, up.selectRows(order)))
        .isCloseTo(-Math.log(1e-300), within(1e-6));
  }

  @Test
  void twoPermutationsGiveTheTailOfTheirSpearmanCorrelation() {
    Matrix gate = random(1);
    Matrix up = random(2);
    int[] first = order(3);
    int[] second = order(4);
    // The matching of a row is its place in the shuffled copy: the inverse permutation.
    double distance = 0;
    for (int row = 0; row < NEURONS; row++) {
      int wanted = row;
      int one =
          IntStream.range(0, NEURONS).filter(i -> first[i] == wanted).findFirst().orElseThrow();
      int other =
          IntStream.range(0, NEURONS).filter(i -> second[i] == wanted).findFirst().orElseThrow();
      distance += (double) (one - other) * (one - other);
    }
    double r = 1 - 6 * distance / (NEURONS * (NEURONS * (double) NEURONS - 1));
    double t = r * Math.sqrt((NEURONS - 2) / (1 - r * r));
    assertThat(
            ActivationMatching.agreement(gate, gate.selectRows(first), up, up.selectRows(second)))
        .isCloseTo(-Math.log(TDistribution.of(NEURONS - 2).survivalProbability(t)), within(1e-6));
  }
}
