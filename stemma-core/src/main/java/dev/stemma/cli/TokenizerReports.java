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
import dev.stemma.report.Texts;
import dev.stemma.report.ToolVersion;
import dev.stemma.verdict.ComponentVerdict;
import dev.stemma.verdict.Judge;
import dev.stemma.verdict.Verdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Tokenizer comparisons as a report. */
final class TokenizerReports {
  private TokenizerReports() {}

  static void write(TokenizerFamily family, Path file, String command, Texts texts) {
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
    // The subjects are tokenizers here, not models, so the tokenizer's relation is the report's.
    List<ComponentVerdict> components = Judge.judge(evidence, List.of()).components();
    Verdict verdict =
        new Verdict(
            components.getFirst().relation(),
            String.join(" ", first.comparison().kinship().reasons()),
            "A common ancestor that is not among the known tokenizers, or knowing that both were"
                + " trained on the same text.",
            components);
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
        file,
        texts);
  }

  private static String name(String reference) {
    String trimmed = reference.replaceAll("/+$", "");
    return trimmed.substring(Math.max(trimmed.lastIndexOf('/'), trimmed.lastIndexOf(':')) + 1);
  }

  private static Subject subject(String reference, KnownKin kin) {
    String name = kin.name();
    String ancestor = kin.ancestor();
    return new Subject(
        reference,
        "tokenizer of " + name(reference),
        "",
        name == null ? "unknown tokenizer" : name,
        -1,
        ancestor == null ? List.of() : List.of("its tokenizer grew from " + ancestor));
  }
}
