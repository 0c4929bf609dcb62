package dev.stemma.analysis.behaviour;

import org.apache.commons.numbers.gamma.LogBeta;

/** The lower tail of a beta distribution, as a logarithm that does not underflow. */
final class BetaTail {
  private static final int MOST_TERMS = 1_000_000;

  private BetaTail() {}

  /** log10 P(X &lt;= x), by the rising series, all of whose terms are positive. */
  static double log10(double x, double a, double b) {
    if (x <= 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (x >= 1) {
      return 0;
    }
    double term = 1;
    double sum = 1;
    for (int k = 0; k < MOST_TERMS && (term > 1e-16 * sum || k < a + b); k++) {
      term *= x * (a + b + k) / (a + 1 + k);
      sum += term;
      if (!Double.isFinite(sum)) {
        return 0;
      }
    }
    double log =
        a * Math.log(x) + b * Math.log1p(-x) - Math.log(a) - LogBeta.value(a, b) + Math.log(sum);
    return Math.min(0, log / Math.log(10));
  }
}
