package dev.stemma.analysis.training;

import java.util.List;
import java.util.Locale;

/**
 * Question: do the checkpoints lie on one path from the declared initialisation to the release?
 * Statistic: largest step-to-step change of the distance from the first, over the whole; KS
 * distance of the first from an initialisation law; equality of the last with the release. Null:
 * one run.
 */
final class Checkpoints implements Check {
  private static final String NULL =
      "one run: distance from the first checkpoint grows smoothly, and the last is the release";

  @Override
  public String id() {
    return "checkpoints";
  }

  @Override
  public Finding examine(Run run) {
    CheckpointTrail trail = run.checkpoints();
    List<CheckpointTrail.Point> points = trail.points();
    if (points.isEmpty()) {
      return Finding.notApplicable(id(), NULL, "No sequence of checkpoints was given.");
    }
    if (Boolean.FALSE.equals(trail.releaseMatches())) {
      return finding(
          Outcome.CONTRADICTION,
          points.getLast().distance(),
          "the last checkpoint's tensors are not those of the released model.");
    }
    Initialisation initialisation = trail.initialisation();
    if (initialisation != null && !initialisation.follows()) {
      return finding(
          Outcome.CONTRADICTION, initialisation.distance(), initialisation.sentence() + ".");
    }
    if (initialisation != null
        && initialisation.declared().isPresent()
        && initialisation.asDeclared() == 0) {
      return finding(Outcome.WARNING, initialisation.distance(), initialisation.sentence() + ".");
    }
    for (int index = 2; index < points.size(); index++) {
      double before = points.get(index - 1).distance();
      double now = points.get(index).distance();
      if (now < 0.8 * before) {
        return finding(
            Outcome.WARNING,
            now,
            String.format(
                Locale.ROOT,
                "step %d lies nearer to the first checkpoint (%.3f) than step %d does (%.3f).",
                points.get(index).step(),
                now,
                points.get(index - 1).step(),
                before));
      }
    }
    return finding(
        Outcome.CONSISTENT,
        points.getLast().distance(),
        String.format(
            Locale.ROOT,
            "the distance from the first grows to %.3f of its norm over %d checkpoints%s%s.",
            points.getLast().distance(),
            points.size(),
            initialisation == null ? "" : "; " + initialisation.sentence(),
            trail.releaseMatches() == null ? "" : "; the last is the release"));
  }

  private Finding finding(Outcome outcome, double figure, String why) {
    return new Finding(
        id(), outcome, figure, "distance from the first checkpoint", NULL, "In sequence: " + why);
  }
}
