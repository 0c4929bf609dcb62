package dev.stemma.report;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Failed;
import dev.stemma.evidence.LayerMap;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.NotApplicable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A JSON report read back: what it states, and the evidence that its rules saw. */
public final class ReportDocument {
  private static final long LARGEST = 64L << 20;
  private static final int MOST = 100_000;

  private final String file;
  private final JsonNode report;
  private final @Nullable JsonNode statement;

  private ReportDocument(String file, JsonNode report, @Nullable JsonNode statement) {
    this.file = file;
    this.report = report;
    this.statement = statement;
  }

  /** A model that it names. */
  public record Subject(String role, String reference, String digest) {}

  /**
   * Reads one, or the one in an in-toto statement.
   *
   * @throws ArtifactException if it is none
   */
  public static ReportDocument read(Path file) {
    JsonNode json;
    try {
      json = JsonMapper.shared().readTree(ReportSignatures.bytes(file, LARGEST));
    } catch (JacksonException e) {
      throw new ArtifactException(
          ErrorCode.MALFORMED_JSON,
          file.toString(),
          "",
          "a JSON report",
          "no JSON",
          "Give a report that stemma wrote as .json or .intoto.json.",
          e);
    }
    boolean inToto = json.path("predicateType").asString("").equals(InTotoReport.PREDICATE_TYPE);
    ReportDocument document =
        new ReportDocument(
            file.toString(), inToto ? json.path("predicate") : json, inToto ? json : null);
    if (!document.report.path("schema").asString("").equals(JsonReport.SCHEMA)) {
      throw document.wrong("schema", JsonReport.SCHEMA, document.report.path("schema"));
    }
    return document;
  }

  /** The document's report as it stands. */
  public JsonNode json() {
    return report;
  }

  /** The version of the tool that wrote it. */
  public String version() {
    return report.path("tool").path("version").asString("");
  }

  /** The command that reproduces it. */
  public String command() {
    return report.path("tool").path("command").asString("");
  }

  /** The models, a and b first. */
  public List<Subject> subjects() {
    List<Subject> subjects = new ArrayList<>();
    for (String role : List.of("a", "b")) {
      subjects.add(subject(role, report.path(role)));
    }
    for (String role : List.of("controls", "candidates")) {
      for (JsonNode one : list(report, role)) {
        subjects.add(subject(role, one));
      }
    }
    return subjects;
  }

  private Subject subject(String role, JsonNode json) {
    return new Subject(role, text(json, "reference", role), text(json, "digest", role));
  }

  /** What an in-toto statement is about, by name and digest; null where this is no statement. */
  public @Nullable List<Subject> statementSubjects() {
    if (statement == null) {
      return null;
    }
    List<Subject> subjects = new ArrayList<>();
    for (JsonNode one : list(statement, "subject")) {
      subjects.add(
          new Subject(
              "subject",
              text(one, "name", "subject"),
              text(one.path("digest"), "sha256", "subject")));
    }
    return subjects;
  }

  /** The thresholds that it prints. */
  public SortedMap<String, Double> thresholds() {
    SortedMap<String, Double> thresholds = new TreeMap<>();
    report
        .path("thresholds")
        .properties()
        .forEach(entry -> thresholds.put(entry.getKey(), entry.getValue().asDouble(Double.NaN)));
    return thresholds;
  }

  /** Its verdict's relation. */
  public String relation() {
    return text(report.path("verdict"), "relation", "verdict");
  }

  /** The components of its verdict. */
  public List<JsonNode> components() {
    return list(report, "components");
  }

  /**
   * The evidence, as the rules need it: figures are left out.
   *
   * @throws ArtifactException if it is not of the schema
   */
  public List<Evidence> evidence() {
    List<Evidence> evidence = new ArrayList<>();
    for (JsonNode item : list(report, "evidence")) {
      String id = text(item, "id", "evidence");
      Component component =
          of(Component.values(), Component::key, item.path("component"), id + ".component");
      evidence.add(
          switch (item.path("outcome").asString("")) {
            case "measured" -> measured(id, component, item);
            case "not-applicable" ->
                new NotApplicable(id, component, item.path("why").asString(""));
            case "failed" -> new Failed(id, component, item.path("why").asString(""));
            default -> throw wrong(id, "an outcome", item.path("outcome"));
          });
    }
    return evidence;
  }

  private Measured measured(String id, Component component, JsonNode item) {
    JsonNode statistic = item.path("statistic");
    Double log10p = number(item.path("log10p"));
    if (log10p != null && !(log10p <= 0)) {
      throw wrong(id + ".log10p", "a logarithm of at most 0", item.path("log10p"));
    }
    SortedMap<String, Double> values = new TreeMap<>();
    item.path("values")
        .properties()
        .forEach(entry -> {
          Double value = number(entry.getValue());
          if (value != null) {
            values.put(entry.getKey(), value);
          }
        });
    List<Measured.ControlValue> controls = new ArrayList<>();
    for (JsonNode control : list(item, "controls")) {
      Double value = number(control.path("value"));
      controls.add(
          new Measured.ControlValue(
              control.path("model").asString(""),
              value == null ? Double.NaN : value,
              number(control.path("log10p"))));
    }
    Double value = number(statistic.path("value"));
    return new Measured(
        id,
        component,
        of(Measured.Supports.values(), Keys::of, item.path("supports"), id + ".supports"),
        new Measured.Statistic(
            statistic.path("name").asString(""),
            value == null ? Double.NaN : value,
            number(statistic.path("of"))),
        log10p,
        of(Measured.Basis.values(), Keys::of, item.path("basis"), id + ".basis"),
        item.path("null").asString(""),
        number(item.path("effect")),
        values,
        layerMap(item),
        controls,
        List.of(),
        list(item, "caveats").stream().map(caveat -> caveat.asString("")).toList());
  }

  private static @Nullable LayerMap layerMap(JsonNode item) {
    JsonNode map = item.path("layerMap");
    if (!map.isArray() || map.size() > MOST) {
      return null;
    }
    List<LayerMap.Link> links = new ArrayList<>();
    for (JsonNode link : map) {
      links.add(new LayerMap.Link(link.path(0).asInt(-1), link.path(1).asInt(-1), 1));
    }
    JsonNode layers = item.path("layers");
    return new LayerMap(layers.path(0).asInt(0), layers.path(1).asInt(0), links);
  }

  private static @Nullable Double number(JsonNode node) {
    return node.isNumber() ? (Double) node.doubleValue() : null;
  }

  private <T> T of(T[] values, Function<T, String> key, JsonNode node, String place) {
    String wanted = node.asString("");
    for (T value : values) {
      if (key.apply(value).equals(wanted.toLowerCase(Locale.ROOT))) {
        return value;
      }
    }
    throw wrong(place, "a name of the schema", node);
  }

  private List<JsonNode> list(JsonNode json, String name) {
    JsonNode list = json.path(name);
    if (list.isMissingNode() || list.isNull()) {
      return List.of();
    }
    if (!list.isArray() || list.size() > MOST) {
      throw wrong(name, "a list of at most " + MOST, list);
    }
    List<JsonNode> items = new ArrayList<>();
    list.forEach(items::add);
    return items;
  }

  private String text(JsonNode json, String name, String place) {
    JsonNode node = json.path(name);
    if (!node.isString()) {
      throw wrong(place + "." + name, "a text", node);
    }
    return node.stringValue();
  }

  private ArtifactException wrong(String place, String expected, JsonNode found) {
    String text = found.isMissingNode() ? "nothing" : found.toString();
    return new ArtifactException(
        ErrorCode.MALFORMED_JSON,
        file,
        place,
        expected,
        text.length() > 80 ? text.substring(0, 80) + "..." : text,
        "Give a report that stemma wrote as .json or .intoto.json.");
  }
}
