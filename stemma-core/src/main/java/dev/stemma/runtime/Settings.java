package dev.stemma.runtime;

import dev.stemma.architecture.Values;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.Config;
import dev.stemma.artifact.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A configuration's values as the runtime needs them: read under any of a key's names, else the
 * family's default, else a clear error. Nested objects are read from the JSON itself.
 */
record Settings(String reference, Values values, ObjectNode json) {
  static Settings of(String reference, Config config, Values values) {
    JsonNode text = config.json().get("text_config");
    return new Settings(
        reference, values, text instanceof ObjectNode nested ? nested : config.json());
  }

  /** A whole number of at least 0. */
  int integer(String name) {
    Optional<Long> value = values.whole(name);
    if (value.isEmpty()) {
      throw wrong(name, "a whole number", String.valueOf(values.known(name)));
    }
    if (value.get() < 0 || value.get() > Integer.MAX_VALUE) {
      throw wrong(name, "a whole number of at least 0", String.valueOf(value.get()));
    }
    return value.get().intValue();
  }

  double numberOr(double otherwise, String name) {
    return values.number(name).orElse(otherwise);
  }

  boolean has(String key) {
    JsonNode node = json.get(key);
    return node != null && node.isNumber();
  }

  Optional<JsonNode> node(String key) {
    JsonNode node = json.get(key);
    return node == null || node.isNull() ? Optional.empty() : Optional.of(node);
  }

  ArtifactException wrong(String key, String expected, String found) {
    return new ArtifactException(
        ErrorCode.BAD_ARGUMENT,
        reference,
        "config.json, " + key,
        expected,
        found,
        "Check the model's config.json.");
  }

  static OptionalDouble number(JsonNode node, String key) {
    JsonNode value = node.get(key);
    return value != null && value.isNumber()
        ? OptionalDouble.of(value.doubleValue())
        : OptionalDouble.empty();
  }

  static List<Double> numbers(JsonNode node) {
    List<Double> values = new ArrayList<>();
    for (JsonNode item : node) {
      values.add(item.doubleValue());
    }
    return values;
  }
}
