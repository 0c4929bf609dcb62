package dev.stemma.analysis.training;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The learning rate tells where in its schedule a log begins: a linear warm-up is 0 at step 0, and
 * a cosine begins flat. A warm-up that is 0 elsewhere, or a bent decay that begins steep, shows
 * that the head was cut and the steps renumbered.
 */
final class SchedulePhase implements Sign.Search {
  private static final double MARGIN = 0.2;

  @Override
  public Optional<Sign> in(Run run) {
    List<LogRow> rows =
        run.log().rows().stream().filter(row -> !Double.isNaN(row.learningRate())).toList();
    if (rows.size() < 6) {
      return Optional.empty();
    }
    double[] steps = rows.stream().mapToDouble(LogRow::step).toArray();
    double[] rates = rows.stream().mapToDouble(LogRow::learningRate).toArray();
    int peak = 0;
    for (int index = 1; index < rates.length; index++) {
      peak = rates[index] > rates[peak] ? index : peak;
    }
    return peak >= 2 ? warmup(rows, steps, rates, peak) : decay(steps, rates);
  }

  private static Optional<Sign> warmup(
      List<LogRow> rows, double[] steps, double[] rates, int peak) {
    int end = 0;
    while (end < peak && end < 500 && rates[end] < 0.8 * rates[peak]) {
      end++;
    }
    if (end < 2) {
      return Optional.empty();
    }
    Series.Line line =
        Series.line(
            java.util.Arrays.copyOf(steps, end + 1), java.util.Arrays.copyOf(rates, end + 1));
    double rounding = 3 * Series.quantum(rates);
    if (line.slope() <= 0 || line.largestResidual() > 0.02 * rates[peak] + rounding) {
      return Optional.empty();
    }
    double zero = -line.intercept() / line.slope();
    double allowed =
        2 + StepGrid.gap(rows) + rounding / line.slope() + 0.02 * (steps[peak] - steps[0]);
    return zero <= allowed
        ? Optional.empty()
        : Optional.of(
            new Sign(
                "schedule phase",
                Outcome.WARNING,
                zero,
                String.format(
                    Locale.ROOT,
                    "the warm-up begins at step %.0f, not at 0: as if the steps had been moved.",
                    zero)));
  }

  private static Optional<Sign> decay(double[] steps, double[] rates) {
    int count = rates.length;
    int from = rates[0] < rates[1] ? 1 : 0;
    double[] slopes = new double[count - 1 - from];
    double steepest = 0;
    int steepestAt = 0;
    for (int index = 0; index < slopes.length; index++) {
      int row = from + index;
      slopes[index] = (rates[row] - rates[row + 1]) / (steps[row + 1] - steps[row]);
      if (slopes[index] > steepest) {
        steepest = slopes[index];
        steepestAt = index;
      }
    }
    double last = slopes[slopes.length - 1];
    boolean bell =
        steepestAt > 0 && steepestAt < slopes.length - 1 && last < 0.8 * steepest && last >= 0;
    boolean rises = slopes[0] < 0.97 * steepest;
    double share = slopes[0] / steepest;
    // A whole cosine falls so steeply where its first two rows lie, if it ends with the log.
    double whole = Math.sin(Math.PI * 0.5 * (steps[from] + steps[from + 1]) / steps[count - 1]);
    if (steepest <= 0
        || !bell
        || !rises
        || share <= whole + MARGIN
        || !unimodal(slopes, steepestAt)) {
      return Optional.empty();
    }
    return Optional.of(
        new Sign(
            "schedule phase",
            Outcome.WARNING,
            share,
            String.format(
                Locale.ROOT,
                "the learning rate begins at %.4g in the middle of a cosine decay (%.2f of its"
                    + " steepest fall): the head is missing.",
                rates[0],
                share)));
  }

  /** Rises to one place and falls behind it, up to a twentieth of the top. */
  private static boolean unimodal(double[] values, int top) {
    double slack = 0.05 * values[top];
    for (int index = 0; index + 1 < values.length; index++) {
      double change = values[index + 1] - values[index];
      if (index < top ? change < -slack : change > slack) {
        return false;
      }
    }
    return true;
  }
}
