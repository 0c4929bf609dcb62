package dev.stemma.runtime;

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
 * A configuration's values as the runtime needs them: aliases tried in turn, a clear error where
 * one is missing.
 */
record Settings(String reference, ObjectNode json) {
  static Settings of(String reference, Config config) {
    JsonNode text = config.json().get("text_config");
    return new Settings(reference, text instanceof ObjectNode nested ? nested : config.json());
  }

  int integer(String... aliases) {
    for (String alias : aliases) {
      JsonNode node = json.get(alias);
      if (node != null && node.isNumber()) {
        int value = node.asInt();
        if (value < 0) {
          throw wrong(alias, "a number of at least 0", String.valueOf(value));
        }
        return value;
      }
    }
    throw wrong(String.join(" or ", aliases), "a whole number", "nothing");
  }

  int integerOr(int otherwise, String... aliases) {
    return has(aliases) ? integer(aliases) : otherwise;
  }

  double numberOr(double otherwise, String... aliases) {
    for (String alias : aliases) {
      JsonNode node = json.get(alias);
      if (node != null && node.isNumber()) {
        return node.doubleValue();
      }
    }
    return otherwise;
  }

  boolean flagOr(boolean otherwise, String key) {
    JsonNode node = json.get(key);
    return (node != null && node.isBoolean()) ? node.booleanValue() : otherwise;
  }

  Optional<String> text(String... aliases) {
    for (String alias : aliases) {
      JsonNode node = json.get(alias);
      if (node != null && node.isString()) {
        return Optional.of(node.stringValue());
      }
    }
    return Optional.empty();
  }

  boolean has(String... aliases) {
    for (String alias : aliases) {
      JsonNode node = json.get(alias);
      if (node != null && node.isNumber()) {
        return true;
      }
    }
    return false;
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
