package dev.stemma.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.stemma.verdict.Parent;
import dev.stemma.verdict.Relation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.cyclonedx.Version;
import org.cyclonedx.parsers.JsonParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What we write is what the schemas say: our own, and CycloneDX 1.6. */
class SchemaTest {
  static Stream<Report> reports() {
    List<Report> reports = new ArrayList<>();
    reports.add(SampleReports.large());
    reports.add(SampleReports.hostile("<b>\u202e\"name"));
    for (Relation relation : Relation.values()) {
      reports.add(SampleReports.of(relation, null));
    }
    reports.add(SampleReports.of(Relation.DERIVED, Parent.A));
    return reports.stream();
  }

  @ParameterizedTest
  @MethodSource("reports")
  void jsonReportsFollowTheirSchema(Report report) {
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(Html.resource("report.schema.json"));
    String json = ReportFormatsTest.write(new JsonReport(), report);
    assertThat(schema.validate(json, InputFormat.JSON)).isEmpty();
    assertThat(schema.validate(json.replace("\"relation\"", "\"relatio\""), InputFormat.JSON))
        .isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("reports")
  void billsOfMaterialsFollowCycloneDx(Report report) throws Exception {
    String bill =
        ReportFormatsTest.write(
            new CycloneDxReport(List.of("a b.json", "r.intoto.json", "r.html")), report);
    JsonParser parser = new JsonParser();
    assertThat(parser.validate(bill.getBytes(StandardCharsets.UTF_8), Version.VERSION_16))
        .isEmpty();
    assertThat(
            parser
                .parse(bill.getBytes(StandardCharsets.UTF_8))
                .getComponents()
                .getFirst()
                .getType()
                .getTypeName())
        .isEqualTo("machine-learning-model");
  }

  @Test
  void anAncestorIsNamedOnlyWhereTheParentIsKnown() {
    for (Relation relation : Relation.values()) {
      for (Parent parent : Parent.values()) {
        JsonNode component =
            JsonMapper.shared()
                .readTree(
                    ReportFormatsTest.write(
                        new CycloneDxReport(), SampleReports.of(relation, parent)))
                .at("/components/0");
        boolean established = relation == Relation.DERIVED && parent != Parent.UNDETERMINED;
        assertThat(component.at("/pedigree/ancestors").isArray())
            .as(relation + " " + parent)
            .isEqualTo(established);
        if (relation == Relation.NO_EVIDENCE) {
          assertThat(component.has("pedigree")).isFalse();
        }
        component
            .at("/modelCard/quantitativeAnalysis/performanceMetrics")
            .forEach(metric -> assertThat(metric.get("value").isString()).isTrue());
      }
    }
  }

  @Test
  void declarationsLeadFromClaimToEvidenceToConformance() {
    JsonNode bill =
        JsonMapper.shared()
            .readTree(
                ReportFormatsTest.write(
                    new CycloneDxReport(List.of("r.json", "r.intoto.json")),
                    SampleReports.large()));
    JsonNode declarations = bill.get("declarations");
    List<String> evidence = new ArrayList<>();
    declarations.get("evidence").forEach(item -> evidence.add(item.get("bom-ref").asString()));
    assertThat(evidence).isNotEmpty();
    List<String> claims = new ArrayList<>();
    for (JsonNode claim : declarations.get("claims")) {
      claims.add(claim.get("bom-ref").asString());
      claim.path("evidence").forEach(item -> assertThat(evidence).contains(item.asString()));
    }
    declarations
        .at("/attestations/0/map")
        .forEach(row -> assertThat(claims).contains(row.at("/claims/0").asString()));
    assertThat(bill.at("/components/0/externalReferences").toString())
        .contains("{\"type\":\"attestation\",\"url\":\"./r.intoto.json\"}")
        .contains("{\"type\":\"evidence\",\"url\":\"./r.json\"}");
  }

  @Test
  void aStatementsSubjectsAreTheModelsByDigest() {
    Report report = SampleReports.of(Relation.DERIVED, Parent.A);
    JsonNode statement =
        JsonMapper.shared().readTree(ReportFormatsTest.write(new InTotoReport(), report));
    assertThat(statement.get("_type").asString()).isEqualTo("https://in-toto.io/Statement/v1");
    assertThat(statement.at("/subject/0/name").asString()).isEqualTo(report.a().reference());
    assertThat(statement.at("/subject/0/digest/sha256").asString())
        .isEqualTo(Keys.sha256(report.a()));
    assertThat(statement.get("subject").size())
        .isEqualTo(2 + report.controls().size() + report.candidates().size());
    assertThat(statement.at("/predicate/schema").asString()).isEqualTo(JsonReport.SCHEMA);
  }
}
