package dev.stemma.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stemma.lab.bench.Metrics.Scored;
import dev.stemma.lab.bench.Metrics.Tail;
import dev.stemma.lab.bench.Metrics.TailShare;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private static List<Scored> scores(double[] related, double[] unrelated) {
    List<Scored> scores = new ArrayList<>();
    for (double score : related) {
      scores.add(new Scored(score, true));
    }
    for (double score : unrelated) {
      scores.add(new Scored(score, false));
    }
    return scores;
  }

  @Test
  void areaIsTheShareOfPairsInOrderWithTiesHalf() {
    // 3 x 2 comparisons: 5 beats both (2); 3 beats 1 and ties 3 (1.5); 2 beats 1 only (1).
    List<Scored> scores = scores(new double[] {5, 3, 2}, new double[] {3, 1});
    assertThat(Metrics.areaUnderCurve(scores)).isCloseTo(4.5 / 6, within(1e-12));
  }

  @Test
  void whatCannotBeSaidRanksLast() {
    // NaN related loses to both; 5 beats both.
    List<Scored> scores = scores(new double[] {5, Double.NaN}, new double[] {3, 1});
    assertThat(Metrics.areaUnderCurve(scores)).isCloseTo(0.5, within(1e-12));
    // A rule that says the same of all pairs knows nothing.
    assertThat(Metrics.areaUnderCurve(scores(new double[] {1, 1}, new double[] {1})))
        .isCloseTo(0.5, within(1e-12));
  }

  @Test
  void truePositivesAtAFalsePositiveRate() {
    // 100 unrelated scores 0..99; 1% allows the score 99 alone, so everything above 98 counts.
    double[] unrelated = new double[100];
    for (int i = 0; i < 100; i++) {
      unrelated[i] = i;
    }
    List<Scored> scores = scores(new double[] {200, 98.5, 98, 50}, unrelated);
    // 98 ties with an unrelated 98: taking it means two false alarms.
    assertThat(Metrics.truePositiveRate(scores, 0.01)).isCloseTo(0.5, within(1e-12));
    assertThat(Metrics.truePositiveRate(scores, 0.02)).isCloseTo(0.75, within(1e-12));
    assertThat(Metrics.truePositiveRate(scores, 0)).isCloseTo(0.25, within(1e-12));
  }

  @Test
  void tailSharesCountAndBootstrapOverModels() {
    // Four models, six pairs; only (0, 1) is at or below .05.
    List<Tail> tails =
        List.of(
            new Tail(0, 1, Math.log10(0.05)),
            new Tail(0, 2, -0.1),
            new Tail(0, 3, -1.2),
            new Tail(1, 2, 0),
            new Tail(1, 3, -0.5),
            new Tail(2, 3, -1.25));
    TailShare share = Metrics.tailShare(tails, 4, 0.05, 2000, new SplittableRandom(1));
    assertThat(share.share()).isCloseTo(1.0 / 6, within(1e-12));
    // A resample without model 0 or 1 has no such pair; one of 0, 0, 1, 1 has nothing else.
    assertThat(share.low()).isZero();
    assertThat(share.high()).isGreaterThan(0.5);
    assertThat(Metrics.tailShare(tails, 4, 0.01, 10, new SplittableRandom(1)).share()).isZero();
  }
}
