package dev.stemma.analysis.representation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class NextTokensTest {
  @Test
  void entropyOfEvenAndCertainDistributions() {
    assertThat(NextTokens.entropy(NextTokens.logProbabilities(new double[64])))
        .isCloseTo(Math.log(64), within(1e-12));
    assertThat(NextTokens.entropy(NextTokens.logProbabilities(new double[] {0, 1000, -1000})))
        .isCloseTo(0, within(1e-12));
  }

  @Test
  void divergenceOfTwoCoinsIsTheTextbooks() {
    double[] p = NextTokens.logProbabilities(new double[] {Math.log(.9), Math.log(.1)});
    double[] q = NextTokens.logProbabilities(new double[] {Math.log(.5), Math.log(.5)});
    double expected = .9 * Math.log(.9 / .5) + .1 * Math.log(.1 / .5);
    assertThat(NextTokens.divergence(p, q)).isCloseTo(expected, within(1e-12));
    assertThat(NextTokens.divergence(p, p)).isEqualTo(0);
  }

  @Test
  void crossEntropyIsEntropyAndDivergenceTogether() {
    Random random = new Random(1);
    for (int round = 0; round < 20; round++) {
      double[] p = NextTokens.logProbabilities(random.doubles(50, -80, 80).toArray());
      double[] q = NextTokens.logProbabilities(random.doubles(50, -80, 80).toArray());
      double cross = 0;
      for (int i = 0; i < p.length; i++) {
        cross -= Math.exp(p[i]) * q[i];
      }
      assertThat(NextTokens.entropy(p) + NextTokens.divergence(p, q))
          .isCloseTo(cross, within(1e-9));
      assertThat(NextTokens.divergence(p, q)).isPositive();
    }
  }

  @Test
  void logitsMovedTogetherAreTheSameDistribution() {
    double[] near = NextTokens.logProbabilities(new double[] {1, 2, 3});
    double[] far = NextTokens.logProbabilities(new double[] {1e6 + 1, 1e6 + 2, 1e6 + 3});
    assertThat(near).containsExactly(far, within(1e-9));
    assertThat(NextTokens.best(near)).isEqualTo(2);
  }
}
