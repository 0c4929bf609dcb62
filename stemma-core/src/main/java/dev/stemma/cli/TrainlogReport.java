package dev.stemma.cli;

import dev.stemma.analysis.training.CheckpointTrail;
import dev.stemma.analysis.training.Examination;
import dev.stemma.analysis.training.Finding;
import dev.stemma.analysis.training.Outcome;
import dev.stemma.analysis.training.RunComparison;
import dev.stemma.artifact.Component;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.NotApplicable;
import dev.stemma.report.Report;
import dev.stemma.report.ToolVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** The findings of training logs as a report that every format can write. */
final class TrainlogReport {
  private TrainlogReport() {}

  static Report of(String command, List<Examination> runs, List<RunComparison> comparisons) {
    List<Evidence> evidence = new ArrayList<>();
    for (Examination run : runs) {
      for (Finding finding : run.findings()) {
        evidence.add(evidence(run, finding));
      }
    }
    for (RunComparison comparison : comparisons) {
      evidence.add(
          Measured.of("training.runs", Component.TRAINING_LOG)
              .statistic("correlation of the noise", comparison.correlation(), null)
              .nullHypothesis("independent runs: the noise of the losses is not correlated")
              .caveats(comparison.a() + " and " + comparison.b() + ": " + comparison.why())
              .build());
    }
    Report.Subject last = subject(runs.getLast());
    return new Report(
        ToolVersion.VERSION,
        command,
        subject(runs.getFirst()),
        last,
        List.of(),
        List.of(),
        null,
        evidence,
        List.of(),
        new TreeMap<>());
  }

  private static Evidence evidence(Examination run, Finding finding) {
    String id = "training." + finding.id();
    if (finding.outcome() == Outcome.NOT_APPLICABLE) {
      return new NotApplicable(id, Component.TRAINING_LOG, finding.why());
    }
    Measured.Builder builder =
        Measured.of(id, Component.TRAINING_LOG)
            .nullHypothesis(finding.nullHypothesis())
            .caveats(
                run.run().log().name() + ": " + finding.outcome().key() + ". " + finding.why());
    if (finding.figure() != null) {
      builder.statistic(finding.figureName(), finding.figure(), null);
    }
    return switch (finding.id()) {
      case "initial-loss" -> builder.figures(run.curve()).build();
      case "checkpoints" -> builder.figures(trail(run.run().checkpoints())).build();
      default -> builder.build();
    };
  }

  private static Figure trail(CheckpointTrail trail) {
    return new Figure.Curves(
        "Checkpoints",
        "step",
        "over the first checkpoint's norm",
        trail.points().stream().map(point -> (double) point.step()).toList(),
        List.of(
            new Figure.Series(
                "distance from the first",
                trail.points().stream().map(CheckpointTrail.Point::distance).toList()),
            new Figure.Series(
                "norm",
                trail.points().stream()
                    .map(point -> point.norm() / trail.points().getFirst().norm())
                    .toList())));
  }

  private static Report.Subject subject(Examination run) {
    return new Report.Subject(
        run.run().log().name(),
        run.run().log().name(),
        "",
        "",
        0,
        List.of("start: " + run.start().key()));
  }
}
