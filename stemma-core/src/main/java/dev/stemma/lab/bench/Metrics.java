package dev.stemma.lab.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/** Figures of merit of a score. A score that is NaN ranks below all others. */
public final class Metrics {
  private Metrics() {}

  /** A score with its truth. */
  public record Scored(double score, boolean related) {
    /** Puts "cannot say" below every score. */
    public Scored {
      score = Double.isNaN(score) ? Double.NEGATIVE_INFINITY : score;
    }
  }

  /** One point of the ROC curve. */
  public record RocPoint(double falsePositiveRate, double truePositiveRate) {}

  /** The ROC curve from (0, 0) to (1, 1); equal scores move together. */
  public static List<RocPoint> roc(List<Scored> scores) {
    List<Scored> sorted = new ArrayList<>(scores);
    sorted.sort(Comparator.comparingDouble(Scored::score).reversed());
    long related = scores.stream().filter(Scored::related).count();
    long unrelated = scores.size() - related;
    List<RocPoint> points = new ArrayList<>();
    points.add(new RocPoint(0, 0));
    long hits = 0;
    long alarms = 0;
    for (int i = 0; i < sorted.size(); i++) {
      if (sorted.get(i).related()) {
        hits++;
      } else {
        alarms++;
      }
      boolean last =
          i + 1 == sorted.size()
              || Double.compare(sorted.get(i).score(), sorted.get(i + 1).score()) != 0;
      if (last) {
        points.add(
            new RocPoint(
                unrelated == 0 ? 0 : (double) alarms / unrelated,
                related == 0 ? 0 : (double) hits / related));
      }
    }
    return points;
  }

  /** Area under the ROC curve: a tie counts half. NaN unless both classes are there. */
  public static double areaUnderCurve(List<Scored> scores) {
    long related = scores.stream().filter(Scored::related).count();
    if (related == 0 || related == scores.size()) {
      return Double.NaN;
    }
    double area = 0;
    List<RocPoint> points = roc(scores);
    for (int i = 1; i < points.size(); i++) {
      area +=
          (points.get(i).falsePositiveRate() - points.get(i - 1).falsePositiveRate())
              * (points.get(i).truePositiveRate() + points.get(i - 1).truePositiveRate())
              / 2;
    }
    return area;
  }

  /** Largest true positive rate of any threshold whose false positive rate is at most this. */
  public static double truePositiveRate(List<Scored> scores, double falsePositiveRate) {
    return roc(scores).stream()
        .filter(point -> point.falsePositiveRate() <= falsePositiveRate)
        .mapToDouble(RocPoint::truePositiveRate)
        .max()
        .orElse(0);
  }

  /** Lowest score that as a threshold keeps the false positive rate at or below this. */
  public static double threshold(List<Scored> scores, double falsePositiveRate) {
    List<Double> unrelated =
        scores.stream()
            .filter(each -> !each.related())
            .map(Scored::score)
            .sorted(Comparator.reverseOrder())
            .toList();
    int allowed = (int) Math.floor(falsePositiveRate * unrelated.size());
    return allowed >= unrelated.size()
        ? Double.NEGATIVE_INFINITY
        : Math.nextUp(unrelated.get(allowed));
  }

  /** A p-value of an independent pair, as log10, with the numbers of its two models. */
  public record Tail(int a, int b, double log10p) {}

  /**
   * The share of p-values at or below a level, with a bootstrap over models (pairs share models, so
   * pairs are not independent).
   *
   * @param low 2.5th percentile
   * @param high 97.5th percentile
   */
  public record TailShare(double level, double share, double low, double high) {}

  /** The share at or below a level; a conservative test has at most the level. */
  public static TailShare tailShare(
      List<Tail> tails, int models, double level, int rounds, RandomGenerator random) {
    double log = Math.log10(level);
    long below = tails.stream().filter(tail -> tail.log10p() <= log).count();
    List<Double> shares = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      int[] times = new int[models];
      for (int i = 0; i < models; i++) {
        times[random.nextInt(models)]++;
      }
      double weight = 0;
      double hit = 0;
      for (Tail tail : tails) {
        double both = (double) times[tail.a()] * times[tail.b()];
        weight += both;
        hit += tail.log10p() <= log ? both : 0;
      }
      if (weight > 0) {
        shares.add(hit / weight);
      }
    }
    shares.sort(Comparator.naturalOrder());
    return new TailShare(
        level,
        tails.isEmpty() ? Double.NaN : (double) below / tails.size(),
        quantile(shares, 0.025),
        quantile(shares, 0.975));
  }

  private static double quantile(List<Double> sorted, double share) {
    return sorted.isEmpty()
        ? Double.NaN
        : sorted.get((int) Math.min(sorted.size() - 1L, Math.round(share * (sorted.size() - 1))));
  }
}
