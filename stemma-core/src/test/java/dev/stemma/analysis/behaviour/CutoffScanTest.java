package dev.stemma.analysis.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Answerers with a known cutoff, simulated: 54 months of 12 questions, a guess right in ten. */
class CutoffScanTest {
  private static final YearMonth FIRST = YearMonth.of(2021, 1);
  private static final int MONTHS = 54;

  /** Knowledge ends with {@code last}; it fades in a straight line over so many months before. */
  static List<CutoffScan.Month> answerer(
      int last, int fade, double knows, SplittableRandom random) {
    List<CutoffScan.Month> months = new ArrayList<>();
    for (int month = 0; month < MONTHS; month++) {
      double share =
          fade == 0
              ? (month <= last ? 1 : 0)
              : Math.clamp((last - month) / (double) fade, 0.0, 1.0);
      double chance = 0.1 + (knows - 0.1) * share;
      int right = 0;
      for (int question = 0; question < 12; question++) {
        right += random.nextDouble() < chance ? 1 : 0;
      }
      months.add(new CutoffScan.Month(FIRST.plusMonths(month), 12, right));
    }
    return months;
  }

  private static long months(YearMonth from, YearMonth to) {
    return from.until(to, ChronoUnit.MONTHS);
  }

  @Test
  void aSharpCutoffIsFoundWithinAMonth() {
    SplittableRandom random = new SplittableRandom(1);
    int near = 0;
    int covered = 0;
    for (int trial = 0; trial < 100; trial++) {
      int last = 8 + random.nextInt(MONTHS - 16);
      CutoffScan.Result result =
          CutoffScan.of(answerer(last, 0, 0.75, random.split()), trial).orElseThrow();
      YearMonth truth = FIRST.plusMonths(last);
      near += Math.abs(months(truth, result.last())) <= 1 ? 1 : 0;
      covered += !truth.isBefore(result.low()) && !truth.isAfter(result.high()) ? 1 : 0;
      assertThat(result.p()).isLessThan(0.001);
    }
    assertThat(near).isGreaterThanOrEqualTo(98);
    assertThat(covered).isGreaterThanOrEqualTo(95);
  }

  @Test
  void theIntervalCoversAFadeOfAYear() {
    for (double knows : new double[] {0.9, 0.75, 0.5}) {
      SplittableRandom random = new SplittableRandom(2);
      int covered = 0;
      long bias = 0;
      for (int trial = 0; trial < 100; trial++) {
        int last = 18 + random.nextInt(MONTHS - 26);
        CutoffScan.Result result =
            CutoffScan.of(answerer(last, 12, knows, random.split()), trial).orElseThrow();
        YearMonth truth = FIRST.plusMonths(last);
        bias += months(truth, result.last());
        covered += !truth.isBefore(result.low()) && !truth.isAfter(result.high()) ? 1 : 0;
      }
      assertThat(covered).isGreaterThanOrEqualTo(93);
      assertThat(bias / 100.0).isBetween(-8.0, -3.0);
    }
  }

  @Test
  void answersWithoutACutoffHaveUniformP() {
    SplittableRandom random = new SplittableRandom(3);
    int small = 0;
    for (int trial = 0; trial < 200; trial++) {
      List<CutoffScan.Month> months = answerer(MONTHS, 0, 0.4, random.split());
      small += CutoffScan.of(months, trial).orElseThrow().p() <= 0.05 ? 1 : 0;
    }
    assertThat(small).isLessThanOrEqualTo(19);
  }

  @Test
  void twoMonthsAreTooFew() {
    assertThat(
            CutoffScan.of(
                List.of(
                    new CutoffScan.Month(FIRST, 10, 9),
                    new CutoffScan.Month(FIRST.plusMonths(1), 10, 1),
                    new CutoffScan.Month(FIRST.plusMonths(2), 0, 0)),
                1))
        .isEmpty();
  }
}
