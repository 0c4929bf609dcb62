package dev.stemma.analysis.architecture;

import dev.stemma.architecture.Architecture;
import dev.stemma.architecture.Expression;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The keys by which configurations are compared, whatever a family calls them: a data file. */
public final class Specification {
  /** What stands for an absent key. */
  public static final String ABSENT = "N/A";

  private static final List<Key> KEYS = read();

  private Specification() {}

  /**
   * A compared key.
   *
   * @param group core, attention, MoE, position, vocabulary
   * @param isInDocument whether the user's document compares it
   * @param isSize whether it is a size that the distance between models uses
   */
  public record Key(
      String group, String name, Expression value, boolean isInDocument, boolean isSize) {
    /** The value; null where the configuration and its family have none. */
    public @Nullable Object of(Architecture architecture) {
      try {
        return value.evaluate(architecture.values());
      } catch (Expression.UnresolvedException notStated) {
        return null;
      }
    }

    /** The value as text. */
    public String textOf(Architecture architecture) {
      return text(of(architecture));
    }
  }

  /** All keys, by group. */
  public static List<Key> keys() {
    return KEYS;
  }

  /** The key of this name. */
  public static Key key(String name) {
    return KEYS.stream().filter(key -> key.name().equals(name)).findFirst().orElseThrow();
  }

  static String text(@Nullable Object value) {
    return switch (value) {
      case null -> ABSENT;
      case Double number when number == Math.rint(number) && Math.abs(number) < 1e15 ->
          String.valueOf(number.longValue());
      case Double number when Math.abs(number) < 0.001 && number != 0 ->
          String.format(Locale.ROOT, "%.0e", number);
      default -> dev.stemma.artifact.Printable.text(String.valueOf(value));
    };
  }

  static boolean same(@Nullable Object a, @Nullable Object b) {
    if (a instanceof Number x && b instanceof Number y) {
      return x.doubleValue() == y.doubleValue();
    }
    return a == null ? b == null : a.equals(b);
  }

  private static List<Key> read() {
    List<Key> keys = new ArrayList<>();
    try (InputStream in =
        java.util.Objects.requireNonNull(
            Specification.class.getResourceAsStream("specification.json"))) {
      JsonNode groups = JsonMapper.shared().readTree(in);
      for (Map.Entry<String, JsonNode> group : groups.properties()) {
        for (JsonNode key : group.getValue()) {
          keys.add(
              new Key(
                  group.getKey(),
                  key.path("key").asString(),
                  Expression.parse(key.path("value").asString()),
                  key.path("document").booleanValue(false),
                  key.path("size").booleanValue(false)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.copyOf(keys);
  }
}
