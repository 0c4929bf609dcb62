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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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
    String bill = ReportFormatsTest.write(new CycloneDxReport(), report);
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
}
