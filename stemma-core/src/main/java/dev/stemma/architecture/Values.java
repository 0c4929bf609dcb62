package dev.stemma.architecture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A configuration as a family reads it: definitions of the family first, then the configuration's
 * own keys under any of their names, then what tensors' shapes showed, then the family's defaults.
 */
public final class Values implements Expression.Scope {
  private static final int MAXIMUM_DEPTH = 40;

  /** {@code stated.key}: whether the configuration has the key, even as null. */
  private static final String STATED = "stated.";

  /** {@code raw.key}: the configuration's own word, past a definition of the same name. */
  private static final String RAW = "raw.";

  private final Family family;
  private final List<ObjectNode> sections;
  private final Map<String, List<String>> aliases;
  private final Map<String, Object> bound = new HashMap<>();
  private final Map<String, Object> cache = new HashMap<>();
  private final long layer;
  private int depth;

  Values(Family family, List<ObjectNode> sections, Map<String, List<String>> aliases) {
    this(family, sections, aliases, -1);
  }

  private Values(
      Family family, List<ObjectNode> sections, Map<String, List<String>> aliases, long layer) {
    this.family = family;
    this.sections = List.copyOf(sections);
    this.aliases = aliases;
    this.layer = layer;
  }

  /** The same values as one layer sees them. */
  public Values atLayer(long number) {
    Values values = new Values(family, sections, aliases, number);
    values.bound.putAll(bound);
    return values;
  }

  /** Learns a value from a tensor's shape; the configuration's own word counts more. */
  void bind(String name, long value) {
    bound.putIfAbsent(name, value);
    cache.clear();
  }

  /** Replaces what shapes showed. */
  void rebind(String name, long value) {
    bound.put(name, value);
    cache.clear();
  }

  @Override
  public @Nullable Object value(String name) {
    if (name.equals("layer")) {
      return layer < 0 ? null : layer;
    }
    if (name.startsWith(STATED)) {
      String key = name.substring(STATED.length());
      return sections.stream().anyMatch(section -> section.has(key));
    }
    if (name.startsWith(RAW)) {
      return stated(name.substring(RAW.length()));
    }
    Object cached = cache.get(name);
    if (cached != null) {
      return cached;
    }
    if (depth > MAXIMUM_DEPTH) {
      throw new IllegalStateException(family.id() + ": " + name + " is defined by itself");
    }
    depth++;
    try {
      Object value = uncached(name);
      if (value != null) {
        cache.put(name, value);
      }
      return value;
    } finally {
      depth--;
    }
  }

  private @Nullable Object uncached(String name) {
    Expression definition = family.definitions().get(name);
    if (definition != null) {
      return definition.evaluate(this);
    }
    Object stated = stated(name);
    if (stated != null) {
      return stated;
    }
    Object shown = bound.get(name);
    if (shown != null) {
      return shown;
    }
    Expression otherwise = family.defaults().get(name);
    return otherwise == null ? null : otherwise.evaluate(this);
  }

  /** What the configuration itself says, under any of the key's names; null where it does not. */
  public @Nullable Object stated(String name) {
    List<String> names = new ArrayList<>();
    names.add(name);
    names.addAll(aliases.getOrDefault(name, List.of()));
    for (ObjectNode section : sections) {
      for (String key : names) {
        Object value = plain(find(section, key));
        if (value != null) {
          return value;
        }
      }
    }
    return null;
  }

  private static @Nullable JsonNode find(ObjectNode section, String path) {
    JsonNode node = section;
    for (String key : path.split("\\.", -1)) {
      node = node instanceof ObjectNode object ? object.get(key) : null;
      if (node == null) {
        return null;
      }
    }
    return node;
  }

  private static @Nullable Object plain(@Nullable JsonNode node) {
    if (node == null || node.isNull()) {
      return null;
    }
    if (node.isBoolean()) {
      return node.booleanValue();
    }
    if (node.isNumber()) {
      return node.canConvertToLong() && node.canConvertToExactIntegral()
          ? (Object) node.longValue()
          : (Object) node.doubleValue();
    }
    if (node.isString()) {
      return node.stringValue();
    }
    if (node.isArray()) {
      List<@Nullable Object> items = new ArrayList<>();
      for (JsonNode item : node) {
        items.add(plain(item));
      }
      return items;
    }
    return node;
  }

  /** A whole number, if it is known. */
  public Optional<Long> whole(String name) {
    return switch (known(name)) {
      case Long whole -> Optional.of(whole);
      case Double number when number == Math.rint(number) -> Optional.of(number.longValue());
      case null, default -> Optional.empty();
    };
  }

  /** A number, if it is known. */
  public Optional<Double> number(String name) {
    return known(name) instanceof Number number
        ? Optional.of(number.doubleValue())
        : Optional.empty();
  }

  /** A text, if it is known. */
  public Optional<String> text(String name) {
    return known(name) instanceof String text ? Optional.of(text) : Optional.empty();
  }

  /** The value, or null where it or what it is made from is not stated. */
  public @Nullable Object known(String name) {
    try {
      return value(name);
    } catch (Expression.UnresolvedException notStated) {
      return null;
    }
  }

  /** True, false, or false where nothing is said. */
  public boolean truth(String name) {
    return new Expression.Name(name).truth(this);
  }

  /** A fact of the family under this configuration; null where it has none. */
  public @Nullable Object fact(String name) {
    Expression fact = family.facts().get(name);
    return fact == null ? null : fact.evaluate(this);
  }
}
