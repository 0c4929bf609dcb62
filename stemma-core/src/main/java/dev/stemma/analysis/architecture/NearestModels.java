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
 * experts, shared experts, expert width, context, vocabulary), where a size that only one has
 * counts 1; and 0.5 more where the kind of attention differs. It suggests candidates and controls;
 * it says nothing of origin.
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

  /** What a known model is good for in an investigation of another, by shapes alone. */
  public enum Use {
    /** Shapes allow a derivation in one step: worth a comparison of weights. */
    CANDIDATE("candidate"),
    /** Near, but no derivation in one step: a comparison with it shows what chance looks like. */
    CONTROL("control");

    private final String key;

    Use(String key) {
      this.key = key;
    }

    /** The name in JSON. */
    public String key() {
      return key;
    }
  }

  /**
   * A known model that is suggested.
   *
   * @param kinds the derivations that shapes allow; empty for a control
   */
  public record Suggestion(Neighbour neighbour, Use use, List<String> kinds) {}

  /** The nearest candidates and the nearest controls, all by distance. */
  public static List<Suggestion> suggestions(Inspection inspection) {
    List<Suggestion> suggestions = new ArrayList<>();
    int candidates = 0;
    int controls = 0;
    for (Neighbour neighbour : of(inspection)) {
      List<String> kinds =
          new Derivations(
                  inspection.name(),
                  inspection.architecture(),
                  neighbour.model().name(),
                  Families.architecture(neighbour.model().config()))
              .ofBody().stream().map(Derivations.Derivation::kind).toList();
      if (!kinds.isEmpty() && candidates < SHOWN) {
        candidates++;
        suggestions.add(new Suggestion(neighbour, Use.CANDIDATE, kinds));
      } else if (kinds.isEmpty() && controls < SHOWN) {
        controls++;
        suggestions.add(new Suggestion(neighbour, Use.CONTROL, kinds));
      }
    }
    return suggestions;
  }

  /** The nearest as a table. */
  public static Figure.Table table(Inspection inspection) {
    List<List<String>> rows = new ArrayList<>();
    for (Suggestion suggestion : suggestions(inspection)) {
      rows.add(
          List.of(
              suggestion.neighbour().model().name(),
              String.format(Locale.ROOT, "%.3f", suggestion.neighbour().distance()),
              suggestion.use().key(),
              suggestion.kinds().isEmpty() ? "-" : String.join(", ", suggestion.kinds()),
              suggestion.neighbour().model().confidence()));
    }
    return new Figure.Table(
        "Known models nearest by configuration (candidates and controls, not origin): "
            + inspection.name(),
        List.of("model", "distance", "use as", "shapes allow", "its facts are"),
        rows);
  }

  /** Adds the nearest to a document. */
  public static void addTo(ObjectNode json, Inspection inspection) {
    ArrayNode nearest = json.putArray("nearest");
    for (Suggestion suggestion : suggestions(inspection)) {
      ObjectNode one =
          nearest
              .addObject()
              .put("model", suggestion.neighbour().model().name())
              .put("distance", suggestion.neighbour().distance())
              .put("use", suggestion.use().key());
      suggestion.kinds().forEach(one.putArray("shapesAllow")::add);
    }
  }
}
