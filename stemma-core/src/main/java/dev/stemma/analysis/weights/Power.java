package dev.stemma.analysis.weights;

import dev.stemma.numeric.Chance;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * How much of a copy a matching needs to see: the correlation from which so many units find their
 * own number that chance is excluded, where unrelated similarities are normal.
 */
final class Power {
  private static final double ALARM_LOG10P = -6;
  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

  private Power() {}

  /**
   * Smallest correlation that labels would show with two standard deviations to spare.
   *
   * @param queries units that ask
   * @param units units among which each searches
   * @param values numbers that a similarity is made of
   * @param tests by which p-values are multiplied
   */
  static double correlation(int queries, int units, double values, double tests) {
    int needed = 2;
    while (needed < queries
        && Chance.logFixedPoints(needed) + Math.log10(Math.max(1, tests)) >= ALARM_LOG10P) {
      needed++;
    }
    double share = (needed + 2 * Math.sqrt(needed)) / queries;
    if (share >= 1 || units < 2) {
      return 1;
    }
    double highestOfOthers = NORMAL.inverseSurvivalProbability(1.0 / units);
    double own = highestOfOthers + NORMAL.inverseCumulativeProbability(share);
    return Math.clamp(own / Math.sqrt(values), 0.001, 1);
  }
}
