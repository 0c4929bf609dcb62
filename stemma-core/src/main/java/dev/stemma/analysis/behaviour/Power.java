package dev.stemma.analysis.behaviour;

import org.apache.commons.statistics.distribution.BinomialDistribution;

/** What the paired test would have seen. */
final class Power {
  private static final double WANTED = 0.8;

  private Power() {}

  /**
   * The smallest lead in agreement over the control, as a share of the prompts, that would have
   * been seen in four of five such runs; 1 where no lead would.
   *
   * @param discordant prompts on which just one of the two agrees
   * @param log10level the level of the test
   */
  static double visibleLead(int prompts, int discordant, double log10level) {
    if (prompts == 0) {
      return 1;
    }
    int needed = discordant;
    while (needed > 0 && McNemar.log10p(needed - 1, discordant - needed + 1) <= log10level) {
      needed--;
    }
    if (McNemar.log10p(needed, discordant - needed) > log10level) {
      return 1;
    }
    double low = 0.5;
    double high = 1;
    for (int step = 0; step < 40; step++) {
      double share = (low + high) / 2;
      double seen = BinomialDistribution.of(discordant, share).survivalProbability(needed - 1);
      if (seen >= WANTED) {
        high = share;
      } else {
        low = share;
      }
    }
    return (2 * high - 1) * discordant / prompts;
  }
}
