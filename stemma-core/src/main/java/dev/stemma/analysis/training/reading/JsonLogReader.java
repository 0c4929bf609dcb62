package dev.stemma.analysis.training.reading;

import dev.stemma.analysis.training.TrainingLog;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/**
 * JSON logs, read as a stream: Hugging Face's trainer_state.json, an array of rows, or JSON lines.
 * A broken line of JSON lines is skipped; a broken document is read up to the break.
 */
final class JsonLogReader {
  private static final int MAXIMUM_DEPTH = 64;
  private static final int MAXIMUM_STRING = 1 << 20;
  private static final Set<String> DECLARED =
      Set.of(
          "global_step",
          "max_steps",
          "logging_steps",
          "eval_steps",
          "save_steps",
          "num_train_epochs",
          "total_flos",
          "num_input_tokens_seen",
          "train_batch_size",
          "epoch");
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAXIMUM_DEPTH)
                  .maxStringLength(MAXIMUM_STRING)
                  .maxNameLength(4096)
                  .maxNumberLength(400)
                  .build())
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();

  private final Map<String, Optional<Column>> names = new HashMap<>();

  /** Reads JSON lines. */
  List<TrainingLog> readLines(Path file, String name) throws IOException {
    LogCollector collector = new LogCollector(name, "JSON lines", "line");
    try (BoundedLines lines = new BoundedLines(file)) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        if (lines.wasTooLong()) {
          collector.problem(lines.number(), "a line within the bound", "a longer one (skipped)");
        } else if (!line.isBlank()) {
          line(line, lines.number(), collector);
        }
      }
    }
    return List.of(collector.finish());
  }

  private void line(String line, long number, LogCollector collector) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), line)) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        object(parser, number, collector);
      } else {
        collector.problem(number, "a JSON object", "something else (skipped)");
      }
    } catch (JacksonException e) {
      collector.problem(number, "a JSON object", e.getOriginalMessage() + " (skipped)");
    }
  }

  /** Reads a document: an object with log_history, or an array of rows. */
  List<TrainingLog> readDocument(Path file, String name) throws IOException {
    LogCollector collector = new LogCollector(name, "trainer_state.json", "line");
    try (InputStream input = Files.newInputStream(file);
        JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), input)) {
      try {
        JsonToken first = parser.nextToken();
        if (first == JsonToken.START_ARRAY) {
          rows(parser, collector);
        } else if (first == JsonToken.START_OBJECT) {
          document(parser, collector);
        }
      } catch (JacksonException e) {
        TokenStreamLocation where = e.getLocation();
        collector.problem(
            where == null ? 0 : where.getLineNr(),
            "well-formed JSON to the end",
            e.getOriginalMessage() + " (read up to here)");
      }
    }
    return List.of(collector.finish());
  }

  private void document(JsonParser parser, LogCollector collector) {
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = parser.currentName();
      JsonToken value = parser.nextToken();
      if (value == JsonToken.START_ARRAY && key.equals("log_history")) {
        rows(parser, collector);
      } else if (value != null && value.isNumeric() && DECLARED.contains(key)) {
        collector.declare(key, parser.getDoubleValue());
      } else {
        parser.skipChildren();
      }
    }
  }

  private void rows(JsonParser parser, LogCollector collector) {
    for (JsonToken token = parser.nextToken();
        token != null && token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      long line = parser.currentTokenLocation().getLineNr();
      if (token == JsonToken.START_OBJECT) {
        object(parser, line, collector);
      } else {
        collector.problem(line, "an object in the list of rows", token.name());
        parser.skipChildren();
      }
    }
  }

  /** Reads one row from just behind its opening brace; nested objects' keys are joined by "/". */
  private void object(JsonParser parser, long place, LogCollector collector) {
    Map<Column, Double> values = new HashMap<>();
    boolean summary = false;
    java.util.ArrayDeque<String> path = new java.util.ArrayDeque<>();
    String key = "";
    for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
      switch (token) {
        case PROPERTY_NAME -> {
          key = parser.currentName();
          summary |= key.equals("train_runtime");
          if (Column.tellsOfOtherLoss(key)) {
            collector.lossIsOther();
          }
        }
        case START_OBJECT -> path.addLast(key);
        case END_OBJECT -> {
          if (path.isEmpty()) {
            if (!summary) {
              collector.add(place, values);
            }
            return;
          }
          path.removeLast();
        }
        case START_ARRAY -> parser.skipChildren();
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
            put(path, key, parser.getDoubleValue(), values);
        case VALUE_STRING -> {
          String full = key;
          double number =
              Numbers.parse(parser.getString()).map(Numbers.Quantity::value).orElse(Double.NaN);
          if (!Double.isNaN(number) || parser.getString().equalsIgnoreCase("nan")) {
            put(path, full, number, values);
          }
        }
        case END_ARRAY,
            NOT_AVAILABLE,
            VALUE_EMBEDDED_OBJECT,
            VALUE_FALSE,
            VALUE_NULL,
            VALUE_TRUE -> {}
      }
    }
  }

  private void put(
      java.util.ArrayDeque<String> path, String key, double value, Map<Column, Double> values) {
    String name = path.isEmpty() ? key : String.join("/", path) + "/" + key;
    Optional<Column> column = names.get(name);
    if (column == null) {
      column = Column.of(name);
      if (names.size() < 10_000) {
        names.put(name, column);
      }
    }
    column.ifPresent(meaning -> values.put(meaning, value));
  }
}
