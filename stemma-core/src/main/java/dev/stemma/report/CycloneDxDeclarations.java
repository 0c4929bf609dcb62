package dev.stemma.report;

import dev.stemma.artifact.Printable;
import dev.stemma.evidence.Measured;
import dev.stemma.verdict.ComponentVerdict;
import dev.stemma.verdict.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/**
 * CycloneDX declarations: what is claimed of the model (by its makers, and by the verdict), the
 * evidence for it, and how far the evidence conforms. What was not tested has no conformance.
 */
final class CycloneDxDeclarations {
  private static final String ASSESSOR = "stemma";

  private CycloneDxDeclarations() {}

  /** A claim as the format wants it; conformance is null where nothing was tested. */
  private record Stated(
      String reference, String predicate, String reasoning, List<String> evidence, Integer score) {}

  static void write(JsonGenerator json, Report report) {
    Verdict verdict = report.verdict();
    if (verdict == null) {
      return;
    }
    Map<String, List<String>> byId = evidence(report);
    List<Stated> claims = new ArrayList<>();
    for (ComponentVerdict component : verdict.components()) {
      claims.add(
          new Stated(
              "claim-" + (claims.size() + 1),
              component.component().key() + ": " + component.relation().key(),
              Findings.sentence(Texts.ENGLISH, component),
              component.because().stream()
                  .flatMap(id -> byId.getOrDefault(id, List.of()).stream())
                  .filter(reference -> reference.endsWith(":" + component.component().key()))
                  .toList(),
              1));
    }
    for (Report.Claim claim : report.claims()) {
      claims.add(
          new Stated(
              "claim-" + (claims.size() + 1),
              Printable.text(claim.claim()),
              String.join("; ", claim.because()),
              claim.because().stream()
                  .flatMap(id -> byId.getOrDefault(id, List.of()).stream())
                  .toList(),
              switch (claim.outcome()) {
                case SUPPORTED -> 1;
                case CONTRADICTED -> 0;
                case NOT_TESTED -> -1;
              }));
    }
    json.writeName("declarations").writeStartObject();
    assessors(json, report);
    attestations(json, verdict, claims);
    claims(json, claims);
    evidence(json, report);
    json.writeEndObject();
  }

  private static Map<String, List<String>> evidence(Report report) {
    Map<String, List<String>> byId = new LinkedHashMap<>();
    for (Measured item : Keys.measured(report)) {
      byId.computeIfAbsent(item.id(), id -> new ArrayList<>()).add(reference(item));
    }
    return byId;
  }

  private static String reference(Measured item) {
    return "evidence:" + item.id() + ":" + item.component().key();
  }

  private static void assessors(JsonGenerator json, Report report) {
    json.writeName("assessors").writeStartArray();
    json.writeStartObject();
    json.writeStringProperty("bom-ref", ASSESSOR);
    json.writeBooleanProperty("thirdParty", true);
    json.writeName("organization").writeStartObject();
    json.writeStringProperty("name", "stemma " + report.toolVersion());
    json.writeEndObject();
    json.writeEndObject();
    json.writeEndArray();
  }

  private static void attestations(JsonGenerator json, Verdict verdict, List<Stated> claims) {
    json.writeName("attestations").writeStartArray();
    json.writeStartObject();
    json.writeStringProperty("summary", verdict.summary());
    json.writeStringProperty("assessor", ASSESSOR);
    json.writeName("map").writeStartArray();
    for (Stated claim : claims) {
      json.writeStartObject();
      JsonReport.strings(json, "claims", List.of(claim.reference()));
      if (claim.score() >= 0) {
        json.writeName("conformance").writeStartObject();
        json.writeNumberProperty("score", claim.score());
        json.writeStringProperty("rationale", claim.reasoning());
        json.writeEndObject();
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
    json.writeEndArray();
  }

  private static void claims(JsonGenerator json, List<Stated> claims) {
    json.writeName("claims").writeStartArray();
    for (Stated claim : claims) {
      json.writeStartObject();
      json.writeStringProperty("bom-ref", claim.reference());
      json.writeStringProperty("target", "subject");
      json.writeStringProperty("predicate", claim.predicate());
      json.writeStringProperty("reasoning", claim.reasoning());
      if (!claim.evidence().isEmpty()) {
        JsonReport.strings(
            json,
            claim.score() == 0 ? "counterEvidence" : "evidence",
            claim.evidence().stream().distinct().toList());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void evidence(JsonGenerator json, Report report) {
    json.writeName("evidence").writeStartArray();
    List<String> seen = new ArrayList<>();
    for (Measured item : Keys.measured(report)) {
      if (seen.contains(reference(item))) {
        continue;
      }
      seen.add(reference(item));
      json.writeStartObject();
      json.writeStringProperty("bom-ref", reference(item));
      json.writeStringProperty("propertyName", item.id());
      json.writeStringProperty(
          "description",
          item.statistic().name()
              + ": "
              + Numbers.statistic(Texts.ENGLISH, item.statistic().value(), item.statistic().of())
              + (item.log10p() == null
                  ? ""
                  : "; p = "
                      + Numbers.p(item.log10p())
                      + " ("
                      + Texts.ENGLISH.get("p.is-not.short")
                      + ")")
              + (item.nullHypothesis().isEmpty() ? "" : "; null: " + item.nullHypothesis()));
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
