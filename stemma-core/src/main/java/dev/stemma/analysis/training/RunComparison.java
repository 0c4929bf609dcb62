package dev.stemma.analysis.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Question: do two logs come from one run, one start or one order of data? Statistics: number of
 * equal rows at the beginning; correlation of the losses' roughness (second differences) at equal
 * steps and at small shifts. Null: independent noise, for which the correlation is normal with
 * deviation about sqrt(1.94 / n).
 *
 * @param sharedPrefix rows that are equal from the first on
 * @param shift steps by which the second log must be moved for the largest correlation
 * @param standardScore of that correlation under the null, after the number of shifts tried
 */
public record RunComparison(
    String a,
    String b,
    int sharedPrefix,
    int commonSteps,
    double correlation,
    int shift,
    double standardScore,
    String why) {
  private static final int LARGEST_SHIFT = 8;
  private static final int LEAST_ROWS = 50;

  /** Variance factor of the correlation of second differences of white noise. */
  private static final double VARIANCE = 1 + 2 * (4.0 / 9 + 1.0 / 36);

  private static final double REMARKABLE = 6;

  /** Compares two logs. */
  public static RunComparison of(TrainingLog a, TrainingLog b) {
    int prefix = 0;
    int least = Math.min(a.rows().size(), b.rows().size());
    while (prefix < least
        && a.rows().get(prefix).step() == b.rows().get(prefix).step()
        && a.rows().get(prefix).loss() == b.rows().get(prefix).loss()) {
      prefix++;
    }
    Map<Long, Double> roughOfA = roughness(a);
    Map<Long, Double> roughOfB = roughness(b);
    long gap = Math.max(StepGrid.gap(a.rows()), StepGrid.gap(b.rows()));
    double best = 0;
    double bestScore = 0;
    int bestShift = 0;
    int common = 0;
    for (int shift = -LARGEST_SHIFT; shift <= LARGEST_SHIFT; shift++) {
      List<Double> left = new ArrayList<>();
      List<Double> right = new ArrayList<>();
      for (var entry : roughOfA.entrySet()) {
        Double other = roughOfB.get(entry.getKey() - shift * gap);
        if (other != null) {
          left.add(entry.getValue());
          right.add(other);
        }
      }
      int size = left.size();
      common = shift == 0 ? size : common;
      if (size < LEAST_ROWS) {
        continue;
      }
      double correlation =
          Series.correlation(
              left.stream().mapToDouble(Double::doubleValue).toArray(),
              right.stream().mapToDouble(Double::doubleValue).toArray());
      double score = correlation / Math.sqrt(VARIANCE / size);
      if (Math.abs(score) > Math.abs(bestScore)) {
        best = correlation;
        bestScore = score;
        bestShift = shift;
      }
    }
    return new RunComparison(
        a.name(),
        b.name(),
        prefix,
        common,
        best,
        (int) (bestShift * gap),
        bestScore,
        sentence(prefix, least, common, best, (int) (bestShift * gap), bestScore));
  }

  private static String sentence(
      int prefix, int least, int common, double correlation, int shift, double score) {
    String shared =
        prefix == 0
            ? "No row at the beginning is equal."
            : prefix == least
                ? "All rows of the shorter log are equal: one log is part of the other."
                : "The first " + prefix + " rows are equal: a shared beginning.";
    if (common < LEAST_ROWS) {
      return shared + " Too few common steps to compare the noise.";
    }
    return shared
        + String.format(
            Locale.ROOT,
            score > REMARKABLE
                ? " The noise is correlated (r = %.3f at a shift of %d steps, %.0f standard"
                    + " deviations): the same data in the same order, at least in part."
                : " The noise is not correlated beyond chance (largest r = %.3f at a shift of %d"
                    + " steps, %.1f standard deviations).",
            correlation,
            shift,
            score);
  }

  private static Map<Long, Double> roughness(TrainingLog log) {
    TreeMap<Long, Double> rough = new TreeMap<>();
    List<LogRow> rows = log.rows();
    long gap = StepGrid.gap(rows);
    for (int index = rows.size() / 20 + 1; index + 1 < rows.size(); index++) {
      LogRow before = rows.get(index - 1);
      LogRow row = rows.get(index);
      LogRow after = rows.get(index + 1);
      if (row.step() - before.step() == gap && after.step() - row.step() == gap) {
        rough.put(row.step(), before.loss() - 2 * row.loss() + after.loss());
      }
    }
    return rough;
  }
}
