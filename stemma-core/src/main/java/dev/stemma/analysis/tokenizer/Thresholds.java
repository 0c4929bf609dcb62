package dev.stemma.analysis.tokenizer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The figures that the rules compare with, from {@code tokenizer-thresholds.json}. */
final class Thresholds {
  /** As shipped. */
  static final Thresholds STANDARD = load();

  private final SortedMap<String, Double> values;

  private Thresholds(SortedMap<String, Double> values) {
    this.values = Collections.unmodifiableSortedMap(values);
  }

  double get(String name) {
    Double value = values.get(name);
    if (value == null) {
      throw new IllegalStateException("no threshold " + name);
    }
    return value;
  }

  SortedMap<String, Double> all() {
    return values;
  }

  private static Thresholds load() {
    try (InputStream in = Thresholds.class.getResourceAsStream("tokenizer-thresholds.json")) {
      if (in == null) {
        throw new IllegalStateException("tokenizer-thresholds.json is not in the jar");
      }
      TreeMap<String, Double> values = new TreeMap<>();
      for (var entry : new JsonMapper().readTree(in).properties()) {
        JsonNode value = entry.getValue().path("value");
        values.put(entry.getKey(), value.doubleValue());
      }
      return new Thresholds(values);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
