package dev.stemma.verdict;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Every number that a rule compares with, by name, with the claim it stands for. */
public final class Thresholds {
  private static final Thresholds STANDARD = read();

  private final SortedMap<String, Threshold> byName;

  private Thresholds(SortedMap<String, Threshold> byName) {
    this.byName = Collections.unmodifiableSortedMap(byName);
  }

  /**
   * A number and what is claimed by it.
   *
   * @param run the bench run that shows the claim, or where else the number comes from
   */
  public record Threshold(double value, String run, String claim) {}

  /** Those of {@code thresholds.json}. */
  public static Thresholds standard() {
    return STANDARD;
  }

  /** One number. */
  public double get(String name) {
    Threshold threshold = byName.get(name);
    if (threshold == null) {
      throw new IllegalArgumentException("no threshold " + name);
    }
    return threshold.value();
  }

  /** All, with their claims. */
  public SortedMap<String, Threshold> all() {
    return byName;
  }

  /** All numbers, as reports print them. */
  public SortedMap<String, Double> values() {
    TreeMap<String, Double> values = new TreeMap<>();
    byName.forEach((name, threshold) -> values.put(name, threshold.value()));
    return Collections.unmodifiableSortedMap(values);
  }

  private static Thresholds read() {
    try (InputStream in = Thresholds.class.getResourceAsStream("thresholds.json")) {
      if (in == null) {
        throw new IllegalStateException("thresholds.json is missing");
      }
      TreeMap<String, Threshold> byName = new TreeMap<>();
      for (Map.Entry<String, JsonNode> entry : new ObjectMapper().readTree(in).properties()) {
        byName.put(
            entry.getKey(),
            new Threshold(
                entry.getValue().get("value").doubleValue(),
                entry.getValue().get("run").stringValue(),
                entry.getValue().get("claim").stringValue()));
      }
      return new Thresholds(byName);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
