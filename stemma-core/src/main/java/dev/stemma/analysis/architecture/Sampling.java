package dev.stemma.analysis.architecture;

import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The sampling that a model's {@code generation_config.json} recommends.
 *
 * @param settings numbers by name; empty where there is no such file
 */
public record Sampling(Map<String, Double> settings) {
  private static final String FILE = "generation_config.json";
  private static final long MAXIMUM_BYTES = 1_000_000;
  private static final List<String> KEYS =
      List.of(
          "temperature",
          "top_p",
          "top_k",
          "min_p",
          "repetition_penalty",
          "presence_penalty",
          "max_new_tokens");

  /** Keeps the map unmodifiable. */
  public Sampling {
    settings = java.util.Collections.unmodifiableMap(new TreeMap<>(settings));
  }

  /** Reads the file beside a model; a file that is no JSON recommends nothing. */
  public static Sampling beside(SourceFiles files, ByteSource bytes) {
    return new Sampling(file(files, bytes).map(Sampling::numbers).orElse(Map.of()));
  }

  /** The file beside a model, if there is one that is JSON. */
  public static Optional<JsonNode> file(SourceFiles files, ByteSource bytes) {
    for (SourceFile file : files.files()) {
      if (file.name().equals(FILE) && file.sizeBytes() <= MAXIMUM_BYTES) {
        return parsed(bytes.read(file.bytes()).toArray(ValueLayout.JAVA_BYTE));
      }
    }
    return files.files().size() == 1
        ? besideOnDisk(files.files().getFirst()).flatMap(Sampling::parsed)
        : Optional.empty();
  }

  /** A single local file was named: what it recommends may still lie in its folder. */
  private static Optional<byte[]> besideOnDisk(SourceFile file) {
    if (!"file".equals(file.uri().getScheme()) || file.name().equals(FILE)) {
      return Optional.empty();
    }
    Path path = Path.of(file.uri()).resolveSibling(FILE);
    try {
      boolean isSmall = Files.isRegularFile(path) && Files.size(path) <= MAXIMUM_BYTES;
      return isSmall ? Optional.of(Files.readAllBytes(path)) : Optional.empty();
    } catch (IOException unreadable) {
      return Optional.empty();
    }
  }

  private static Optional<JsonNode> parsed(byte[] content) {
    try {
      return Optional.of(JsonMapper.shared().readTree(content));
    } catch (JacksonException notJson) {
      return Optional.empty();
    }
  }

  private static Map<String, Double> numbers(JsonNode json) {
    Map<String, Double> numbers = new TreeMap<>();
    for (String key : KEYS) {
      if (json.path(key).isNumber()) {
        numbers.put(key, json.path(key).doubleValue());
      }
    }
    return numbers;
  }

  /** One line, if anything is recommended. */
  public Optional<String> line() {
    if (settings.isEmpty()) {
      return Optional.empty();
    }
    List<String> parts = new ArrayList<>();
    settings.forEach((key, value) -> parts.add(key + " " + Specification.text(value)));
    return Optional.of(String.join(", ", parts));
  }

  /** Adds the settings to a document. */
  public void addTo(ObjectNode json) {
    ObjectNode node = json.putObject("sampling");
    settings.forEach(node::put);
  }
}
