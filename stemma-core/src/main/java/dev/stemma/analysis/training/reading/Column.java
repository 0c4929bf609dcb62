package dev.stemma.analysis.training.reading;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a column's name says about it.
 *
 * @param rank lower is preferred where several columns mean the same
 * @param perplexity its logarithm is the loss
 * @param bits its value is in bits
 * @param averaged the name says that it is a running mean
 * @param otherLoss a loss that is no cross-entropy
 */
record Column(
    Field field,
    String name,
    int rank,
    boolean perplexity,
    boolean bits,
    boolean averaged,
    boolean otherLoss) {
  private static final Pattern SEPARATORS = Pattern.compile("[\\s_./\\-:']+");
  private static final Pattern AVERAGED =
      Pattern.compile("(^|_)(avg|average|mean|ema|smooth|smoothed|running|epoch)(_|$)");
  private static final Pattern OTHER =
      Pattern.compile(
          "(^|_)(kl|kld|kd|distill|distillation|mse|l1|l2|dpo|ppo|grpo|orpo|kto|reward|rewards"
              + "|contrastive|policy|value|router|aux|auxiliary|z|balance|balancing|load)(_|$)");
  private static final Pattern HELD_OUT =
      Pattern.compile("(^|_)(eval|evaluation|val|valid|validation|test|dev|heldout)(_|$)");
  private static final Pattern LOSS =
      Pattern.compile("(^|_)(loss|nll|crossentropyloss|crossentropy|ce|xent)(_|$)");
  private static final Pattern PERPLEXITY = Pattern.compile("(^|_)(ppl|perplexity)(_|$)");
  private static final Pattern BITS = Pattern.compile("(^|_)bits(_|$)");
  private static final Pattern PER_BYTE = Pattern.compile("(^|_)(bpb|bpc|byte|char)(_|$)");
  private static final Set<String> BEST_LOSS =
      Set.of("train_loss", "loss", "trl", "lm_loss", "training_loss", "loss_train");

  private static final List<Names> EXACT =
      List.of(
          new Names(
              Field.STEP,
              List.of(
                  "global_step",
                  "train_global_step",
                  "trainer_global_step",
                  "step",
                  "steps",
                  "s",
                  "iter",
                  "iteration",
                  "iterations",
                  "it",
                  "update",
                  "num_updates",
                  "train_step")),
          new Names(
              Field.TOKENS,
              List.of(
                  "num_input_tokens_seen",
                  "train_num_input_tokens_seen",
                  "tokens_seen",
                  "total_tokens",
                  "consumed_tokens",
                  "train_tokens",
                  "throughput_total_tokens",
                  "tokens")),
          new Names(
              Field.LEARNING_RATE,
              List.of("learning_rate", "lr", "train_learning_rate", "train_lr", "optim_lr")),
          new Names(
              Field.GRADIENT_NORM,
              List.of(
                  "grad_norm",
                  "train_grad_norm",
                  "gradient_norm",
                  "gnorm",
                  "norm",
                  "global_grad_norm",
                  "optim_total_grad_norm")),
          new Names(Field.EPOCH, List.of("epoch", "train_epoch")),
          new Names(
              Field.WALL_SECONDS,
              List.of(
                  "train_time",
                  "wall_time",
                  "walltime",
                  "_timestamp",
                  "timestamp",
                  "_runtime",
                  "runtime",
                  "relative_time_process",
                  "elapsed",
                  "elapsed_time")));

  private record Names(Field field, List<String> names) {}

  /** The meaning of a name, or empty where it means nothing to us. */
  static Optional<Column> of(String raw) {
    if (raw.length() > 200 || raw.endsWith("__MIN") || raw.endsWith("__MAX")) {
      return Optional.empty();
    }
    String name = SEPARATORS.matcher(raw.strip().toLowerCase(Locale.ROOT)).replaceAll("_");
    String trimmed = name.startsWith("_") ? name.substring(1) : name;
    for (Names names : EXACT) {
      int rank = Math.max(names.names().indexOf(name), names.names().indexOf(trimmed));
      if (rank >= 0) {
        return Optional.of(new Column(names.field(), raw, rank, false, false, false, false));
      }
    }
    return loss(raw, trimmed);
  }

  private static Optional<Column> loss(String raw, String name) {
    boolean perplexity = PERPLEXITY.matcher(name).find();
    boolean shortName = name.equals("trl") || name.equals("tel");
    boolean loss = shortName || perplexity || LOSS.matcher(name).find();
    if (!loss || PER_BYTE.matcher(name).find() || name.contains("scale")) {
      return Optional.empty();
    }
    boolean heldOut = name.equals("tel") || HELD_OUT.matcher(name).find();
    boolean other = OTHER.matcher(name).find();
    boolean averaged = AVERAGED.matcher(name).find();
    int rank =
        (BEST_LOSS.contains(name) ? 0 : 1)
            + (perplexity ? 2 : 0)
            + (averaged ? 4 : 0)
            + (other ? 8 : 0);
    return Optional.of(
        new Column(
            heldOut ? Field.EVALUATION_LOSS : Field.LOSS,
            raw,
            rank,
            perplexity,
            BITS.matcher(name).find(),
            averaged,
            other));
  }

  /** Whether a name tells of a training whose loss is no cross-entropy (preferences, rewards). */
  static boolean tellsOfOtherLoss(String raw) {
    String name = raw.toLowerCase(Locale.ROOT);
    return name.startsWith("reward")
        || name.contains("rewards/")
        || name.contains("reward_std")
        || name.contains("logps/chosen");
  }

  /** The value in nats, seconds or plain counts. */
  double convert(double value) {
    double plain = perplexity ? Math.log(value) : value;
    return bits ? plain * Math.log(2) : plain;
  }
}
