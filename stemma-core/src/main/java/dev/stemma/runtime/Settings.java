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
  private static final List<String> NUMBERS =
      List.of("rms_norm_eps", "rope_theta", "partial_rotary_factor", "max_position_embeddings");

  static Settings of(String reference, Config config, Values values) {
    JsonNode text = config.json().get("text_config");
    Settings settings =
        new Settings(reference, values, text instanceof ObjectNode nested ? nested : config.json());
    settings.checkTypes();
    return settings;
  }

  /** A value of the wrong type is no absent one, for which the family's default would stand. */
  private void checkTypes() {
    for (String name : NUMBERS) {
      Object value = values.stated(name);
      if (value != null && !(value instanceof Number)) {
        throw wrong(name, "a number", "'" + value + "'");
      }
    }
    Object activation = values.stated("hidden_act");
    if (activation != null && !(activation instanceof String)) {
      throw wrong("hidden_act", "the name of an activation", String.valueOf(activation));
    }
    for (String rope : List.of("rope_parameters", "rope_scaling")) {
      JsonNode parameters = json.get(rope);
      if (parameters == null || parameters.isNull()) {
        continue;
      }
      if (!(parameters instanceof ObjectNode object)) {
        throw wrong(rope, "an object", parameters.toString());
      }
      object.properties().stream()
          .filter(entry -> entry.getValue().isString() && !entry.getKey().endsWith("type"))
          .findFirst()
          .ifPresent(entry -> {
            throw wrong(rope + ", " + entry.getKey(), "a number", entry.getValue().toString());
          });
    }
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
