package dev.stemma;

import dev.stemma.analysis.training.Claims;
import dev.stemma.analysis.training.Examination;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Measured;
import dev.stemma.report.ReportDocument;
import java.nio.file.Path;
import java.time.YearMonth;
import java.util.List;
import java.util.Optional;

/**
 * Claims, and what their makers handed in besides the model's files.
 *
 * @param logs of its training, examined
 * @param cutoff what its answers showed, where it was asked
 */
public record ClaimMaterial(Claims claims, List<Examination> logs, Optional<Cutoff> cutoff) {
  private static final String SCAN = "behaviour.cutoff";

  /** Keeps the list unmodifiable. */
  public ClaimMaterial {
    logs = List.copyOf(logs);
  }

  /**
   * The last month that a model's answers show knowledge of.
   *
   * @param model as it was asked
   */
  public record Cutoff(String model, YearMonth low, YearMonth high) {}

  /**
   * The knowledge-cutoff scan of a report by {@code stemma behave TARGET --report FILE.json}.
   *
   * @throws ArtifactException if it is no report, or nothing in it tells a month
   */
  public static Cutoff cutoff(Path file) {
    ReportDocument report = ReportDocument.read(file);
    for (Evidence evidence : report.evidence()) {
      if (evidence.id().equals(SCAN) && evidence instanceof Measured scan) {
        Optional<YearMonth> low = month(scan.value("cutoff.low", 0));
        Optional<YearMonth> high = month(scan.value("cutoff.high", 0));
        if (low.isPresent() && high.isPresent() && !high.get().isBefore(low.get())) {
          return new Cutoff(report.subjects().getFirst().reference(), low.get(), high.get());
        }
      }
    }
    throw new ArtifactException(
        ErrorCode.BAD_ARGUMENT,
        file.toString(),
        SCAN,
        "a report whose knowledge-cutoff scan names a month",
        "none: it was not asked, or its answers show no clear end",
        "Ask it with: stemma behave MODEL --against X --tests cutoff --report FILE.json");
  }

  /** From a year and month as 202406. */
  private static Optional<YearMonth> month(double number) {
    int year = (int) number / 100;
    int month = (int) number % 100;
    return year >= 1900 && year < 2200 && month >= 1 && month <= 12
        ? Optional.of(YearMonth.of(year, month))
        : Optional.empty();
  }
}
