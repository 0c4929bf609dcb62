package dev.stemma.analysis.training;

import dev.stemma.analysis.training.TrainingLog.Window;
import java.util.Locale;
import java.util.Optional;

/**
 * Question: did training begin with trained weights? Statistic: first loss over ln V, at step 0 or
 * 1 and not averaged. Null: from scratch; below 0.9 it is rejected, up to ln V it is inconclusive.
 * Fooled by an optimizer that learns a tenth of ln V in its first step, by a cut log, by another
 * objective.
 */
final class DerivedStart implements Check {
  /** Below this share even the mean of many first steps of a fresh model does not lie. */
  static final double AVERAGED_SHARE = 0.35;

  private static final String NULL = "from scratch: the first loss is at least 0.9 ln V";

  @Override
  public String id() {
    return "derived-start";
  }

  @Override
  public Finding examine(Run run) {
    Optional<TrainingLog.Start> start = run.log().start();
    if (start.isEmpty() || run.uniformLoss().isEmpty()) {
      return Finding.notApplicable(
          id(), NULL, start.isEmpty() ? "No row has a loss." : "The vocabulary is not known.");
    }
    String other = run.otherLoss();
    if (!other.isEmpty()) {
      return Finding.notApplicable(id(), NULL, "Not a cross-entropy on text: " + other + ".");
    }
    TrainingLog.Start first = start.get();
    double share = first.loss() / run.uniformLoss().getAsDouble();
    boolean perhapsAveraged =
        first.window() == Window.UNKNOWN && first.step() <= 1 && share < AVERAGED_SHARE;
    if (!first.isDirect() && !perhapsAveraged) {
      return Finding.notApplicable(
          id(),
          NULL,
          first.step() > 1
              ? "The log begins at step " + first.step() + ", so the start was not seen."
              : "The first row may be a mean over several steps, so the start was not seen.");
    }
    String figure = String.format(Locale.ROOT, "The first loss is %.2f of ln V", share);
    if (share < InitialLoss.DERIVED_SHARE) {
      return new Finding(
          id(),
          Outcome.CONTRADICTION,
          share,
          "first loss / ln V",
          NULL,
          figure + ": training began with weights that were trained before.");
    }
    boolean below = first.loss() < run.uniformLoss().getAsDouble() - InitialLoss.SLACK;
    return new Finding(
        id(),
        below ? Outcome.WARNING : Outcome.CONSISTENT,
        share,
        "first loss / ln V",
        NULL,
        figure + (below ? ": between a fresh and a trained start." : ": no trained start."));
  }
}
