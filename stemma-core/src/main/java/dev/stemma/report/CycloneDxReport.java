package dev.stemma.report;

import dev.stemma.artifact.Printable;
import dev.stemma.evidence.Measured;
import dev.stemma.verdict.ComponentVerdict;
import dev.stemma.verdict.Parent;
import dev.stemma.verdict.Relation;
import dev.stemma.verdict.Verdict;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * CycloneDX 1.6 bill of materials for the model in question. An ancestor is named only where
 * derivation from a known parent is established; a relation without direction makes a variant; what
 * did not match stands as a performance metric and never as a pedigree.
 */
public final class CycloneDxReport implements ReportFormat {
  private static final Pattern SHA_256 = Pattern.compile("[0-9a-fA-F]{64}");

  private final List<String> beside;

  /** Names no other file. */
  public CycloneDxReport() {
    this(List.of());
  }

  /**
   * Names files of the same report.
   *
   * @param beside file names in the same folder
   */
  public CycloneDxReport(List<String> beside) {
    this.beside = List.copyOf(beside);
  }

  @Override
  public void write(Report report, Appendable out) throws IOException {
    JsonReport.document(out, json -> bill(json, report));
    out.append('\n');
  }

  private void bill(JsonGenerator json, Report report) {
    boolean aIsSubject = parent(report) == Parent.B;
    Report.Subject subject = aIsSubject ? report.a() : report.b();
    Report.Subject other = aIsSubject ? report.b() : report.a();
    json.writeStartObject();
    json.writeStringProperty("bomFormat", "CycloneDX");
    json.writeStringProperty("specVersion", "1.6");
    String identity = report.a().digest() + '\n' + report.b().digest() + '\n' + report.command();
    json.writeStringProperty(
        "serialNumber",
        "urn:uuid:" + UUID.nameUUIDFromBytes(identity.getBytes(StandardCharsets.UTF_8)));
    json.writeNumberProperty("version", 1);
    metadata(json, report);
    json.writeName("components").writeStartArray();
    json.writeStartObject();
    identity(json, subject, "subject");
    externalReferences(json, subject);
    pedigree(json, report, other);
    identified(json, subject);
    modelCard(json, report, other);
    properties(json, report);
    json.writeEndObject();
    json.writeEndArray();
    CycloneDxDeclarations.write(json, report);
    json.writeEndObject();
  }

  /**
   * The evidence, the attestation and where the model comes from, as far as they have addresses.
   */
  private void externalReferences(JsonGenerator json, Report.Subject subject) {
    Map<String, String> references = new TreeMap<>();
    for (String name : beside) {
      references.put(
          "./" + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20"),
          name.endsWith(".intoto.json")
              ? "attestation"
              : name.endsWith(".json") ? "evidence" : "documentation");
    }
    if (subject.reference().matches("https://[\\x21-\\x7e&&[^\"<>\\\\^`{|}]]+")) {
      references.put(subject.reference(), "distribution");
    }
    if (references.isEmpty()) {
      return;
    }
    json.writeName("externalReferences").writeStartArray();
    references.forEach((address, type) -> {
      json.writeStartObject();
      json.writeStringProperty("type", type);
      json.writeStringProperty("url", address);
      json.writeEndObject();
    });
    json.writeEndArray();
  }

  /** By what the model was told: the digest of the files that were read. */
  private static void identified(JsonGenerator json, Report.Subject subject) {
    String digest = Keys.sha256(subject);
    if (!SHA_256.matcher(digest).matches()) {
      return;
    }
    json.writeName("evidence").writeStartObject();
    json.writeName("identity").writeStartArray();
    json.writeStartObject();
    json.writeStringProperty("field", "hash");
    json.writeNumberProperty("confidence", 1);
    json.writeStringProperty("concludedValue", digest);
    json.writeName("methods").writeStartArray();
    json.writeStartObject();
    json.writeStringProperty("technique", "hash-comparison");
    json.writeNumberProperty("confidence", 1);
    json.writeStringProperty(
        "value", "SHA-256 over names, sizes and content digests or headers of the files read");
    json.writeEndObject();
    json.writeEndArray();
    json.writeEndObject();
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void metadata(JsonGenerator json, Report report) {
    json.writeName("metadata").writeStartObject();
    if (report.created() != null) {
      json.writeStringProperty("timestamp", report.created().toString());
    }
    json.writeName("tools").writeStartObject();
    json.writeName("components").writeStartArray();
    json.writeStartObject();
    json.writeStringProperty("type", "application");
    json.writeStringProperty("name", "stemma");
    json.writeStringProperty("version", report.toolVersion());
    json.writeEndObject();
    json.writeEndArray();
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void identity(JsonGenerator json, Report.Subject subject, String reference) {
    json.writeStringProperty("type", "machine-learning-model");
    json.writeStringProperty("bom-ref", reference);
    json.writeStringProperty("name", subject.name());
    json.writeStringProperty("description", subject.reference());
    String digest = Keys.sha256(subject);
    if (SHA_256.matcher(digest).matches()) {
      json.writeName("hashes").writeStartArray();
      json.writeStartObject();
      json.writeStringProperty("alg", "SHA-256");
      json.writeStringProperty("content", digest);
      json.writeEndObject();
      json.writeEndArray();
    }
  }

  private static void pedigree(JsonGenerator json, Report report, Report.Subject other) {
    Verdict verdict = report.verdict();
    if (verdict == null) {
      return;
    }
    @Nullable String kind =
        switch (verdict.relation()) {
          case DERIVED -> known(parent(report)) ? "ancestors" : "variants";
          case IDENTICAL, SHARED_ANCESTOR -> "variants";
          case NO_EVIDENCE, INCONCLUSIVE, NOT_COMPARABLE, AFFINITY -> null;
        };
    if (kind == null) {
      return;
    }
    json.writeName("pedigree").writeStartObject();
    json.writeName(kind).writeStartArray();
    json.writeStartObject();
    identity(json, other, "other");
    json.writeEndObject();
    json.writeEndArray();
    json.writeStringProperty("notes", verdict.summary());
    json.writeEndObject();
  }

  private static void modelCard(JsonGenerator json, Report report, Report.Subject other) {
    List<Measured> measured = Keys.measured(report);
    if (measured.isEmpty()) {
      return;
    }
    json.writeName("modelCard").writeStartObject();
    json.writeName("quantitativeAnalysis").writeStartObject();
    json.writeName("performanceMetrics").writeStartArray();
    for (Measured item : measured) {
      json.writeStartObject();
      json.writeStringProperty(
          "type",
          item.id() + " against " + Printable.text(other.name()) + ": " + item.statistic().name());
      json.writeStringProperty(
          "value",
          Numbers.statistic(Texts.ENGLISH, item.statistic().value(), item.statistic().of()));
      json.writeStringProperty("slice", item.component().key());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
    json.writeName("considerations").writeStartObject();
    JsonReport.strings(
        json,
        "technicalLimitations",
        List.of(
            Texts.ENGLISH.get("p.is-not"),
            Texts.ENGLISH.get("note.no-evidence"),
            Texts.ENGLISH.get("note.scope")));
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void properties(JsonGenerator json, Report report) {
    json.writeName("properties").writeStartArray();
    property(json, "stemma:command", report.command());
    Verdict verdict = report.verdict();
    if (verdict != null) {
      property(json, "stemma:relation", verdict.relation().key());
      for (ComponentVerdict component : verdict.components()) {
        property(
            json, "stemma:relation:" + component.component().key(), component.relation().key());
        if (component.log10p() != null) {
          property(
              json,
              "stemma:log10p:" + component.component().key(),
              String.valueOf(component.log10p()));
        }
      }
    }
    for (Untested item : report.everythingNotTested()) {
      property(json, "stemma:notTested:" + item.id(), item.why());
    }
    json.writeEndArray();
  }

  private static void property(JsonGenerator json, String name, String value) {
    json.writeStartObject();
    json.writeStringProperty("name", name);
    json.writeStringProperty("value", value);
    json.writeEndObject();
  }

  private static boolean known(@Nullable Parent parent) {
    return parent == Parent.A || parent == Parent.B;
  }

  /** The parent that all derived bodies agree on; undetermined where they do not. */
  private static @Nullable Parent parent(Report report) {
    Verdict verdict = report.verdict();
    if (verdict == null || verdict.relation() != Relation.DERIVED) {
      return null;
    }
    List<@Nullable Parent> parents =
        verdict.components().stream()
            .filter(component -> component.component().isBody())
            .filter(component -> component.relation() == Relation.DERIVED)
            .<@Nullable Parent>map(ComponentVerdict::parent)
            .distinct()
            .toList();
    return parents.size() == 1 ? parents.getFirst() : Parent.UNDETERMINED;
  }
}
