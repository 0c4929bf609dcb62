package dev.stemma.analysis.training;

import java.util.Locale;
import java.util.Optional;

/**
 * Question: does the loss begin where a model that knows nothing begins? Statistic: first loss less
 * ln V. Null: random initialisation, for which E[L0] = ln V + sigma^2 / 2, so L0 is at least ln V
 * up to noise (1,279 from-scratch logs: least excess -0.001). One-sided. Fooled by new embeddings
 * on a pretrained body, by a summed or scaled loss, and by another objective.
 */
final class InitialLoss implements Check {
  static final double SLACK = 0.02;
  static final double DERIVED_SHARE = 0.9;
  static final double LARGEST_SHARE = 3;
  private static final String NULL =
      "random initialisation: the first cross-entropy is at least ln V - 0.02 nats";

  @Override
  public String id() {
    return "initial-loss";
  }

  @Override
  public Finding examine(Run run) {
    Optional<TrainingLog.Start> start = run.log().start();
    if (start.isEmpty()) {
      return Finding.notApplicable(id(), NULL, "The log holds no row with a loss.");
    }
    if (run.uniformLoss().isEmpty()) {
      return Finding.notApplicable(id(), NULL, "The size of the vocabulary is not known.");
    }
    String other = run.otherLoss();
    double uniform = run.uniformLoss().getAsDouble();
    double loss = start.get().loss();
    double excess = loss - uniform;
    if (!other.isEmpty()) {
      return Finding.notApplicable(
          id(), NULL, "The loss cannot be held against ln V: " + other + ".");
    }
    String seen =
        String.format(
            Locale.ROOT,
            "The first %s loss is %.4f at step %d, ln V is %.4f",
            start.get().source(),
            loss,
            start.get().step(),
            uniform);
    if (loss > LARGEST_SHARE * uniform) {
      return finding(
          Outcome.WARNING,
          excess,
          seen + ": over three times ln V, so the loss may be summed, scaled or in another unit.");
    }
    if (excess >= -SLACK) {
      return neverLearns(run, uniform)
          ? finding(
              Outcome.WARNING,
              excess,
              seen
                  + ", but the loss then stays above 0.9 ln V: a scaled loss of a trained model can"
                  + " look like this.")
          : finding(
              Outcome.CONSISTENT,
              excess,
              seen
                  + ": where random initialisation starts (and new embeddings on a trained body"
                  + " too).");
    }
    if (start.get().isDirect()) {
      boolean far = loss < DERIVED_SHARE * uniform;
      return finding(
          far ? Outcome.CONTRADICTION : Outcome.WARNING,
          excess,
          seen
              + (far
                  ? ": the model knew the language before this training."
                  : ": a little below what random initialisation gives."));
    }
    return Finding.notApplicable(
        id(),
        NULL,
        seen + ", but that row is a later or an averaged one and says nothing of the start.");
  }

  private static boolean neverLearns(Run run, double uniform) {
    var rows = run.log().rows();
    return rows.size() >= 30
        && rows.getLast().step() >= 200
        && run.finalLoss() > DERIVED_SHARE * uniform;
  }

  private Finding finding(Outcome outcome, double excess, String why) {
    return new Finding(id(), outcome, excess, "first loss less ln V (nats)", NULL, why);
  }
}
