package dev.stemma.analysis.training;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.apache.commons.statistics.distribution.ContinuousDistribution;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.distribution.TruncatedNormalDistribution;
import org.apache.commons.statistics.distribution.UniformContinuousDistribution;

/**
 * How the matrices before the first step are distributed: each against the laws that libraries draw
 * weights from (normal, normal cut at two or three standard deviations, uniform), at the matrix's
 * own standard deviation.
 *
 * @param matrix the one that lies farthest from every law
 * @param law its nearest law
 * @param distance its Kolmogorov-Smirnov distance from that law, 0 to 1
 * @param bound the largest distance that its sample size explains
 * @param drawn matrices that were tested; constant ones (zeros, as some output projections begin)
 *     are none of them
 * @param declared standard deviation that the configuration or the claims state
 * @param asDeclared of the tested matrices, those within 5% of it, or of it over sqrt(2 layers)
 */
public record Initialisation(
    String matrix,
    String law,
    double distance,
    double bound,
    int drawn,
    OptionalDouble declared,
    int asDeclared) {
  private static final double NEAR = 0.05;

  /** Values rounded to bfloat16 lie this far from the law they were drawn from, and farther. */
  private static final double ROUNDING = 0.015;

  /** Of a hundred thousand samples from the law, one lies farther (Kolmogorov's distribution). */
  private static final double RARE = 2.5;

  /**
   * One matrix against its nearest law.
   *
   * @param standardDeviation of the sample
   */
  public record Fit(
      String matrix, String law, double distance, double bound, double standardDeviation) {
    /**
     * Fits a sample of a matrix; nothing where it is constant or holds fewer than 64 values.
     *
     * @param values in any order; they are sorted
     */
    public static List<Fit> of(String matrix, float... values) {
      double[] sorted = new double[values.length];
      double sum = 0;
      for (int i = 0; i < values.length; i++) {
        sorted[i] = values[i];
        sum += values[i];
      }
      Arrays.sort(sorted);
      double mean = sum / values.length;
      double squares = 0;
      for (double value : sorted) {
        squares += (value - mean) * (value - mean);
      }
      double deviation = Math.sqrt(squares / values.length);
      if (values.length < 64 || !(deviation > 0) || !Double.isFinite(deviation)) {
        return List.of();
      }
      Fit best = null;
      for (Law law : Law.values()) {
        double distance = kolmogorovSmirnov(sorted, law.at(deviation));
        if (best == null || distance < best.distance) {
          double bound = ROUNDING + RARE / Math.sqrt(values.length);
          best = new Fit(matrix, law.words, distance, bound, deviation);
        }
      }
      return best == null ? List.of() : List.of(best);
    }

    private double excess() {
      return distance / bound;
    }
  }

  private enum Law {
    NORMAL("normal") {
      @Override
      ContinuousDistribution at(double deviation) {
        return NormalDistribution.of(0, deviation);
      }
    },
    CUT_AT_TWO("normal cut at 2 standard deviations") {
      @Override
      ContinuousDistribution at(double deviation) {
        return cut(2, deviation / 0.8796256610342398);
      }
    },
    CUT_AT_THREE("normal cut at 3 standard deviations") {
      @Override
      ContinuousDistribution at(double deviation) {
        return cut(3, deviation / 0.9865784900);
      }
    },
    UNIFORM("uniform") {
      @Override
      ContinuousDistribution at(double deviation) {
        double end = Math.sqrt(3) * deviation;
        return UniformContinuousDistribution.of(-end, end);
      }
    };

    private final String words;

    Law(String words) {
      this.words = words;
    }

    abstract ContinuousDistribution at(double deviation);

    private static ContinuousDistribution cut(double at, double parent) {
      return TruncatedNormalDistribution.of(0, parent, -at * parent, at * parent);
    }
  }

  /**
   * Puts the fits of all matrices together.
   *
   * @param fits at least one
   * @param declared standard deviation stated for the initialisation, if any is
   * @param layers of the model, for output projections that begin smaller (Radford et al. 2019)
   */
  public static Initialisation of(List<Fit> fits, OptionalDouble declared, int layers) {
    Fit worst = fits.stream().max((x, y) -> Double.compare(x.excess(), y.excess())).orElseThrow();
    int asDeclared = 0;
    for (Fit fit : fits) {
      double ratio = fit.standardDeviation / declared.orElse(Double.NaN);
      boolean near =
          Math.abs(ratio - 1) < NEAR || Math.abs(ratio * Math.sqrt(2.0 * layers) - 1) < NEAR;
      asDeclared += near ? 1 : 0;
    }
    return new Initialisation(
        worst.matrix, worst.law, worst.distance, worst.bound, fits.size(), declared, asDeclared);
  }

  /** Whether every matrix follows one of the laws. */
  public boolean follows() {
    return distance <= bound;
  }

  /** In words. */
  public String sentence() {
    String laws =
        String.format(
            Locale.ROOT,
            follows()
                ? "step 0: all %d matrices follow a law of initialisation (farthest: %s, KS %.4f"
                    + " from a %s law, bound %.4f)"
                : "step 0: of %d matrices the farthest, %s, has KS %.4f from its nearest law of"
                    + " initialisation, the %s one (bound %.4f)",
            drawn,
            matrix,
            distance,
            law,
            bound);
    return declared.isEmpty()
        ? laws
        : laws
            + String.format(
                Locale.ROOT,
                "; %d of them have the declared standard deviation %.4g (or that over the root of"
                    + " twice the layers)",
                asDeclared,
                declared.getAsDouble());
  }

  private static double kolmogorovSmirnov(double[] sorted, ContinuousDistribution law) {
    double largest = 0;
    int n = sorted.length;
    for (int i = 0; i < n; i++) {
      double probability = law.cumulativeProbability(sorted[i]);
      // Equal values are one step of the empirical distribution.
      boolean lastOfEqual = i + 1 == n || sorted[i + 1] > sorted[i];
      boolean firstOfEqual = i == 0 || sorted[i - 1] < sorted[i];
      if (lastOfEqual) {
        largest = Math.max(largest, (i + 1.0) / n - probability);
      }
      if (firstOfEqual) {
        largest = Math.max(largest, probability - (double) i / n);
      }
    }
    return largest;
  }
}
