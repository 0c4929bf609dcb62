package dev.stemma.architecture;

import dev.stemma.artifact.Config;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The known models: a data file of facts, each with its source and confidence. */
public final class KnownModels {
  private static final List<KnownModel> ALL = read();

  private KnownModels() {}

  /** All of them, in the file's order. */
  public static List<KnownModel> all() {
    return ALL;
  }

  /** The model with this name, ignoring case. */
  public static Optional<KnownModel> named(String name) {
    return ALL.stream().filter(model -> model.name().equalsIgnoreCase(name)).findFirst();
  }

  private static List<KnownModel> read() {
    List<KnownModel> models = new ArrayList<>();
    try (InputStream in =
        java.util.Objects.requireNonNull(
            KnownModels.class.getResourceAsStream("known-models.json"))) {
      for (JsonNode entry : JsonMapper.shared().readTree(in)) {
        models.add(model(entry));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.copyOf(models);
  }

  private static KnownModel model(JsonNode entry) {
    Map<String, Long> computed = new TreeMap<>();
    for (Map.Entry<String, JsonNode> count : entry.path("computed").properties()) {
      if (count.getValue().isNumber()) {
        computed.put(count.getKey(), count.getValue().longValue());
      }
    }
    List<String> unconfirmed = new ArrayList<>();
    entry.path("unconfirmed_keys").forEach(key -> unconfirmed.add(key.asString()));
    return new KnownModel(
        entry.path("name").asString(),
        entry.path("hf_id").isString()
            ? Optional.of(entry.path("hf_id").stringValue())
            : Optional.empty(),
        new Config((ObjectNode) entry.get("config")),
        computed,
        text(entry.path("published").path("total")),
        text(entry.path("published").path("active")),
        text(entry.path("confidence")),
        unconfirmed,
        text(entry.path("source")),
        text(entry.path("notes")));
  }

  private static String text(JsonNode node) {
    return node.isString() ? node.stringValue() : node.isNumber() ? node.asString() : "";
  }
}
