package dev.stemma.lab.bench;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A run as JSON: figures first, then every pair as it was measured. */
public final class BenchJson {
  private BenchJson() {}

  /** The document. */
  public static ObjectNode of(BenchRun run) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("schema", "stemma.bench/1");
    json.put("truth", run.truth());
    json.put("tool", run.tool());
    json.put("machine", run.machine());
    ArrayNode methods = json.putArray("methods");
    for (BenchRun.Method method : run.methods()) {
      ObjectNode node = methods.addObject();
      node.put("id", method.id());
      number(node, "auc", method.areaUnderCurve());
      number(node, "tprAt1PercentFpr", method.truePositiveRate());
      node.put("pairs", method.spoken());
      number(node, "secondsAPair", method.seconds());
      number(node, "allocatedBytesAPair", method.allocatedBytes());
    }
    share(json.putObject("found"), run.found());
    share(json.putObject("falseAlarms"), run.falseAlarms());
    share(json.putObject("relations"), run.relations());
    share(json.putObject("kinds"), run.kinds());
    BenchRun.Parents parents = run.parents();
    json.putObject("parents")
        .put("right", parents.right())
        .put("wrong", parents.wrong())
        .put("undetermined", parents.undetermined());
    BenchRun.Siblings siblings = run.siblings();
    json.putObject("siblings")
        .put("sharedAncestor", siblings.sharedAncestor())
        .put("derived", siblings.derived())
        .put("parentNamed", siblings.parentNamed())
        .put("of", siblings.of());
    ObjectNode founders = json.putObject("founderPairs");
    run.founderPairs()
        .forEach((id, share) ->
            founders.putObject(id).put("atOrBelow05", share.right()).put("of", share.of()));
    ObjectNode confusion = json.putObject("confusion");
    run.confusion()
        .forEach((truth, row) -> {
          ObjectNode node = confusion.putObject(truth.key());
          row.forEach(node::put);
        });
    ObjectNode calibration = json.putObject("calibration");
    run.calibration()
        .forEach((id, shares) -> {
          ArrayNode node = calibration.putArray(id);
          for (Metrics.TailShare share : shares) {
            ObjectNode each = node.addObject();
            each.put("level", share.level());
            number(each, "share", share.share());
            number(each, "low", share.low());
            number(each, "high", share.high());
          }
        });
    ObjectNode roc = json.putObject("roc");
    var curves = run.rocCurves();
    curves.x().forEach(roc.putArray("x")::add);
    ObjectNode series = roc.putObject("series");
    curves.series().forEach(each -> each.y().forEach(series.putArray(each.name())::add));
    ArrayNode pairs = json.putArray("pairs");
    run.pairs().forEach(pair -> pair(pairs.addObject(), pair));
    return json;
  }

  private static void pair(ObjectNode node, PairResult pair) {
    node.put("a", pair.a());
    node.put("b", pair.b());
    node.put("truth", pair.truth().key());
    node.put("relation", pair.relation());
    pair.kinds().forEach(node.putArray("kinds")::add);
    pair.expectedKinds().forEach(node.putArray("expectedKinds")::add);
    node.put("parent", pair.parent());
    node.put("expectedParent", pair.expectedParent());
    number(node, "log10p", pair.log10p());
    numbers(node.putObject("scores"), pair.scores());
    numbers(node.putObject("exactLog10p"), pair.exact());
    numbers(node.putObject("seconds"), pair.seconds());
    numbers(node.putObject("allocatedBytes"), pair.allocatedBytes());
    node.put("peakHeapBytes", pair.peakHeapBytes());
    if (!pair.problem().isEmpty()) {
      node.put("problem", pair.problem());
    }
  }

  /** One pair as {@link #of} writes it. */
  static ObjectNode pair(PairResult pair) {
    ObjectNode node = JsonMapper.shared().createObjectNode();
    pair(node, pair);
    return node;
  }

  /** A run's pairs, from the document that {@link #of} gives. */
  public static List<PairResult> pairs(JsonNode run) {
    return run.path("pairs").valueStream().map(BenchJson::pair).toList();
  }

  /** What {@link #pair(PairResult)} wrote; a score that was NaN is left out. */
  static PairResult pair(JsonNode node) {
    return new PairResult(
        node.path("a").asString(""),
        node.path("b").asString(""),
        TruePair.of(node.path("truth").asString("")),
        node.path("relation").asString(""),
        texts(node.path("kinds")),
        texts(node.path("expectedKinds")),
        text(node.path("parent")),
        text(node.path("expectedParent")),
        node.path("log10p").isNumber() ? node.path("log10p").asDouble() : null,
        numbers(node.path("scores")),
        numbers(node.path("exactLog10p")),
        numbers(node.path("seconds")),
        numbers(node.path("allocatedBytes")),
        node.path("peakHeapBytes").asLong(0),
        node.path("problem").asString(""));
  }

  private static List<String> texts(JsonNode node) {
    return node.valueStream().map(JsonNode::asString).toList();
  }

  private static @Nullable String text(JsonNode node) {
    return node.isString() ? node.asString() : null;
  }

  private static SortedMap<String, Double> numbers(JsonNode node) {
    TreeMap<String, Double> numbers = new TreeMap<>();
    node.properties()
        .forEach(entry -> {
          if (entry.getValue().isNumber()) {
            numbers.put(entry.getKey(), entry.getValue().asDouble());
          }
        });
    return numbers;
  }

  private static void share(ObjectNode node, BenchRun.Share share) {
    node.put("right", share.right());
    node.put("of", share.of());
  }

  private static void numbers(ObjectNode node, SortedMap<String, Double> values) {
    values.forEach((key, value) -> number(node, key, value));
  }

  /** JSON has no NaN and no infinity: both are null. */
  private static void number(ObjectNode node, String key, @Nullable Double value) {
    if (value == null || !Double.isFinite(value)) {
      node.putNull(key);
    } else {
      node.put(key, value.doubleValue());
    }
  }
}
