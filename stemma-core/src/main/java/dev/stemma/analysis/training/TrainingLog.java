package dev.stemma.analysis.training;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One run's log.
 *
 * @param name file, and run where a file holds several
 * @param format as people call it
 * @param rows by step; where steps were logged twice (a resume), the later row counts
 * @param fileOrder all rows with a loss, in the file's order
 * @param evaluations held-out losses by step
 * @param resumes steps at which the count went back
 * @param declared figures the file states about the run: global_step, max_steps, logging_steps,
 *     eval_steps, total_flos, num_input_tokens_seen
 * @param lossName the column or tag that was read as the loss
 * @param lossKind what that loss is
 * @param firstWindow what the first row's loss is averaged over
 * @param stride 1, or n where only every n-th row was kept to bound memory
 */
public record TrainingLog(
    String name,
    String format,
    List<LogRow> rows,
    List<LogRow> fileOrder,
    List<Evaluation> evaluations,
    List<Long> resumes,
    SortedMap<String, Double> declared,
    String lossName,
    LossKind lossKind,
    Window firstWindow,
    int stride,
    List<Problem> problems) {
  /** Keeps the collections unmodifiable. */
  public TrainingLog {
    rows = List.copyOf(rows);
    fileOrder = List.copyOf(fileOrder);
    evaluations = List.copyOf(evaluations);
    resumes = List.copyOf(resumes);
    declared = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(declared));
    problems = List.copyOf(problems);
  }

  /** What a loss column holds. */
  public enum LossKind {
    /** Cross-entropy in nats, as far as names tell. */
    CROSS_ENTROPY,
    /** A divergence, preference, reward or regression loss: ln V is no yardstick. */
    OTHER
  }

  /** What the first row's loss is averaged over. */
  public enum Window {
    /** One step. */
    SINGLE,
    /** One or a few: the format does not say. */
    UNKNOWN,
    /** Several steps, or an epoch. */
    SEVERAL
  }

  /** The losses by step. */
  public double[] losses() {
    return rows.stream().mapToDouble(LogRow::loss).toArray();
  }

  /** The steps. */
  public double[] steps() {
    return rows.stream().mapToDouble(LogRow::step).toArray();
  }

  /** A figure that the file states about the run. */
  public OptionalDouble stated(String name) {
    Double value = declared.get(name);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  /** The earliest loss that speaks of the start: the first row, or an evaluation before it. */
  public Optional<Start> start() {
    Optional<Start> row =
        rows.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new Start(rows.getFirst().step(), rows.getFirst().loss(), firstWindow, "training"));
    Optional<Start> held =
        evaluations.isEmpty() || evaluations.getFirst().step() > 1
            ? Optional.empty()
            : Optional.of(
                new Start(
                    evaluations.getFirst().step(),
                    evaluations.getFirst().loss(),
                    Window.SINGLE,
                    "evaluation"));
    boolean rowSpeaks =
        row.isPresent() && row.get().step() <= 1 && row.get().window() == Window.SINGLE;
    return rowSpeaks || held.isEmpty() ? row : held;
  }

  /** The loss at the start and how directly it was seen. */
  public record Start(long step, double loss, Window window, String source) {
    /** Whether it is the loss of the weights that training began with. */
    public boolean isDirect() {
      return step <= 1 && window == Window.SINGLE;
    }
  }
}
