package dev.stemma.cli;

import dev.stemma.analysis.training.CheckpointTrail;
import dev.stemma.analysis.training.Examination;
import dev.stemma.analysis.training.Finding;
import dev.stemma.analysis.training.RunComparison;
import dev.stemma.evidence.Figure;
import dev.stemma.report.FiguresPage;
import dev.stemma.report.Report.Claim;
import dev.stemma.report.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The findings of training logs as a page of figures.
 *
 * @param json the same as the command prints it
 */
record TrainlogReport(
    List<Examination> runs, List<RunComparison> comparisons, List<Claim> claims, String json) {
  private static final List<String> SENTENCES =
      List.of(
          "A log is what its makers hand in: the checks find contradictions, and their absence"
              + " proves nothing.",
          "New embeddings on a trained body also start near ln V, so a random start is only"
              + " consistent with training from scratch.");

  FiguresPage page(Texts texts) {
    List<Figure> figures = new ArrayList<>();
    for (Examination run : runs) {
      String name = run.run().log().name();
      List<List<String>> rows = new ArrayList<>();
      rows.add(List.of("start", texts.phrase(run.start().key()), "", ""));
      for (Finding finding : run.findings()) {
        Double figure = finding.figure();
        rows.add(
            List.of(
                finding.id(),
                texts.phrase(finding.outcome().key()),
                figure == null ? "" : String.format(Locale.ROOT, "%.4g", figure),
                finding.why()));
      }
      figures.add(
          new Figure.Table(
              "Checks of " + name, List.of("check", "outcome", "figure", "why"), rows));
      figures.add(run.curve());
      if (run.run().checkpoints().points().size() > 1) {
        figures.add(trail(run.run().checkpoints()));
      }
    }
    if (!comparisons.isEmpty()) {
      figures.add(
          new Figure.Table(
              "Runs compared",
              List.of("runs", "correlation of the noise", "why"),
              comparisons.stream()
                  .map(comparison ->
                      List.of(
                          comparison.a() + ", " + comparison.b(),
                          String.format(Locale.ROOT, "%.3f", comparison.correlation()),
                          comparison.why()))
                  .toList()));
    }
    if (!claims.isEmpty()) {
      figures.add(
          new Figure.Table(
              "Claims",
              List.of("claim", "outcome", "why"),
              claims.stream()
                  .map(claim ->
                      List.of(
                          claim.claim(),
                          texts.get("outcome." + claim.outcome().key()),
                          String.join("; ", claim.because())))
                  .toList()));
    }
    return new FiguresPage(
        texts.get("trainlog.title", runs.getFirst().run().log().name()), figures, SENTENCES, json);
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
}
