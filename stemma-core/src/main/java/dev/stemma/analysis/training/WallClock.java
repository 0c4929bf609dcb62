package dev.stemma.analysis.training;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Clocks run forward, never evenly to the last digit, and for no longer than the training is said
 * to have taken. A clock that begins anew at a resume is usual. Fooled by logs that hold rounded
 * seconds (too coarse to look even), and by a careful forger.
 */
final class WallClock implements Sign.Search {
  private static final int LEAST_ROWS = 50;

  /** An interval has to be so many units of the last digit before its evenness says anything. */
  private static final double COARSE = 50;

  /** Programs set their stopwatch to 0 after warming up. */
  private static final double RESTART = 0.1;

  private static final double LONGER = 1.05;
  private static final double SECONDS_A_DAY = 86_400;

  @Override
  public Optional<Sign> in(Run run) {
    List<LogRow> rows =
        run.log().rows().stream().filter(row -> !Double.isNaN(row.wallSeconds())).toList();
    if (rows.size() < 3) {
      return Optional.empty();
    }
    return backwards(run, rows).or(() -> even(rows)).or(() -> longer(run, rows));
  }

  private static Optional<Sign> backwards(Run run, List<LogRow> rows) {
    for (int index = 1; index < rows.size(); index++) {
      LogRow before = rows.get(index - 1);
      LogRow now = rows.get(index);
      double back = before.wallSeconds() - now.wallSeconds();
      boolean resumed =
          run.log().resumes().stream().anyMatch(step -> step > before.step() && step <= now.step());
      boolean restarted = now.wallSeconds() < RESTART * before.wallSeconds();
      if (back > 1 && !resumed && !restarted) {
        return Optional.of(
            new Sign(
                "clock",
                Outcome.WARNING,
                back,
                String.format(
                    Locale.ROOT,
                    "at step %d the clock stands %.0f s before that of step %d, and no resume is"
                        + " seen.",
                    now.step(),
                    back,
                    before.step())));
      }
    }
    return Optional.empty();
  }

  /** A program that writes a log by multiplication leaves every step equally long. */
  private static Optional<Sign> even(List<LogRow> rows) {
    if (rows.size() < LEAST_ROWS) {
      return Optional.empty();
    }
    double[] clock = rows.stream().mapToDouble(LogRow::wallSeconds).toArray();
    double quantum = Series.quantum(clock);
    double[] rates = new double[rows.size() - 1];
    double shortest = Double.POSITIVE_INFINITY;
    for (int index = 0; index < rates.length; index++) {
      long steps = rows.get(index + 1).step() - rows.get(index).step();
      if (steps <= 0) {
        return Optional.empty();
      }
      double seconds = clock[index + 1] - clock[index];
      rates[index] = seconds / steps;
      shortest = Math.min(shortest, seconds);
    }
    double middle = Series.median(rates);
    double farthest =
        Arrays.stream(rates).map(rate -> Math.abs(rate - middle)).max().orElse(Double.NaN);
    boolean isFine = shortest > COARSE * quantum;
    if (!isFine || !(farthest <= 2 * quantum)) {
      return Optional.empty();
    }
    return Optional.of(
        new Sign(
            "clock",
            Outcome.WARNING,
            farthest,
            String.format(
                Locale.ROOT,
                "every one of %d intervals takes %.6g s a step to the last digit, as if the clock"
                    + " had been computed.",
                rates.length,
                middle)));
  }

  private static Optional<Sign> longer(Run run, List<LogRow> rows) {
    OptionalDouble days = run.claims().number(Claims.ClaimKey.DAYS);
    double logged = (rows.getLast().wallSeconds() - rows.getFirst().wallSeconds()) / SECONDS_A_DAY;
    if (days.isEmpty() || logged <= LONGER * days.getAsDouble()) {
      return Optional.empty();
    }
    return Optional.of(
        new Sign(
            "clock",
            Outcome.CONTRADICTION,
            logged,
            String.format(
                Locale.ROOT,
                "the log runs over %.1f days, %.1f are claimed.",
                logged,
                days.getAsDouble())));
  }
}
