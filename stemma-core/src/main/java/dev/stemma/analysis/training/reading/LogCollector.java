package dev.stemma.analysis.training.reading;

import dev.stemma.analysis.training.Evaluation;
import dev.stemma.analysis.training.LogRow;
import dev.stemma.analysis.training.Problem;
import dev.stemma.analysis.training.TrainingLog;
import dev.stemma.analysis.training.TrainingLog.LossKind;
import dev.stemma.analysis.training.TrainingLog.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Gathers one run's rows in constant memory: past a bound only every second, fourth, ... row is
 * kept. Values of one step that come in several pieces are joined.
 */
final class LogCollector {
  private static final int MAXIMUM_ROWS = 1 << 18;
  private static final int MAXIMUM_PROBLEMS = 100;
  private static final int FIELDS = Field.values().length;

  private final String name;
  private final String format;
  private final String placeWord;
  private List<Raw> kept = new ArrayList<>();
  private int stride = 1;
  private long offered;
  private @Nullable Raw pending;
  private final List<Problem> problems = new ArrayList<>();
  private int problemsLeftOut;
  private final Map<Field, Column> columns = new HashMap<>();
  private final SortedMap<String, Double> declared = new TreeMap<>();
  private boolean otherLoss;
  private boolean stepsAreLogCalls;

  private static final class Raw {
    private final double[] values = new double[FIELDS];
    private final long place;
    private int lossRank;

    Raw(long place) {
      this.place = place;
      Arrays.fill(values, Double.NaN);
    }

    double get(Field field) {
      return values[field.slot()];
    }

    boolean has(Field field) {
      return !Double.isNaN(get(field));
    }

    boolean disjoint(Raw other) {
      for (Field field : Field.values()) {
        boolean shared = field == Field.STEP || field == Field.WALL_SECONDS || field == Field.EPOCH;
        if (!shared && has(field) && other.has(field)) {
          return false;
        }
      }
      return true;
    }

    void take(Raw other) {
      for (int index = 0; index < FIELDS; index++) {
        if (Double.isNaN(values[index])) {
          values[index] = other.values[index];
        }
      }
    }
  }

  /**
   * Starts a run.
   *
   * @param placeWord "line" or "byte"
   */
  LogCollector(String name, String format, String placeWord) {
    this.name = name;
    this.format = format;
    this.placeWord = placeWord;
  }

  /** Names a defect; past a bound they are only counted. */
  void problem(long place, String expected, String found) {
    problem(placeWord + " " + place, expected, found);
  }

  /** Names a defect at a place. */
  void problem(String place, String expected, String found) {
    if (problems.size() < MAXIMUM_PROBLEMS) {
      problems.add(new Problem(name, place, expected, found));
    } else {
      problemsLeftOut++;
    }
  }

  /** Remembers a figure that the file states about the run. */
  void declare(String key, double value) {
    declared.put(key, value);
  }

  /** The names of the run tell that its loss is no cross-entropy. */
  void lossIsOther() {
    otherLoss = true;
  }

  /** The step column may count calls of the logger instead of optimizer steps. */
  void stepsMayBeLogCalls() {
    stepsAreLogCalls = true;
  }

  /** Adds the values of one logged row, by column. */
  void add(long place, Map<Column, Double> values) {
    Raw row = new Raw(place);
    Map<Field, Column> chosen = new HashMap<>();
    for (Map.Entry<Column, Double> entry : values.entrySet()) {
      Column column = entry.getKey();
      Column rival = chosen.get(column.field());
      if (rival == null || column.rank() < rival.rank()) {
        chosen.put(column.field(), column);
        double value = column.convert(entry.getValue());
        boolean isLoss = column.field() == Field.LOSS || column.field() == Field.EVALUATION_LOSS;
        if (!Double.isFinite(value) || (isLoss && Math.abs(value) > 1e12)) {
          problem(place, "a finite " + column.name(), String.valueOf(entry.getValue()));
          value = Double.NaN;
        }
        row.values[column.field().slot()] = value;
        row.lossRank = column.field() == Field.LOSS ? column.rank() : row.lossRank;
      }
    }
    chosen.forEach((field, column) -> {
      Column rival = columns.get(field);
      if (rival == null || column.rank() < rival.rank()) {
        columns.put(field, column);
      } else if (field == Field.LOSS && column.rank() > rival.rank()) {
        row.values[field.slot()] = Double.NaN;
      }
    });
    join(row);
  }

  private void join(Raw row) {
    if (pending != null
        && pending.get(Field.STEP) == row.get(Field.STEP)
        && pending.disjoint(row)) {
      pending.take(row);
      return;
    }
    flush();
    pending = row;
  }

  private void flush() {
    if (pending == null) {
      return;
    }
    boolean rare = pending.has(Field.EVALUATION_LOSS) || offered < 1024;
    if (rare || offered % stride == 0) {
      kept.add(pending);
    }
    offered++;
    pending = null;
    if (kept.size() >= MAXIMUM_ROWS) {
      List<Raw> half = new ArrayList<>(MAXIMUM_ROWS / 2 + 1024);
      for (int index = 0; index < kept.size(); index++) {
        if (index < 1024 || index % 2 == 0) {
          half.add(kept.get(index));
        }
      }
      kept = half;
      stride *= 2;
    }
  }

  /** Whether anything was gathered. */
  boolean isEmpty() {
    return kept.isEmpty() && pending == null;
  }

  /** The run. */
  TrainingLog finish() {
    flush();
    List<LogRow> inOrder = new ArrayList<>();
    Map<Long, Raw> others = new HashMap<>();
    TreeMap<Long, Evaluation> evaluations = new TreeMap<>();
    forgetLesserLosses();
    boolean named = kept.stream().anyMatch(raw -> raw.has(Field.STEP));
    for (Raw raw : kept) {
      if (!raw.has(Field.LOSS) && raw.has(Field.STEP)) {
        others.merge(
            (long) raw.get(Field.STEP),
            raw,
            (first, second) -> {
              first.take(second);
              return first;
            });
      }
    }
    long number = 0;
    for (Raw raw : kept) {
      if (named && !raw.has(Field.STEP)) {
        if (raw.has(Field.LOSS)) {
          problem(raw.place, "a step", "none");
        }
        continue;
      }
      long step = named ? (long) raw.get(Field.STEP) : number;
      if (step < 0) {
        problem(raw.place, "a step of at least 0", Long.toString(step));
        continue;
      }
      if (raw.has(Field.EVALUATION_LOSS)) {
        evaluations.put(step, new Evaluation(step, raw.get(Field.EVALUATION_LOSS), raw.place));
      }
      if (raw.has(Field.LOSS)) {
        number++;
        Raw other = others.get(step);
        if (other != null) {
          raw.take(other);
        }
        inOrder.add(row(raw, step));
      }
    }
    return assemble(inOrder, evaluations, named);
  }

  /** Rows that were read before a better loss column was met lose their loss. */
  private void forgetLesserLosses() {
    Column best = columns.get(Field.LOSS);
    for (Raw raw : kept) {
      if (best != null && raw.has(Field.LOSS) && raw.lossRank > best.rank()) {
        raw.values[Field.LOSS.slot()] = Double.NaN;
      }
    }
  }

  private TrainingLog assemble(
      List<LogRow> inOrder, SortedMap<Long, Evaluation> evaluations, boolean named) {
    TreeMap<Long, LogRow> byStep = new TreeMap<>();
    List<Long> resumes = new ArrayList<>();
    long previous = Long.MIN_VALUE;
    for (LogRow row : inOrder) {
      if (row.step() <= previous) {
        resumes.add(row.step());
        problem(row.place(), "a step after " + previous, "step " + row.step());
      }
      previous = row.step();
      byStep.put(row.step(), row);
    }
    if (problemsLeftOut > 0) {
      problems.add(new Problem(name, "later", "no defects", problemsLeftOut + " further defects"));
    }
    Column loss = columns.get(Field.LOSS);
    List<LogRow> rows = new ArrayList<>(byStep.values());
    return new TrainingLog(
        name,
        format,
        rows,
        inOrder,
        List.copyOf(evaluations.values()),
        resumes,
        declared,
        loss == null ? "" : loss.name(),
        otherLoss || (loss != null && loss.otherLoss()) ? LossKind.OTHER : LossKind.CROSS_ENTROPY,
        window(rows, named, loss),
        stride,
        problems);
  }

  private Window window(List<LogRow> rows, boolean named, @Nullable Column loss) {
    if (rows.isEmpty()) {
      return Window.SINGLE;
    }
    long first = rows.getFirst().step();
    if (loss != null && loss.averaged()) {
      return Window.SEVERAL;
    }
    if (!named) {
      return columns.containsKey(Field.EPOCH) ? Window.SEVERAL : Window.UNKNOWN;
    }
    if (first > 1) {
      return Window.SEVERAL;
    }
    boolean consecutive = rows.size() < 2 || rows.get(1).step() - first == 1;
    return stepsAreLogCalls && consecutive ? Window.UNKNOWN : Window.SINGLE;
  }

  private static LogRow row(Raw raw, long step) {
    return new LogRow(
        step,
        raw.get(Field.TOKENS),
        raw.get(Field.LOSS),
        step <= 1 ? 1 : 0,
        raw.get(Field.LEARNING_RATE),
        raw.get(Field.GRADIENT_NORM),
        raw.get(Field.EPOCH),
        raw.get(Field.WALL_SECONDS),
        raw.place);
  }
}
