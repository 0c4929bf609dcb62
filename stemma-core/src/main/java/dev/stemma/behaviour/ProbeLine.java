package dev.stemma.behaviour;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One line of a probe file: a JSON object whose values are checked when they are asked for.
 *
 * @param file its name, for messages
 * @param number from 1
 * @param json the object
 */
record ProbeLine(String file, int number, ObjectNode json) {
  private static final int SHOWN_CHARACTERS = 80;

  boolean has(String key) {
    return json.has(key);
  }

  String place() {
    return "line " + number;
  }

  /** A text that is there, is not blank and is no longer than the bound. */
  String text(String key, int maximumCharacters) {
    JsonNode value = json.get(key);
    if (value == null) {
      throw fail(ErrorCode.BAD_ARGUMENT, key, "a text", "nothing");
    }
    return text(value, key, maximumCharacters);
  }

  /** True or false. */
  boolean truth(String key) {
    JsonNode value = json.get(key);
    if (value == null || !value.isBoolean()) {
      throw fail(
          ErrorCode.BAD_ARGUMENT,
          key,
          "true or false",
          value == null ? "nothing" : value.toString());
    }
    return value.booleanValue();
  }

  /** A finite number. */
  double number(String key) {
    JsonNode value = json.get(key);
    if (value == null || !value.isNumber() || !Double.isFinite(value.doubleValue())) {
      throw fail(
          ErrorCode.BAD_ARGUMENT, key, "a number", value == null ? "nothing" : value.toString());
    }
    return value.doubleValue();
  }

  /** A list of at least one such text. */
  List<String> texts(String key, int maximumEntries, int maximumCharacters) {
    JsonNode value = json.get(key);
    if (value == null || !value.isArray() || value.isEmpty()) {
      throw fail(
          ErrorCode.BAD_ARGUMENT,
          key,
          "a list of at least one text",
          value == null ? "nothing" : value.toString());
    }
    if (value.size() > maximumEntries) {
      throw fail(
          ErrorCode.TOO_MANY_ENTRIES,
          key,
          "at most " + maximumEntries + " texts",
          value.size() + " of them");
    }
    List<String> texts = new ArrayList<>();
    value.forEach(entry -> texts.add(text(entry, key, maximumCharacters)));
    return texts;
  }

  ArtifactException fail(ErrorCode code, String key, String expected, String found) {
    String shown =
        found.length() > SHOWN_CHARACTERS ? found.substring(0, SHOWN_CHARACTERS) + "..." : found;
    return new ArtifactException(
        code,
        file,
        place() + ", " + key,
        expected,
        shown,
        "See docs/behaviour-probes.md for the format.");
  }

  private String text(JsonNode value, String key, int maximumCharacters) {
    if (!value.isString() || value.stringValue().isBlank()) {
      throw fail(ErrorCode.BAD_ARGUMENT, key, "a text that is not blank", value.toString());
    }
    String text = value.stringValue();
    if (text.length() > maximumCharacters) {
      throw fail(
          ErrorCode.BAD_ARGUMENT,
          key,
          "at most " + maximumCharacters + " characters",
          text.length() + " characters");
    }
    return text;
  }
}
