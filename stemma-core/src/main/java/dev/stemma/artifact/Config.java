package dev.stemma.artifact;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model's {@code config.json}, read and otherwise untouched. Its keys mean what the model's
 * family says.
 */
public record Config(ObjectNode json) {
  /** The {@code model_type}, if stated. */
  public Optional<String> modelType() {
    return text("model_type");
  }

  /** A string value. */
  public Optional<String> text(String key) {
    JsonNode node = json.get(key);
    return node != null && node.isString() ? Optional.of(node.stringValue()) : Optional.empty();
  }

  /** A whole number. */
  public OptionalLong integer(String key) {
    JsonNode node = json.get(key);
    return node != null
            && node.isNumber()
            && node.canConvertToLong()
            && node.canConvertToExactIntegral()
        ? OptionalLong.of(node.longValue())
        : OptionalLong.empty();
  }

  /** A number. */
  public OptionalDouble number(String key) {
    JsonNode node = json.get(key);
    return node != null && node.isNumber()
        ? OptionalDouble.of(node.doubleValue())
        : OptionalDouble.empty();
  }
}
