package dev.stemma.runtime;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a family's data says about running it, beyond what its tensors show by being there. All keys
 * are optional; see {@code recipes.json}.
 */
record Recipe(String family, JsonNode json) {
  private static final JsonNode ALL = load();

  private static JsonNode load() {
    try (InputStream in = Recipe.class.getResourceAsStream("recipes.json")) {
      if (in == null) {
        throw new IllegalStateException("recipes.json is missing from the program");
      }
      return JsonMapper.shared().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The families that can be run. */
  static Set<String> families() {
    return new TreeSet<>(ALL.propertyNames());
  }

  /**
   * The recipe of a family.
   *
   * @throws ArtifactException if the family cannot be run
   */
  static Recipe of(String family, String reference) {
    JsonNode json = ALL.get(family);
    if (json == null) {
      throw new ArtifactException(
          ErrorCode.UNSUPPORTED_VERSION,
          reference,
          "config.json, model_type",
          "a family that can be run: " + String.join(", ", families()),
          "'" + family + "'",
          "Its forward pass is not described here yet; every other command works on it.");
    }
    return new Recipe(family, json);
  }

  String text(String key, String otherwise) {
    JsonNode node = json.get(key);
    return node == null ? otherwise : node.stringValue();
  }

  double number(String key, double otherwise) {
    JsonNode node = json.get(key);
    return node == null ? otherwise : node.doubleValue();
  }

  boolean flag(String key) {
    JsonNode node = json.get(key);
    return node != null && node.booleanValue();
  }

  /** What the recipe says of the router; empty where it says nothing. */
  Recipe router() {
    JsonNode node = json.get("router");
    return new Recipe(family, node == null ? JsonMapper.shared().createObjectNode() : node);
  }
}
