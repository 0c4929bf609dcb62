package dev.stemma.analysis.training;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Gradient norms that follow the loss's noise exactly were computed from it. */
final class GradientTwin implements Sign.Search {
  private static final double TWIN = 0.97;

  @Override
  public Optional<Sign> in(Run run) {
    List<LogRow> rows =
        run.log().rows().stream().filter(row -> !Double.isNaN(row.gradientNorm())).toList();
    if (rows.size() < 30) {
      return Optional.empty();
    }
    List<LogRow> later = rows.subList(rows.size() / 10, rows.size());
    double correlation =
        Series.correlation(
            Series.roughness(later.stream().mapToDouble(LogRow::loss).toArray()),
            Series.roughness(later.stream().mapToDouble(LogRow::gradientNorm).toArray()));
    return Math.abs(correlation) <= TWIN
        ? Optional.empty()
        : Optional.of(
            new Sign(
                "gradient norm",
                Outcome.WARNING,
                correlation,
                String.format(
                    Locale.ROOT,
                    "it follows the noise of the loss with correlation %.3f, as if computed from"
                        + " it.",
                    correlation)));
  }
}
