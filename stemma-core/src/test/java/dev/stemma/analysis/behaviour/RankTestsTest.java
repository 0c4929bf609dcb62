package dev.stemma.analysis.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Rank tests against all orders counted, and on independent values. */
class RankTestsTest {
  @Test
  void equalValuesShareTheirRank() {
    assertThat(RankTests.ranks(new double[] {3, 1, 3, 2})).containsExactly(3.5, 1, 3.5, 2);
  }

  @Test
  void spearmanCountsTheOrders() {
    double[] x = {1, 2, 3, 4, 5};
    // Of 120 orders one is as high as the perfect one, five are at least 0.9.
    assertThat(RankTests.spearman(x, x, 60_000, 1).effect()).isCloseTo(1, within(1e-12));
    assertThat(RankTests.spearman(x, x, 60_000, 1).p()).isCloseTo(1 / 120.0, within(0.0015));
    RankTests.Result near = RankTests.spearman(x, new double[] {1, 2, 3, 5, 4}, 60_000, 1);
    assertThat(near.effect()).isCloseTo(0.9, within(1e-12));
    assertThat(near.p()).isCloseTo(5 / 120.0, within(0.003));
    assertThat(RankTests.spearman(x, new double[5], 10, 1).p()).isEqualTo(1);
  }

  @Test
  void mannWhitneyCountsTheDivisions() {
    RankTests.Result apart =
        RankTests.mannWhitney(new double[] {7, 8, 9}, new double[] {1, 2, 3}, 60_000, 1);
    assertThat(apart.effect()).isCloseTo(1, within(1e-12));
    assertThat(apart.p()).isCloseTo(1 / 20.0, within(0.003));
    assertThat(RankTests.mannWhitney(new double[] {1, 1}, new double[] {1, 1}, 100, 1).effect())
        .isCloseTo(0.5, within(1e-12));
  }

  @Test
  void independentValuesGiveUniformP() {
    Random random = new Random(1);
    int spearman = 0;
    int mannWhitney = 0;
    for (int trial = 0; trial < 1000; trial++) {
      double[] x = random.doubles(25).toArray();
      double[] y = random.doubles(25).toArray();
      spearman += RankTests.spearman(x, y, 199, trial).p() <= 0.05 ? 1 : 0;
      mannWhitney += RankTests.mannWhitney(x, y, 199, trial).p() <= 0.05 ? 1 : 0;
    }
    assertThat(spearman).isBetween(28, 72);
    assertThat(mannWhitney).isBetween(28, 72);
  }
}
