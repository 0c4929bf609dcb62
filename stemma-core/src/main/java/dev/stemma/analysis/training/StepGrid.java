package dev.stemma.analysis.training;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Programs log and evaluate at multiples of an interval (counted from 0 or 1). Steps that were
 * moved stand beside that grid; rows that were cut out leave a hole in it.
 */
final class StepGrid implements Sign.Search {
  @Override
  public Optional<Sign> in(Run run) {
    TrainingLog log = run.log();
    long[] held = log.evaluations().stream().mapToLong(Evaluation::step).toArray();
    Optional<Sign> sign = beside(held, log.stated("eval_steps"), "evaluations", 0.6);
    if (sign.isPresent()) {
      return sign;
    }
    long[] steps = log.rows().stream().mapToLong(LogRow::step).toArray();
    sign = beside(steps, log.stated("logging_steps"), "rows", 0.9);
    return sign.isPresent() || log.stride() > 1 ? sign : hole(steps);
  }

  private static Optional<Sign> beside(
      long[] steps, OptionalDouble stated, String what, double leastShare) {
    if (steps.length < 4) {
      return Optional.empty();
    }
    Series.Grid grid = Series.grid(steps);
    boolean isStated = stated.isPresent() && stated.getAsDouble() >= 1;
    long gap = isStated ? (long) stated.getAsDouble() : grid.gap();
    if (gap < 2 || grid.share() < leastShare || gap != grid.gap()) {
      return Optional.empty();
    }
    Map<Long, Integer> remainders = new HashMap<>();
    for (long step : steps) {
      remainders.merge(step % gap, 1, Integer::sum);
    }
    var most = remainders.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
    long remainder = most.getKey();
    boolean usual = remainder == 0 || (!isStated && (remainder == 1 || remainder == gap - 1));
    if (usual || most.getValue() < 0.6 * steps.length) {
      return Optional.empty();
    }
    return Optional.of(
        new Sign(
            "shifted steps",
            Outcome.WARNING,
            remainder,
            String.format(
                Locale.ROOT,
                "%s come every %d steps but at remainder %d: as if the steps had been moved.",
                what,
                gap,
                remainder)));
  }

  private static Optional<Sign> hole(long[] steps) {
    Series.Grid grid = Series.grid(steps);
    if (steps.length < 20 || grid.share() < 0.95) {
      return Optional.empty();
    }
    for (int index = 1; index < steps.length; index++) {
      long gap = steps[index] - steps[index - 1];
      if (gap > 3 * grid.gap()) {
        return Optional.of(
            new Sign(
                "missing steps",
                Outcome.WARNING,
                gap,
                "between steps "
                    + steps[index - 1]
                    + " and "
                    + steps[index]
                    + " no row stands, though rows come every "
                    + grid.gap()
                    + "."));
      }
    }
    return Optional.empty();
  }

  /** The usual distance of a log's rows. */
  static long gap(List<LogRow> rows) {
    return Math.max(1, Series.grid(rows.stream().mapToLong(LogRow::step).toArray()).gap());
  }
}
