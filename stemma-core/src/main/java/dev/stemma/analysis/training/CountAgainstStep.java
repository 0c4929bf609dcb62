package dev.stemma.analysis.training;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * A count that grows with the steps from nothing (epochs, tokens): its straight line against the
 * step passes through the origin. An intercept tells by how much the steps were moved.
 */
final class CountAgainstStep {
  private static final double STRAIGHT = 0.02;

  private CountAgainstStep() {}

  static Optional<Sign> look(List<LogRow> all, String what, ToDoubleFunction<LogRow> count) {
    List<LogRow> rows =
        all.stream().filter(row -> !Double.isNaN(count.applyAsDouble(row))).toList();
    if (rows.size() < 3) {
      return Optional.empty();
    }
    double[] steps = rows.stream().mapToDouble(LogRow::step).toArray();
    double[] counts = rows.stream().mapToDouble(count).toArray();
    Series.Line line = Series.line(steps, counts);
    double range = counts[counts.length - 1] - counts[0];
    double quantum = Series.quantum(counts);
    double rounding = 2 * Math.min(quantum, Math.abs(range));
    if (line.slope() <= 0 || line.largestResidual() > STRAIGHT * range + rounding) {
      return Optional.empty();
    }
    double shift = line.intercept() / line.slope();
    double allowed =
        Math.max(2, 1.5 * StepGrid.gap(rows))
            + STRAIGHT * (steps[steps.length - 1] - steps[0])
            + rounding / line.slope();
    if (Math.abs(shift) <= allowed) {
      return Optional.empty();
    }
    return Optional.of(
        new Sign(
            what + " against step",
            Outcome.CONTRADICTION,
            shift,
            String.format(
                Locale.ROOT,
                "by the %s, %.0f steps lie before step 0: the steps were renumbered.",
                what,
                shift)));
  }
}
