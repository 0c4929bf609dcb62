package dev.stemma.analysis.training;

import java.util.Locale;

/**
 * Question: is the loss lower than any model trained on so few tokens reaches? Statistic: smoothed
 * loss less the data-limited floor 1.6934 + 410.7 / D^0.2849 (Hoffmann et al. 2022). Null: from
 * scratch on D tokens. A warning only: repeated, narrow or synthetic data lie below.
 */
final class TokenFloor implements Check {
  private static final double LEAST_TOKENS = 65e6;
  private static final int LEAST_VOCABULARY = 16_000;
  private static final String NULL =
      "from scratch: the loss after D tokens is at least 1.6934 + 410.7 / D^0.2849 nats";

  @Override
  public String id() {
    return "token-floor";
  }

  @Override
  public Finding examine(Run run) {
    if (run.log().rows().isEmpty()) {
      return Finding.notApplicable(id(), NULL, "No row has a loss.");
    }
    if (run.tokensPerStep().isEmpty()) {
      return Finding.notApplicable(
          id(), NULL, "Tokens a step are not known (--tokens-per-step, or claims).");
    }
    if (run.vocabulary().isPresent() && run.vocabulary().getAsInt() < LEAST_VOCABULARY) {
      return Finding.notApplicable(
          id(), NULL, "The floor was measured with vocabularies of 32,000 and more.");
    }
    if (!run.otherLoss().isEmpty()) {
      return Finding.notApplicable(id(), NULL, "Not a cross-entropy on text.");
    }
    double perStep = run.tokensPerStep().getAsDouble();
    double[] steps = run.log().steps();
    double[] losses = run.log().losses();
    double least = Double.POSITIVE_INFINITY;
    double where = 0;
    int window = Math.max(1, Math.min(20, losses.length / 10));
    double sum = 0;
    for (int index = 0; index < losses.length; index++) {
      sum += losses[index] - (index >= window ? losses[index - window] : 0);
      double tokens = perStep * steps[index];
      if (index >= window - 1 && tokens >= LEAST_TOKENS) {
        double margin = sum / window - (1.6934 + 410.7 * Math.pow(tokens, -0.2849));
        if (margin < least) {
          least = margin;
          where = tokens;
        }
      }
    }
    if (Double.isInfinite(least)) {
      return Finding.notApplicable(id(), NULL, "The log ends before 65 million tokens.");
    }
    return new Finding(
        id(),
        least < 0 ? Outcome.WARNING : Outcome.CONSISTENT,
        least,
        "least distance above the floor (nats)",
        NULL,
        String.format(
            Locale.ROOT,
            "After %.3g tokens the loss is %.3f nats %s the floor of training from scratch.",
            where,
            Math.abs(least),
            least < 0 ? "below" : "above"));
  }
}
