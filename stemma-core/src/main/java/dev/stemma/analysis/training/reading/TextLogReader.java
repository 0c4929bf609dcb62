package dev.stemma.analysis.training.reading;

import dev.stemma.analysis.training.TrainingLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Plain-text logs: lines that hold a step and a loss as name and number, in any order and
 * punctuation ({@code s:4 trl:9.1}, {@code step:1/6200 train_loss:10.9}, {@code iter 0: loss 10.95,
 * time 12ms}, {@code iteration 10/500 | lm loss: 1.08E+01 |}). All other lines are talk.
 */
final class TextLogReader {
  private static final int MAXIMUM_LINE = 4096;
  private static final Pattern PAIR =
      Pattern.compile(
          "([A-Za-z_][A-Za-z_/.()\\- ]{0,48}?)['\"]?[\\s:=]{1,24}"
              + "((?:[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d{1,4})?)"
              + "|(?:[-+]?(?:nan|NaN|inf|Infinity)(?![A-Za-z])))([a-zA-Z%µ]{0,8})");
  private static final Pattern WORDS = Pattern.compile("\\s+");

  private final Map<String, Optional<Column>> names = new HashMap<>();

  /** Reads a file; empty where no line is a row. */
  List<TrainingLog> read(Path file, String name) throws IOException {
    LogCollector collector = new LogCollector(name, "plain text", "line");
    UnitWatch units = new UnitWatch(collector);
    try (BoundedLines lines = new BoundedLines(file)) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        if (lines.wasTooLong()) {
          collector.problem(
              lines.number(),
              "a line of at most " + BoundedLines.MAXIMUM_BYTES + " bytes",
              "a longer one (skipped)");
        } else if (line.length() <= MAXIMUM_LINE) {
          line(line, lines.number(), collector, units);
        }
      }
    }
    return collector.isEmpty() ? List.of() : List.of(collector.finish());
  }

  private void line(String line, long number, LogCollector collector, UnitWatch units) {
    Map<Column, Double> values = new HashMap<>();
    Map<Column, String> seen = new HashMap<>();
    boolean step = false;
    boolean loss = false;
    Matcher matcher = PAIR.matcher(line);
    while (matcher.find()) {
      Optional<Column> column = column(matcher.group(1));
      Optional<Numbers.Quantity> quantity = Numbers.of(matcher.group(2), matcher.group(3));
      if (column.isPresent() && quantity.isPresent() && !values.containsKey(column.get())) {
        Field field = column.get().field();
        step |= field == Field.STEP;
        loss |= field == Field.LOSS || field == Field.EVALUATION_LOSS;
        values.put(column.get(), quantity.get().value());
        seen.put(column.get(), quantity.get().unit());
      }
    }
    boolean printedDictionary =
        line.startsWith("{")
            && values.keySet().stream().anyMatch(column -> column.field() == Field.EPOCH);
    if (loss && (step || printedDictionary)) {
      seen.forEach((column, unit) -> units.see(column, unit, number));
      collector.add(number, values);
    }
  }

  private Optional<Column> column(String text) {
    Optional<Column> known = names.get(text);
    if (known != null) {
      return known;
    }
    String[] words = WORDS.split(text.strip(), -1);
    Optional<Column> found = Optional.empty();
    for (int from = Math.max(0, words.length - 3); from < words.length && found.isEmpty(); from++) {
      found = Column.of(String.join(" ", List.of(words).subList(from, words.length)));
    }
    if (names.size() < 10_000) {
      names.put(text, found);
    }
    return found;
  }
}
