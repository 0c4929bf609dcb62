package dev.stemma.report;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/**
 * An in-toto statement: the compared models by digest, and the JSON report as its predicate. It is
 * not signed here; sign it with the tool of your choice.
 */
public final class InTotoReport implements ReportFormat {
  /** The predicate's type. */
  public static final String PREDICATE_TYPE = "urn:stemma:report:1";

  @Override
  public void write(Report report, Appendable out) throws IOException {
    JsonReport.document(out, json -> statement(json, report));
    out.append('\n');
  }

  private static void statement(JsonGenerator json, Report report) {
    json.writeStartObject();
    json.writeStringProperty("_type", "https://in-toto.io/Statement/v1");
    json.writeName("subject").writeStartArray();
    List<Report.Subject> subjects =
        Stream.of(
                Stream.of(report.a(), report.b()),
                report.controls().stream(),
                report.candidates().stream())
            .flatMap(stream -> stream)
            .filter(subject -> !subject.digest().isEmpty())
            .toList();
    if (subjects.isEmpty()) {
      throw new ArtifactException(
          ErrorCode.BAD_ARGUMENT,
          report.a().reference(),
          "in-toto statement",
          "a model with a digest",
          "endpoints alone",
          "Choose another format: a statement is about what has a digest.");
    }
    for (Report.Subject subject : subjects) {
      json.writeStartObject();
      json.writeStringProperty("name", subject.reference());
      json.writeName("digest").writeStartObject();
      json.writeStringProperty("sha256", Keys.sha256(subject));
      json.writeEndObject();
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeStringProperty("predicateType", PREDICATE_TYPE);
    json.writeName("predicate");
    JsonReport.report(json, report);
    json.writeEndObject();
  }
}
