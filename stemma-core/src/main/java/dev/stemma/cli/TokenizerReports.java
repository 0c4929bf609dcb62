package dev.stemma.cli;

import dev.stemma.analysis.tokenizer.KnownKin;
import dev.stemma.analysis.tokenizer.TokenizerEvidence;
import dev.stemma.analysis.tokenizer.TokenizerFamily;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.evidence.Evidence;
import dev.stemma.report.Report;
import dev.stemma.report.Report.Subject;
import dev.stemma.report.Reports;
import dev.stemma.report.ToolVersion;
import dev.stemma.verdict.Judge;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Tokenizer comparisons as a report. */
final class TokenizerReports {
  private TokenizerReports() {}

  static void write(TokenizerFamily family, Path file, String command) {
    if (family.comparisons().isEmpty()) {
      throw new ArtifactException(
          ErrorCode.BAD_ARGUMENT,
          file.toString(),
          "--report",
          "two tokenizers or more",
          "one",
          "Name a second tokenizer, or use --json.");
    }
    TokenizerFamily.Compared first = family.comparisons().getFirst();
    List<Evidence> evidence =
        new ArrayList<>(
            List.of(
                TokenizerEvidence.of(
                    first.comparison(), family.languages(first), family.warnings())));
    List<Subject> subjects = new ArrayList<>();
    for (int i = 0; i < family.kins().size(); i++) {
      subjects.add(subject(family.references().get(i), family.kins().get(i)));
    }
    var verdict = Judge.judge(evidence, List.of());
    if (family.kins().size() > 2) {
      evidence.add(TokenizerEvidence.ofFamily(family));
    }
    Reports.write(
        new Report(
            ToolVersion.VERSION,
            command,
            subjects.get(0),
            subjects.get(1),
            List.of(),
            subjects.subList(2, subjects.size()),
            verdict,
            evidence,
            List.of(),
            new TreeMap<>()),
        file);
  }

  private static Subject subject(String reference, KnownKin kin) {
    String name = kin.name();
    String ancestor = kin.ancestor();
    return new Subject(
        reference,
        reference.substring(reference.lastIndexOf('/') + 1),
        "",
        name == null ? "unknown tokenizer" : name,
        -1,
        ancestor == null ? List.of() : List.of("its tokenizer grew from " + ancestor));
  }
}
