package dev.stemma.analysis.training;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** The file states how many steps were run; its rows should end there. */
final class StatedSteps implements Sign.Search {
  @Override
  public Optional<Sign> in(Run run) {
    OptionalDouble stated = run.log().stated("global_step");
    List<LogRow> rows = run.log().rows();
    if (stated.isEmpty() || stated.getAsDouble() < 1) {
      return Optional.empty();
    }
    long last = rows.getLast().step();
    double missing = stated.getAsDouble() - last;
    long gap = StepGrid.gap(rows);
    if (missing >= 0 && missing < Math.max(2, gap)) {
      return Optional.empty();
    }
    return Optional.of(
        new Sign(
            "stated steps",
            Outcome.CONTRADICTION,
            missing,
            String.format(
                Locale.ROOT,
                "the file states %.0f steps, its rows end at step %d.",
                stated.getAsDouble(),
                last)));
  }
}
