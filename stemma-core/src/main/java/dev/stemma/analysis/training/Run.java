package dev.stemma.analysis.training;

import dev.stemma.analysis.training.TrainingLog.LossKind;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * A log with what is known besides.
 *
 * @param vocabulary number of tokens, empty where not given
 * @param checkpoints what a sequence of checkpoints showed
 */
public record Run(
    TrainingLog log, OptionalInt vocabulary, Claims claims, CheckpointTrail checkpoints) {
  /** Share of the first rows and of the last rows that are averaged for a level. */
  private static final double TAIL = 0.2;

  /** ln V, the cross-entropy of a model that knows nothing. */
  public OptionalDouble uniformLoss() {
    return vocabulary.isPresent()
        ? OptionalDouble.of(Math.log(vocabulary.getAsInt()))
        : OptionalDouble.empty();
  }

  /** Median loss of the last fifth of the rows. */
  public double finalLoss() {
    double[] losses = log.losses();
    int from = (int) Math.floor(losses.length * (1 - TAIL));
    return Series.median(java.util.Arrays.copyOfRange(losses, from, losses.length));
  }

  /** Tokens a step, from the log, the claims, or neither. */
  public OptionalDouble tokensPerStep() {
    LogRow last = log.rows().isEmpty() ? null : log.rows().getLast();
    if (last != null && last.tokens() > 0 && last.step() > 0) {
      return OptionalDouble.of(last.tokens() / last.step());
    }
    OptionalDouble batch = claims.number(Claims.ClaimKey.BATCH_TOKENS);
    if (batch.isPresent()) {
      return batch;
    }
    OptionalDouble size = claims.number(Claims.ClaimKey.BATCH_SIZE);
    OptionalDouble length = claims.number(Claims.ClaimKey.SEQUENCE_LENGTH);
    return size.isPresent() && length.isPresent()
        ? OptionalDouble.of(size.getAsDouble() * length.getAsDouble())
        : OptionalDouble.empty();
  }

  /**
   * Why the loss is no cross-entropy in nats on text, or empty. Names tell, or the curve: text that
   * is seen for the first time cannot be predicted at a tenth of a nat a token, and a loss that
   * falls there from a start above one nat is a divergence from a teacher or another objective.
   */
  public String otherLoss() {
    if (log.lossKind() == LossKind.OTHER) {
      return "the log's names tell of another objective than next-token cross-entropy";
    }
    if (claims.text(Claims.ClaimKey.LOSS).filter(loss -> !loss.contains("cross")).isPresent()) {
      return "the claims name another loss than cross-entropy";
    }
    if (log.rows().size() < 8) {
      return "";
    }
    double first = log.rows().getFirst().loss();
    double last = finalLoss();
    if (last < 0) {
      return "a cross-entropy of tokens is never below 0";
    }
    double epochs = epochs();
    double bound = epochs <= 1.05 ? 0.3 : Double.isNaN(epochs) ? 0.1 : 0;
    if (first > 1 && last < bound && last < 0.12 * first) {
      return String.format(
          Locale.ROOT,
          "the loss falls from %.2f to %.3f nats a token%s, which no cross-entropy on fresh text"
              + " does: a divergence from a teacher, or another objective",
          first,
          last,
          Double.isNaN(epochs) ? "" : String.format(Locale.ROOT, " within %.2g epochs", epochs));
    }
    return "";
  }

  private double epochs() {
    double most = Double.NaN;
    for (LogRow row : log.rows()) {
      if (!Double.isNaN(row.epoch())) {
        most = Double.isNaN(most) ? row.epoch() : Math.max(most, row.epoch());
      }
    }
    return Double.isNaN(most) ? log.stated("epoch").orElse(Double.NaN) : most;
  }
}
