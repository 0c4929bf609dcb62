package dev.stemma.analysis.training;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Question: does the curve fall as one training run falls? Statistic: relative error with which a
 * power law, fitted on 10-60% of the rows, predicts the median of the last tenth. Null: one run of
 * one model on one kind of data (Kaplan et al. 2020). Fooled by schedules whose last decay lowers
 * the loss, by changes of data.
 */
final class Shape implements Check {
  private static final double TOLERANCE = 0.1;
  private static final int LEAST_ROWS = 30;
  private static final String NULL =
      "one run: E + B s^-beta fitted on 10-60% of the rows predicts the rest within 10%";

  @Override
  public String id() {
    return "shape";
  }

  /** The law fitted on 10-60% of the rows. */
  static Optional<PowerLaw> fit(TrainingLog log) {
    int count = log.rows().size();
    return count < LEAST_ROWS
        ? Optional.empty()
        : PowerLaw.fit(log.steps(), log.losses(), count / 10, count * 6 / 10);
  }

  @Override
  public Finding examine(Run run) {
    TrainingLog log = run.log();
    int count = log.rows().size();
    if (count < LEAST_ROWS) {
      return Finding.notApplicable(
          id(), NULL, "Only " + count + " rows; a fit needs " + LEAST_ROWS + ".");
    }
    Optional<PowerLaw> law = fit(log);
    if (law.isEmpty()) {
      return new Finding(
          id(), Outcome.WARNING, null, "", NULL, "The loss does not fall as a power law falls.");
    }
    double[] losses = log.losses();
    double[] steps = log.steps();
    int from = count * 9 / 10;
    double seen = Series.median(Arrays.copyOfRange(losses, from, count));
    double predicted = law.get().at(Series.median(Arrays.copyOfRange(steps, from, count)));
    double error = (seen - predicted) / Math.abs(predicted);
    return new Finding(
        id(),
        Math.abs(error) <= TOLERANCE ? Outcome.CONSISTENT : Outcome.WARNING,
        error,
        "error of the predicted final loss (share)",
        NULL,
        String.format(
            Locale.ROOT,
            "%.3f + %.3f s^-%.3f, fitted on 10-60%%, predicts %.3f for the last tenth; it is %.3f"
                + " (%+.1f%%).",
            law.get().floor(),
            law.get().scale(),
            law.get().exponent(),
            predicted,
            seen,
            100 * error));
  }
}
