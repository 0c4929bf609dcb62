package dev.stemma.analysis.architecture;

import dev.stemma.architecture.Architecture;
import dev.stemma.architecture.Attention;
import dev.stemma.architecture.Families;
import dev.stemma.architecture.KnownModel;
import dev.stemma.architecture.KnownModels;
import dev.stemma.evidence.Figure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The known models that are nearest by configuration: root of the summed squares of log(a/b) over
 * the sizes that both have (hidden, layers, heads, key-value heads, head dimension, intermediate,
 * experts, expert width, context, vocabulary), where a size that only one has counts 1; and 0.5
 * more where the kind of attention differs. It suggests candidates and controls; it says nothing of
 * origin.
 */
public final class NearestModels {
  private static final double ONLY_ONE_HAS_IT = 1.0;
  private static final double OTHER_ATTENTION = 0.5;
  private static final int SHOWN = 5;
  private static final int MOST_DIFFERENCES = 2;

  private NearestModels() {}

  /** A known model and how far it is. */
  public record Neighbour(KnownModel model, double distance) {}

  /** All known models, nearest first. */
  public static List<Neighbour> of(Inspection inspection) {
    return of(inspection.architecture());
  }

  /**
   * What a configuration has otherwise than a known model of its family that is the same in all but
   * one or two sizes: a variant, or a mistake in a document.
   */
  public static Optional<String> difference(Architecture architecture) {
    for (Neighbour neighbour : of(architecture)) {
      Architecture known = Families.architecture(neighbour.model().config());
      if (!known.family().equals(architecture.family())) {
        continue;
      }
      List<String> different = new ArrayList<>();
      for (Specification.Key key : Specification.keys()) {
        if (key.isSize() && !Specification.same(key.of(architecture), key.of(known))) {
          different.add(
              key.name() + " " + key.textOf(architecture) + " against " + key.textOf(known));
        }
      }
      if (different.isEmpty()) {
        return Optional.empty();
      }
      if (different.size() <= MOST_DIFFERENCES) {
        return Optional.of(
            "Known model "
                + neighbour.model().name()
                + " has the same sizes except: "
                + String.join(", ", different)
                + ".");
      }
    }
    return Optional.empty();
  }

  private static List<Neighbour> of(Architecture architecture) {
    List<Neighbour> neighbours = new ArrayList<>();
    for (KnownModel model : KnownModels.all()) {
      Architecture other = Families.architecture(model.config());
      neighbours.add(new Neighbour(model, distance(architecture, other)));
    }
    neighbours.sort(Comparator.comparingDouble(Neighbour::distance));
    return neighbours;
  }

  /** The documented distance between two configurations. */
  public static double distance(Architecture a, Architecture b) {
    double sum = 0;
    for (Specification.Key key : Specification.keys()) {
      if (!key.isSize()) {
        continue;
      }
      double x = positive(key.of(a));
      double y = positive(key.of(b));
      if (x > 0 && y > 0) {
        sum += Math.pow(Math.log(x / y), 2);
      } else if (x > 0 || y > 0) {
        sum += ONLY_ONE_HAS_IT;
      }
    }
    return Math.sqrt(sum) + (kind(a).equals(kind(b)) ? 0 : OTHER_ATTENTION);
  }

  private static double positive(@org.jspecify.annotations.Nullable Object value) {
    return value instanceof Number number ? Math.max(0, number.doubleValue()) : 0;
  }

  private static String kind(Architecture architecture) {
    try {
      return Attention.of(architecture).kind();
    } catch (dev.stemma.architecture.Expression.UnresolvedException notStated) {
      return "unknown";
    }
  }

  /** The nearest as a table. */
  public static Figure.Table table(Inspection inspection) {
    List<List<String>> rows = new ArrayList<>();
    for (Neighbour neighbour : of(inspection).subList(0, SHOWN)) {
      rows.add(
          List.of(
              neighbour.model().name(),
              String.format(Locale.ROOT, "%.3f", neighbour.distance()),
              neighbour.model().confidence()));
    }
    return new Figure.Table(
        "Nearest known models by configuration (candidates and controls, not origin)",
        List.of("model", "distance", "confidence of its facts"),
        rows);
  }

  /** Adds the nearest to a document. */
  public static void addTo(ObjectNode json, Inspection inspection) {
    ArrayNode nearest = json.putArray("nearest");
    for (Neighbour neighbour : of(inspection).subList(0, SHOWN)) {
      nearest
          .addObject()
          .put("model", neighbour.model().name())
          .put("distance", neighbour.distance());
    }
  }
}
