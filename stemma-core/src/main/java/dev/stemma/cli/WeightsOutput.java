package dev.stemma.cli;

import dev.stemma.WeightComparison;
import dev.stemma.WeightComparison.Row;
import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.Printable;
import dev.stemma.artifact.Shape;
import dev.stemma.numeric.PairStatistics;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The results of {@code stemma weights}: the user's JSON, and a table for people.
 *
 * @param direct model 1 against model 2
 * @param control the third model, where there is one
 */
record WeightsOutput(
    String model1, String model2, WeightComparison direct, @Nullable Control control) {
  private static final int FEWEST_COLUMNS_FOR_NAME = 30;

  /** A third model against both. */
  record Control(String name, WeightComparison model1, WeightComparison model2) {}

  /** Layers, then parts: {@code {"10":{"q_proj":{"comparable":true,...}}}}. */
  ObjectNode json() {
    ObjectNode results = JsonMapper.shared().createObjectNode();
    for (Map.Entry<Role, Row> entry : direct.rows().entrySet()) {
      Role role = entry.getKey();
      if (role.layer() >= 0) {
        String layer = String.valueOf(role.layer());
        ObjectNode parts =
            results.get(layer) instanceof ObjectNode known ? known : results.putObject(layer);
        ObjectNode part = parts.putObject(direct.key(role));
        fill(part, entry.getValue());
        if (control != null) {
          ObjectNode beside = part.putObject("control");
          fill(beside.putObject("model1"), control.model1().rows().get(role));
          fill(beside.putObject("model2"), control.model2().rows().get(role));
        }
      }
    }
    return results;
  }

  private static void fill(ObjectNode node, @Nullable Row row) {
    node.put("comparable", row != null && row.comparable());
    if (row == null) {
      return;
    }
    Shape a = row.tensors().a().shape();
    if (!row.comparable()) {
      node.put("shape_mismatch", tuple(a) + " vs " + tuple(row.tensors().b().shape()));
      return;
    }
    a.dimensions().forEach(node.putArray("shape")::add);
    if (!row.whole()) {
      node.put("rows_compared", row.rows());
    }
    PairStatistics sums = row.statistics() == null ? PairStatistics.EMPTY : row.statistics();
    put(node, "cosine_similarity", sums.cosine());
    put(node, "mean_abs_diff", sums.meanAbsoluteDifference());
    put(node, "pearson_correlation", sums.pearson());
    put(node, "max_abs_diff", sums.maximumAbsoluteDifference());
    put(node, "relative_frobenius_distance", sums.relativeFrobeniusDistance());
    put(node, "bit_equal_share", sums.bitEqualShare());
    node.put("non_finite", sums.nonFiniteA() + sums.nonFiniteB());
  }

  /** A number, or null where the figure does not exist (a constant has no correlation). */
  private static void put(ObjectNode node, String name, double value) {
    if (Double.isFinite(value)) {
      node.put(name, value);
    } else {
      node.putNull(name);
    }
  }

  /** As Python writes a tuple: {@code (4096,)}, {@code (4096, 1280)}. */
  private static String tuple(Shape shape) {
    return shape.dimensions().stream()
        .map(String::valueOf)
        .collect(Collectors.joining(", ", "(", shape.rank() == 1 ? ",)" : ")"));
  }

  /** A table in 80 columns; routed experts of a layer share a line. */
  void print(PrintWriter out) {
    out.println("1: " + Printable.text(model1));
    out.println("2: " + Printable.text(model2));
    if (control != null) {
      out.println("C: " + Printable.text(control.name()));
    }
    out.println();
    out.println(
        control == null
            ? line("layer", "part", "cosine", "mean|1-2|", "Pearson", "bit-equal")
            : wide(
                "layer", "part", "cos 1-2", "cos 1-C", "cos 2-C", "mad 1-2", "mad 1-C", "mad 2-C"));
    boolean norms = false;
    for (Map.Entry<String, List<Role>> group : groups().entrySet()) {
      List<Role> roles = group.getValue();
      Role first = roles.getFirst();
      String layer = first.layer() < 0 ? "-" : String.valueOf(first.layer());
      String name = name(roles);
      norms |= first.part().kind() == Part.Kind.NORM;
      out.println(
          control == null ? row(layer, name, roles) : threeModels(layer, name, roles, control));
    }
    if (norms) {
      out.println();
      out.println("* Norm weights sit around one: their cosine is high between unrelated models.");
      out.println("  Judge them by Pearson, which takes the mean out, or not at all.");
    }
    printLimits(out);
  }

  /** What was not compared because the models are too large. */
  private void printLimits(PrintWriter out) {
    List<Row> some = direct.rows().values().stream().filter(row -> !row.whole()).toList();
    if (some.isEmpty()) {
      return;
    }
    long rows = some.stream().mapToLong(Row::rows).max().orElse(0);
    long unread = some.stream().filter(row -> row.rows() == 0).count();
    out.println();
    out.println("Over 20 GB: of each matrix only the first " + rows + " rows were compared.");
    if (unread > 0) {
      out.println("Not compared: " + unread + " of " + direct.rows().size() + " tensors.");
    }
    out.println("--thorough compares all, --layers 10,20 all of these layers.");
  }

  /** Roles that share a line, in the roles' order. */
  private Map<String, List<Role>> groups() {
    Map<String, List<Role>> groups = new java.util.LinkedHashMap<>();
    for (Role role : direct.rows().keySet()) {
      String key = role.component() + " " + role.layer() + " " + role.part() + (role.expert() >= 0);
      groups.computeIfAbsent(key, ignored -> new ArrayList<>()).add(role);
    }
    return new TreeMap<>(byLayer(groups))
        .values().stream()
            .collect(
                Collectors.toMap(
                    roles -> direct.key(roles.getFirst()) + " " + roles.getFirst().layer(),
                    roles -> roles,
                    (left, right) -> left,
                    java.util.LinkedHashMap::new));
  }

  private static Map<Role, List<Role>> byLayer(Map<String, List<Role>> groups) {
    return groups.values().stream().collect(Collectors.toMap(List::getFirst, roles -> roles));
  }

  private String name(List<Role> roles) {
    Role first = roles.getFirst();
    String mark = first.part().kind() == Part.Kind.NORM ? "*" : "";
    return (roles.size() > 1
            ? first.part().key() + " (" + roles.size() + " experts)"
            : direct.key(first))
        + mark;
  }

  private String row(String layer, String name, List<Role> roles) {
    Row only = direct.rows().get(roles.getFirst());
    if (roles.size() == 1 && only != null && !only.comparable()) {
      return String.format(Locale.ROOT, "%5s  %-" + FEWEST_COLUMNS_FOR_NAME + "s ", layer, name)
          + tuple(only.tensors().a().shape())
          + " vs "
          + tuple(only.tensors().b().shape());
    }
    return line(
        layer,
        name,
        mean("%.6f", direct, roles, PairStatistics::cosine),
        mean("%.3e", direct, roles, PairStatistics::meanAbsoluteDifference),
        mean("%.6f", direct, roles, PairStatistics::pearson),
        mean("%.4f", direct, roles, PairStatistics::bitEqualShare));
  }

  private String threeModels(String layer, String name, List<Role> roles, Control third) {
    return wide(
        layer,
        name,
        mean("%.4f", direct, roles, PairStatistics::cosine),
        mean("%.4f", third.model1(), roles, PairStatistics::cosine),
        mean("%.4f", third.model2(), roles, PairStatistics::cosine),
        mean("%.1e", direct, roles, PairStatistics::meanAbsoluteDifference),
        mean("%.1e", third.model1(), roles, PairStatistics::meanAbsoluteDifference),
        mean("%.1e", third.model2(), roles, PairStatistics::meanAbsoluteDifference));
  }

  /** Mean over the roles' tensors that could be compared. */
  private static String mean(
      String format,
      WeightComparison comparison,
      List<Role> roles,
      java.util.function.ToDoubleFunction<PairStatistics> figure) {
    double sum = 0;
    int count = 0;
    for (Role role : roles) {
      Row row = comparison.rows().get(role);
      if (row != null && row.statistics() != null) {
        double value = figure.applyAsDouble(row.statistics());
        if (Double.isFinite(value)) {
          sum += value;
          count++;
        }
      }
    }
    return count == 0 ? "-" : String.format(Locale.ROOT, format, sum / count);
  }

  /** A part in 24 columns; the norms' mark stays. */
  private static String shortened(String part) {
    return part.endsWith("*") ? part.substring(0, 20) + "...*" : part.substring(0, 21) + "...";
  }

  private static String line(
      String layer, String part, String cosine, String difference, String pearson, String bits) {
    return String.format(
        Locale.ROOT, "%5s  %-30s %9s %10s %9s %9s", layer, part, cosine, difference, pearson, bits);
  }

  private static String wide(
      String layer,
      String part,
      String c12,
      String c13,
      String c23,
      String d12,
      String d13,
      String d23) {
    return String.format(
        Locale.ROOT,
        "%5s %-24s %7s %7s %7s %7s %7s %7s",
        layer,
        part.length() > 24 ? shortened(part) : part,
        c12,
        c13,
        c23,
        d12,
        d13,
        d23);
  }
}
