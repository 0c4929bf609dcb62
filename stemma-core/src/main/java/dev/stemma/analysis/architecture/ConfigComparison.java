package dev.stemma.analysis.architecture;

import dev.stemma.architecture.Architecture;
import dev.stemma.architecture.Expression;
import dev.stemma.architecture.LayerParameters;
import dev.stemma.evidence.Figure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Configurations side by side: the first against each of the others. */
public final class ConfigComparison {
  private final List<Inspection> models;

  /** Of these models, at least two. */
  public ConfigComparison(List<Inspection> models) {
    this.models = List.copyOf(models);
  }

  /** How many keys of a group two models share. */
  public record Agreement(int same, int compared) {
    Agreement others() {
      return new Agreement(compared - same, compared);
    }

    /** As in {@code 10 (55.6%)}. */
    String share() {
      return compared == 0
          ? "none compared"
          : String.format(Locale.ROOT, "%d (%.1f%%)", same, 100.0 * same / compared);
    }

    /** As in {@code 3/5 (60%)}. */
    @Override
    public String toString() {
      return compared == 0
          ? "none compared"
          : String.format(Locale.ROOT, "%d/%d (%.0f%%)", same, compared, 100.0 * same / compared);
    }
  }

  /** Agreement of the first model and another on the document's keys or on all keys. */
  public Map<String, Agreement> agreement(int other, boolean documentKeysOnly) {
    Map<String, Agreement> byGroup = new LinkedHashMap<>();
    for (Specification.Key key : Specification.keys()) {
      Object a = key.of(architecture(0));
      Object b = key.of(architecture(other));
      if ((documentKeysOnly && !key.isInDocument()) || (a == null && b == null)) {
        continue;
      }
      int same = Specification.same(a, b) ? 1 : 0;
      byGroup.merge(
          key.group(),
          new Agreement(same, 1),
          (x, y) -> new Agreement(x.same() + y.same(), x.compared() + y.compared()));
    }
    return byGroup;
  }

  /** All groups together. */
  public Agreement total(int other, boolean documentKeysOnly) {
    int same = 0;
    int compared = 0;
    for (Agreement agreement : agreement(other, documentKeysOnly).values()) {
      same += agreement.same();
      compared += agreement.compared();
    }
    return new Agreement(same, compared);
  }

  private Architecture architecture(int model) {
    return models.get(model).architecture();
  }

  /** All tables, and the layers drawn side by side. */
  public List<Figure> figures() {
    List<Figure> figures = new ArrayList<>(tables());
    List<LayerDrawing> layers = layers();
    if (!layers.isEmpty()) {
      figures.add(LayerDrawing.figure(layers));
    }
    return figures;
  }

  /** All tables. */
  public List<Figure.Table> tables() {
    List<Figure.Table> tables = new ArrayList<>();
    tables.add(sideBySide());
    tables.add(statistics());
    tables.add(counts());
    if (models.size() == 2) {
      tables.add(layer());
      tables.add(new FiveKeyRule(architecture(0), architecture(1)).table());
    } else {
      tables.add(fiveKeys());
    }
    tables.add(derivations());
    for (Inspection model : models) {
      tables.add(NearestModels.table(model));
    }
    return tables;
  }

  private List<String> head(String first, String last) {
    List<String> head = new ArrayList<>();
    head.add(first);
    models.forEach(model -> head.add(model.name()));
    head.add(last);
    return head;
  }

  private Figure.Table sideBySide() {
    List<List<String>> rows = new ArrayList<>();
    for (Specification.Key key : Specification.keys()) {
      if (models.stream().allMatch(model -> key.of(model.architecture()) == null)) {
        continue;
      }
      List<String> row = new ArrayList<>();
      row.add(key.group() + ": " + key.name());
      models.forEach(model -> row.add(key.textOf(model.architecture())));
      row.add(matching(key));
      rows.add(row);
    }
    return new Figure.Table(
        "Configurations side by side (same meaning, whatever the key is called)",
        head("key", "match"),
        rows);
  }

  private String matching(Specification.Key key) {
    Object first = key.of(architecture(0));
    List<String> same = new ArrayList<>();
    for (int i = 1; i < models.size(); i++) {
      if (Specification.same(first, key.of(architecture(i)))) {
        same.add(models.get(i).name());
      }
    }
    if (models.size() == 2) {
      return same.isEmpty() ? "differs" : "same";
    }
    return same.size()
        + " of "
        + (models.size() - 1)
        + (same.isEmpty() ? "" : ": " + String.join(", ", same));
  }

  /** The user's statistics block. */
  private Figure.Table statistics() {
    List<List<String>> rows = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("against " + models.getFirst().name()));
    for (int i = 1; i < models.size(); i++) {
      head.add(models.get(i).name());
    }
    rows.add(row("Parameters compared (the document's)", i -> "" + total(i, true).compared()));
    rows.add(row("  identical", i -> total(i, true).share()));
    rows.add(row("  different", i -> total(i, true).others().share()));
    Set<String> groups = new LinkedHashSet<>();
    Specification.keys().forEach(key -> groups.add(key.group()));
    for (String group : groups) {
      rows.add(
          row(
              "  " + group + " match",
              i -> String.valueOf(agreement(i, true).getOrDefault(group, new Agreement(0, 0)))));
    }
    rows.add(row("All keys: identical", i -> total(i, false).toString()));
    return new Figure.Table("Statistical summary", head, rows);
  }

  private List<String> row(String name, java.util.function.IntFunction<String> value) {
    List<String> row = new ArrayList<>();
    row.add(name);
    for (int i = 1; i < models.size(); i++) {
      row.add(value.apply(i));
    }
    return row;
  }

  private Figure.Table counts() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(count("total", model -> model.parameters().total()));
    rows.add(count("active", model -> model.parameters().active()));
    rows.add(
        count(
            "key-value cache, bytes a token (bf16)",
            model -> model.cache().map(cache -> (long) cache.bytesPerToken(2)).orElse(0L)));
    List<String> head = head("", "difference");
    return new Figure.Table(
        "Counts", models.size() == 2 ? head : head.subList(0, head.size() - 1), rows);
  }

  private List<String> count(String name, java.util.function.ToLongFunction<Inspection> value) {
    List<String> row = new ArrayList<>();
    row.add(name);
    models.forEach(model -> row.add(Amounts.exact(value.applyAsLong(model))));
    if (models.size() == 2) {
      row.add(
          Amounts.percent(
              value.applyAsLong(models.getLast()), value.applyAsLong(models.getFirst())));
    }
    return row;
  }

  /** The last layer of each, tensor by tensor; the difference is of a in percent of b. */
  private Figure.Table layer() {
    Map<String, Long> a = rows(models.get(0));
    Map<String, Long> b = rows(models.get(1));
    Set<String> names = new LinkedHashSet<>((a.size() >= b.size() ? a : b).keySet());
    names.addAll(a.keySet());
    names.addAll(b.keySet());
    names.remove("Layer total");
    names.add("Layer total");
    List<List<String>> rows = new ArrayList<>();
    for (String name : names) {
      rows.add(
          List.of(
              name,
              a.containsKey(name) ? Amounts.parameters(a.get(name)) : Specification.ABSENT,
              b.containsKey(name) ? Amounts.parameters(b.get(name)) : Specification.ABSENT,
              a.containsKey(name) && b.containsKey(name)
                  ? Amounts.percent(b.get(name), a.get(name))
                  : "only one"));
    }
    return new Figure.Table(
        "Parameters of one layer (the last)", head("tensor", "difference"), rows);
  }

  private static Map<String, Long> rows(Inspection model) {
    try {
      int layers = model.architecture().family().mainStack().layers(model.architecture().values());
      return layers == 0 ? Map.of() : LayerParameters.rows(model.architecture(), layers - 1);
    } catch (Expression.UnresolvedException notStated) {
      return Map.of();
    }
  }

  private Figure.Table fiveKeys() {
    List<List<String>> rows = new ArrayList<>();
    for (int i = 1; i < models.size(); i++) {
      FiveKeyRule rule = new FiveKeyRule(architecture(0), architecture(i));
      rows.add(List.of(models.get(i).name(), rule.matches() + " of 5", rule.reading()));
    }
    return new Figure.Table(
        "The document's five-key rule against "
            + models.getFirst().name()
            + " (it decides nothing)",
        List.of("model", "keys", "the document's reading"),
        rows);
  }

  private Figure.Table derivations() {
    List<List<String>> rows = new ArrayList<>();
    for (int i = 1; i < models.size(); i++) {
      for (String allowed : new Derivations(models.getFirst(), models.get(i)).allowed()) {
        rows.add(List.of(models.get(i).name(), allowed));
      }
    }
    return new Figure.Table(
        "Derivations that the shapes allow, against: " + models.getFirst().name(),
        List.of("model", "derivation"),
        rows);
  }

  /** The last layer of each. */
  public List<LayerDrawing> layers() {
    List<LayerDrawing> layers = new ArrayList<>();
    models.forEach(model -> layers.addAll(LayerDrawing.ofLast(model)));
    return layers;
  }

  /** What a configuration cannot say. */
  public List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    if (models.size() == 2) {
      sentences.add(new FiveKeyRule(architecture(0), architecture(1)).sentence());
    }
    sentences.add(
        "A configuration selects candidates and controls; it never says where weights came from.");
    return sentences;
  }

  /** Adds the comparison to a document. */
  public void addTo(ObjectNode json) {
    ObjectNode comparison = json.putObject("comparison");
    comparison.put("against", models.getFirst().name());
    for (int i = 1; i < models.size(); i++) {
      ObjectNode one = comparison.putObject(models.get(i).name());
      put(one.putObject("document"), total(i, true), agreement(i, true));
      put(one.putObject("all"), total(i, false), agreement(i, false));
      FiveKeyRule rule = new FiveKeyRule(architecture(0), architecture(i));
      one.putObject("fiveKeyRule").put("matches", rule.matches()).put("reading", rule.reading());
      new Derivations(models.getFirst(), models.get(i))
          .allowed()
          .forEach(one.putArray("shapesAllow")::add);
    }
  }

  private static void put(ObjectNode json, Agreement total, Map<String, Agreement> byGroup) {
    json.put("same", total.same()).put("compared", total.compared());
    ObjectNode groups = json.putObject("groups");
    byGroup.forEach((group, agreement) ->
        groups
            .putObject(group)
            .put("same", agreement.same())
            .put("compared", agreement.compared()));
  }

  /** A key's values, for tests and drawings. */
  public @Nullable Object value(String key, int model) {
    return Specification.key(key).of(architecture(model));
  }
}
