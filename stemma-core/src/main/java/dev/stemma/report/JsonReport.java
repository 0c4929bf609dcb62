package dev.stemma.report;

import dev.stemma.analysis.weights.CostPlan;
import dev.stemma.artifact.Component;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Failed;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.LayerMap;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.NotApplicable;
import dev.stemma.verdict.ComponentVerdict;
import dev.stemma.verdict.Kind;
import dev.stemma.verdict.Relation;
import dev.stemma.verdict.Verdict;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/**
 * The report for scripts: schema {@code stemma.report/1}, which {@code report.schema.json}
 * describes. Numbers that are not finite are null.
 */
public final class JsonReport implements ReportFormat {
  /** The schema's name, the document's first key. */
  public static final String SCHEMA = "stemma.report/1";

  /** Keys of {@code details} that are always there, null where they do not apply. */
  private static final List<String> DETAILS = List.of("rank", "coefficients", "grid");

  /** Rows of a table that are written; the rest is counted. */
  private static final int MOST_ROWS = 200;

  private static final ObjectWriteContext PRETTY =
      new ObjectWriteContext.Base() {
        @Override
        public DefaultPrettyPrinter getPrettyPrinter() {
          return new DefaultPrettyPrinter();
        }

        @Override
        public boolean hasPrettyPrinter() {
          return true;
        }
      };

  @Override
  public void write(Report report, Appendable out) throws IOException {
    document(out, json -> report(json, report));
    out.append('\n');
  }

  /** Something that writes one JSON value. */
  interface Value {
    void to(JsonGenerator json);
  }

  /** Writes one JSON document, indented, with deceptive characters escaped. */
  static void document(Appendable out, Value value) throws IOException {
    try (VisibleJson visible = new VisibleJson(out);
        JsonGenerator json = JsonFactory.builder().build().createGenerator(PRETTY, visible)) {
      value.to(json);
    }
  }

  static void report(JsonGenerator json, Report report) {
    json.writeStartObject();
    json.writeStringProperty("schema", SCHEMA);
    json.writeName("tool").writeStartObject();
    json.writeStringProperty("version", report.toolVersion());
    json.writeStringProperty("command", report.command());
    text(json, "time", report.created() == null ? null : report.created().toString());
    json.writeEndObject();
    json.writeName("a");
    subject(json, report.a());
    json.writeName("b");
    subject(json, report.b());
    subjects(json, "controls", report.controls());
    subjects(json, "candidates", report.candidates());
    verdict(json, report.verdict());
    json.writeName("evidence").writeStartArray();
    report.evidence().forEach(evidence -> evidence(json, evidence));
    json.writeEndArray();
    json.writeName("notTested").writeStartArray();
    report.everythingNotTested().forEach(item -> untested(json, item));
    json.writeEndArray();
    json.writeName("thresholds").writeStartObject();
    report.thresholds().forEach((name, value) -> number(json, name, value));
    json.writeEndObject();
    afterSearch(json, report);
    plan(json, report);
    json.writeEndObject();
  }

  private static void plan(JsonGenerator json, Report report) {
    CostPlan plan = report.plan();
    if (plan == null) {
      return;
    }
    json.writeName("plan").writeStartObject();
    json.writeNumberProperty("bytes", plan.bytes());
    json.writeNumberProperty("distinctBytes", plan.distinctBytes());
    json.writeNumberProperty("modelBytes", plan.modelBytes());
    json.writeNumberProperty("share", plan.share());
    json.writeBooleanProperty("thorough", plan.thorough());
    json.writeName("choices").writeStartArray();
    List<String> whys = PlanWords.whys(plan, Texts.of("en"));
    for (int index = 0; index < whys.size(); index++) {
      json.writeStartObject();
      json.writeStringProperty("choice", plan.choices().get(index).key());
      json.writeNumberProperty("count", plan.choices().get(index).count());
      json.writeName("layersOfA").writeStartArray();
      plan.choices().get(index).layersOfA().forEach(json::writeNumber);
      json.writeEndArray();
      json.writeName("layersOfB").writeStartArray();
      plan.choices().get(index).layersOfB().forEach(json::writeNumber);
      json.writeEndArray();
      json.writeStringProperty("why", whys.get(index));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeName("layers").writeStartArray();
    for (CostPlan.Stack stack : plan.stacks()) {
      json.writeStartObject();
      json.writeStringProperty("model", stack.model());
      json.writeStringProperty("component", stack.component().key());
      json.writeNumberProperty("of", stack.layers());
      json.writeName("tested").writeStartArray();
      stack.tested().forEach(json::writeNumber);
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeName("steps").writeStartArray();
    for (CostPlan.Step step : plan.steps()) {
      json.writeStartObject();
      json.writeStringProperty("id", step.id());
      json.writeNumberProperty("bytes", step.bytes());
      number(json, "seesCorrelation", step.sees());
      json.writeStringProperty("when", step.when().key());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void subjects(JsonGenerator json, String name, List<Report.Subject> subjects) {
    json.writeName(name).writeStartArray();
    subjects.forEach(subject -> subject(json, subject));
    json.writeEndArray();
  }

  private static void subject(JsonGenerator json, Report.Subject subject) {
    json.writeStartObject();
    json.writeStringProperty("reference", subject.reference());
    json.writeStringProperty("name", subject.name());
    json.writeStringProperty("digest", subject.digest());
    json.writeStringProperty("family", subject.family());
    json.writeName("parameters");
    if (subject.parameters() > 0) {
      json.writeNumber(subject.parameters());
    } else {
      json.writeNull();
    }
    strings(json, "notes", subject.notes());
    json.writeEndObject();
  }

  private static void verdict(JsonGenerator json, @Nullable Verdict verdict) {
    json.writeName("verdict").writeStartObject();
    json.writeStringProperty(
        "relation", (verdict == null ? Relation.NOT_COMPARABLE : verdict.relation()).key());
    json.writeStringProperty(
        "summary", verdict == null ? "Nothing could be compared." : verdict.summary());
    json.writeStringProperty("wouldChange", verdict == null ? "" : verdict.wouldChange());
    json.writeEndObject();
    json.writeName("components").writeStartArray();
    if (verdict != null) {
      verdict.components().forEach(component -> component(json, component));
    }
    json.writeEndArray();
  }

  private static void component(JsonGenerator json, ComponentVerdict verdict) {
    json.writeStartObject();
    json.writeStringProperty("component", verdict.component().key());
    json.writeStringProperty("relation", verdict.relation().key());
    strings(json, "kinds", verdict.kinds().stream().map(Kind::key).toList());
    text(json, "parent", verdict.parent() == null ? null : verdict.parent().key());
    number(json, "log10p", verdict.log10p());
    json.writeStringProperty("basis", Keys.of(verdict.basis()));
    strings(json, "because", verdict.because());
    layerMap(json, verdict.layerMap());
    json.writeName("details").writeStartObject();
    Map<String, @Nullable Object> details = new TreeMap<>();
    DETAILS.forEach(name -> details.put(name, null));
    details.putAll(verdict.details());
    details.forEach((name, value) -> {
      json.writeName(name);
      any(json, value);
    });
    json.writeEndObject();
    text(json, "power", verdict.power());
    json.writeEndObject();
  }

  private static void evidence(JsonGenerator json, Evidence evidence) {
    json.writeStartObject();
    json.writeStringProperty("id", evidence.id());
    json.writeStringProperty("component", evidence.component().key());
    switch (evidence) {
      case Measured measured -> measured(json, measured);
      case NotApplicable item -> unmeasured(json, "not-applicable", item.why());
      case Failed item -> unmeasured(json, "failed", item.why());
    }
    json.writeEndObject();
  }

  private static void measured(JsonGenerator json, Measured measured) {
    json.writeStringProperty("outcome", "measured");
    json.writeStringProperty("supports", Keys.of(measured.supports()));
    json.writeName("statistic").writeStartObject();
    json.writeStringProperty("name", measured.statistic().name());
    number(json, "value", measured.statistic().value());
    number(json, "of", measured.statistic().of());
    json.writeEndObject();
    number(json, "log10p", measured.log10p());
    json.writeStringProperty("basis", Keys.of(measured.basis()));
    json.writeStringProperty("null", measured.nullHypothesis());
    number(json, "effect", measured.effect());
    json.writeName("values").writeStartObject();
    measured.values().forEach((name, value) -> number(json, name, value));
    json.writeEndObject();
    layerMap(json, measured.layerMap());
    LayerMap map = measured.layerMap();
    if (map != null) {
      json.writeName("layers").writeStartArray();
      json.writeNumber(map.layersOfA()).writeNumber(map.layersOfB()).writeEndArray();
    }
    json.writeName("controls").writeStartArray();
    for (Measured.ControlValue control : measured.controls()) {
      json.writeStartObject();
      json.writeStringProperty("model", control.model());
      number(json, "value", control.value());
      number(json, "log10p", control.log10p());
      json.writeEndObject();
    }
    json.writeEndArray();
    strings(json, "caveats", measured.caveats());
    json.writeName("tables").writeStartArray();
    for (Figure figure : measured.figures()) {
      if (figure instanceof Figure.Table table) {
        table(json, table);
      }
    }
    json.writeEndArray();
  }

  private static void table(JsonGenerator json, Figure.Table table) {
    json.writeStartObject();
    json.writeStringProperty("title", table.title());
    strings(json, "head", table.head());
    json.writeName("rows").writeStartArray();
    for (List<String> row : table.rows().subList(0, Math.min(MOST_ROWS, table.rows().size()))) {
      json.writeStartArray();
      row.forEach(json::writeString);
      json.writeEndArray();
    }
    json.writeEndArray();
    json.writeNumberProperty("rowsInAll", table.rows().size());
    json.writeEndObject();
  }

  private static void unmeasured(JsonGenerator json, String outcome, String why) {
    json.writeStringProperty("outcome", outcome);
    json.writeStringProperty("supports", Keys.of(Measured.Supports.NEITHER));
    json.writeStringProperty("why", why);
  }

  private static void untested(JsonGenerator json, Untested item) {
    json.writeStartObject();
    json.writeStringProperty("id", item.id());
    Component component = item.component();
    if (component != null) {
      json.writeStringProperty("component", component.key());
      json.writeStringProperty("outcome", item.failed() ? "failed" : "not-applicable");
    }
    json.writeStringProperty("why", item.why());
    json.writeEndObject();
  }

  private static void afterSearch(JsonGenerator json, Report report) {
    Report.Searched searched = report.searched();
    if (searched != null) {
      json.writeName("searched").writeStartObject();
      json.writeNumberProperty("models", searched.models());
      strings(json, "shortlist", searched.shortlist());
      json.writeEndObject();
    }
    if (searched != null || !report.claims().isEmpty()) {
      json.writeName("claims").writeStartArray();
      for (Report.Claim claim : report.claims()) {
        json.writeStartObject();
        json.writeStringProperty("claim", claim.claim());
        json.writeStringProperty("outcome", claim.outcome().key());
        strings(json, "because", claim.because());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
  }

  private static void layerMap(JsonGenerator json, @Nullable LayerMap map) {
    json.writeName("layerMap");
    if (map == null) {
      json.writeNull();
      return;
    }
    json.writeStartArray();
    for (LayerMap.Link link : map.links()) {
      json.writeStartArray().writeNumber(link.a()).writeNumber(link.b()).writeEndArray();
    }
    json.writeEndArray();
  }

  static void strings(JsonGenerator json, String name, List<String> values) {
    json.writeName(name).writeStartArray();
    values.forEach(json::writeString);
    json.writeEndArray();
  }

  static void text(JsonGenerator json, String name, @Nullable String value) {
    json.writeName(name);
    if (value == null) {
      json.writeNull();
    } else {
      json.writeString(value);
    }
  }

  private static void number(JsonGenerator json, String name, @Nullable Number value) {
    json.writeName(name);
    any(json, value);
  }

  private static void any(JsonGenerator json, @Nullable Object value) {
    switch (value) {
      case null -> json.writeNull();
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      case Number number -> finite(json, number.doubleValue());
      case Boolean flag -> json.writeBoolean(flag);
      case Map<?, ?> map -> {
        json.writeStartObject();
        map.forEach((name, item) -> {
          json.writeName(String.valueOf(name));
          any(json, item);
        });
        json.writeEndObject();
      }
      case Iterable<?> items -> {
        json.writeStartArray();
        items.forEach(item -> any(json, item));
        json.writeEndArray();
      }
      default -> json.writeString(value.toString());
    }
  }

  private static void finite(JsonGenerator json, double value) {
    if (!Double.isFinite(value)) {
      json.writeNull();
    } else if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      json.writeNumber((long) value);
    } else {
      json.writeNumber(value);
    }
  }
}
