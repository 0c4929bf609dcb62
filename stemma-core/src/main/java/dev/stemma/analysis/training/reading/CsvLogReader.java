package dev.stemma.analysis.training.reading;

import dev.stemma.analysis.training.TrainingLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Tables with a head line, separated by comma, semicolon or tab; columns are known by name. A wandb
 * export ("Step", "run - metric") may hold several runs: each is a log of its own.
 */
final class CsvLogReader {
  private static final int MAXIMUM_COLUMNS = 4096;
  private static final String RUN_SEPARATOR = " - ";

  /** A name with its number, as text logs have and heads have not. */
  private static final Pattern VALUE =
      Pattern.compile("[:=]\\s*[-+.]?\\d|\\s[-+]?\\d*\\.\\d|[A-Za-z]\\s+\\d+\\s*([:,|]|$)");

  private record Cell(String run, Column column) {}

  /** Whether a first line is the head of a table that holds a loss. */
  static boolean isHead(String line) {
    if (VALUE.matcher(line).find()) {
      return false;
    }
    return cells(line, separator(line)).stream()
        .map(CsvLogReader::cell)
        .flatMap(Optional::stream)
        .anyMatch(cell ->
            cell.column().field() == Field.LOSS || cell.column().field() == Field.EVALUATION_LOSS);
  }

  /** Reads a file. */
  List<TrainingLog> read(Path file, String name) throws IOException {
    Map<String, LogCollector> runs = new LinkedHashMap<>();
    Map<String, UnitWatch> units = new HashMap<>();
    try (BoundedLines lines = new BoundedLines(file)) {
      String head = lines.next();
      if (head == null) {
        return List.of();
      }
      char separator = separator(head);
      List<String> names = cells(head, separator);
      List<Optional<Cell>> cells = names.stream().map(CsvLogReader::cell).toList();
      boolean wandb = names.stream().anyMatch(column -> column.contains(RUN_SEPARATOR));
      for (Optional<Cell> cell : cells) {
        if (cell.isPresent()
            && (!wandb || !cell.get().run().isEmpty())
            && !runs.containsKey(cell.get().run())) {
          String run = cell.get().run();
          LogCollector collector =
              new LogCollector(
                  run.isEmpty() ? name : name + " (" + run + ")",
                  wandb ? "wandb CSV" : "CSV",
                  "line");
          runs.put(run, collector);
          units.put(run, new UnitWatch(collector));
        }
      }
      boolean trueStep =
          cells.stream()
              .flatMap(Optional::stream)
              .anyMatch(cell -> cell.column().name().contains("global_step"));
      for (LogCollector collector : runs.values()) {
        if (wandb && !trueStep) {
          collector.stepsMayBeLogCalls();
        }
        if (names.stream().anyMatch(Column::tellsOfOtherLoss)) {
          collector.lossIsOther();
        }
      }
      for (String line = lines.next(); line != null; line = lines.next()) {
        if (!line.isBlank() || lines.wasTooLong()) {
          row(line, lines, separator, cells, runs, units);
        }
      }
    }
    List<TrainingLog> logs = new ArrayList<>();
    runs.values().forEach(collector -> logs.add(collector.finish()));
    return logs;
  }

  private static void row(
      String line,
      BoundedLines lines,
      char separator,
      List<Optional<Cell>> cells,
      Map<String, LogCollector> runs,
      Map<String, UnitWatch> units) {
    List<String> values = cells(line, separator);
    if (lines.wasTooLong() || values.size() != cells.size()) {
      String found = lines.wasTooLong() ? "a line beyond the bound" : values.size() + " values";
      for (LogCollector collector : runs.values()) {
        collector.problem(lines.number(), cells.size() + " values", found + " (skipped)");
      }
      return;
    }
    for (Map.Entry<String, LogCollector> run : runs.entrySet()) {
      Map<Column, Double> row = new HashMap<>();
      for (int index = 0; index < cells.size(); index++) {
        Optional<Cell> cell = cells.get(index);
        String text = values.get(index);
        boolean ours =
            cell.isPresent()
                && (cell.get().run().isEmpty() || cell.get().run().equals(run.getKey()));
        if (!ours || text.isBlank()) {
          continue;
        }
        Column column = cell.get().column();
        Optional<Numbers.Quantity> quantity = Numbers.parse(text);
        if (quantity.isEmpty()) {
          if (column.field() != Field.WALL_SECONDS) {
            run.getValue().problem(lines.number(), "a number as " + column.name(), text);
          }
          continue;
        }
        UnitWatch watch = units.get(run.getKey());
        if (watch != null) {
          watch.see(column, quantity.get().unit(), lines.number());
        }
        row.put(column, quantity.get().value());
      }
      if (row.keySet().stream().anyMatch(column -> column.field() != Field.STEP)) {
        run.getValue().add(lines.number(), row);
      }
    }
  }

  private static Optional<Cell> cell(String head) {
    int cut = head.lastIndexOf(RUN_SEPARATOR);
    String run = cut < 0 ? "" : head.substring(0, cut).strip();
    return Column.of(cut < 0 ? head : head.substring(cut + RUN_SEPARATOR.length()))
        .map(column -> new Cell(run, column));
  }

  private static char separator(String line) {
    long commas = line.chars().filter(character -> character == ',').count();
    long semicolons = line.chars().filter(character -> character == ';').count();
    long tabs = line.chars().filter(character -> character == '\t').count();
    return tabs > commas && tabs > semicolons ? '\t' : semicolons > commas ? ';' : ',';
  }

  private static List<String> cells(String line, char separator) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int index = 0; index < line.length(); index++) {
      char character = line.charAt(index);
      if (character == '"') {
        boolean doubled = quoted && index + 1 < line.length() && line.charAt(index + 1) == '"';
        if (doubled) {
          cell.append('"');
          index++;
        } else {
          quoted = !quoted;
        }
      } else if (character == separator && !quoted) {
        cells.add(cell.toString());
        cell.setLength(0);
        if (cells.size() > MAXIMUM_COLUMNS) {
          return cells;
        }
      } else {
        cell.append(character);
      }
    }
    cells.add(cell.toString());
    return cells;
  }
}
