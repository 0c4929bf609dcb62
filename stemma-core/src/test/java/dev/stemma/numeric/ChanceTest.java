package dev.stemma.numeric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ChanceTest {
  @Test
  void logFactorialIsContinuousWhereTheMethodChanges() {
    double sum = 0;
    for (int n = 1; n <= 600; n++) {
      sum += Math.log(n);
      assertThat(Chance.logFactorial(n)).isCloseTo(sum, within(1e-9 * Math.max(1, sum)));
    }
  }

  @Test
  void fixedPointsOfAnyMatchingStayBelowTheBound() {
    SplittableRandom random = new SplittableRandom(1);
    int n = 7;
    int[] matching = {0, 0, 2, 3, 3, 5, 6};
    int trials = 200_000;
    int[] atLeast = new int[n + 1];
    for (int trial = 0; trial < trials; trial++) {
      int[] labels = permutation(n, random);
      int count = 0;
      for (int unit = 0; unit < n; unit++) {
        count += matching[unit] == labels[unit] ? 1 : 0;
      }
      for (int k = 0; k <= count; k++) {
        atLeast[k]++;
      }
    }
    for (int k = 1; k <= n; k++) {
      double bound = Math.pow(10, Chance.logFixedPoints(k));
      double noise = 4 * Math.sqrt(bound / trials);
      assertThat((double) atLeast[k] / trials).isLessThanOrEqualTo(bound + noise);
    }
  }

  @Test
  void increasingRunsOfAPermutationStayBelowTheBound() {
    SplittableRandom random = new SplittableRandom(2);
    int n = 8;
    int trials = 100_000;
    int[] atLeast = new int[n + 1];
    for (int trial = 0; trial < trials; trial++) {
      int length = Chance.longestIncreasing(permutation(n, random));
      for (int k = 0; k <= length; k++) {
        atLeast[k]++;
      }
    }
    for (int k = 1; k <= n; k++) {
      double bound = Math.pow(10, Chance.logIncreasing(n, k));
      assertThat((double) atLeast[k] / trials)
          .isLessThanOrEqualTo(bound + 4 * Math.sqrt(bound / trials));
    }
  }

  @Test
  void longestIncreasingEqualsBruteForce() {
    SplittableRandom random = new SplittableRandom(3);
    for (int trial = 0; trial < 500; trial++) {
      int[] sequence = new int[1 + random.nextInt(10)];
      for (int index = 0; index < sequence.length; index++) {
        sequence[index] = random.nextInt(8);
      }
      int best = 0;
      for (int subset = 1; subset < 1 << sequence.length; subset++) {
        int last = -1;
        int length = 0;
        for (int index = 0; index < sequence.length && length >= 0; index++) {
          if (((subset >> index) & 1) == 1) {
            length = sequence[index] > last ? length + 1 : -1;
            last = sequence[index];
          }
        }
        best = Math.max(best, length);
      }
      assertThat(Chance.longestIncreasing(sequence)).isEqualTo(best);
    }
  }

  private static int[] permutation(int n, SplittableRandom random) {
    int[] values = new int[n];
    for (int index = 0; index < n; index++) {
      int other = random.nextInt(index + 1);
      values[index] = values[other];
      values[other] = index;
    }
    return values;
  }
}
