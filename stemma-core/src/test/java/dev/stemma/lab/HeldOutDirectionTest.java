package dev.stemma.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.Investigation;
import dev.stemma.analysis.Scope;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.evidence.Measured;
import dev.stemma.report.Report;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.verdict.ComponentVerdict;
import dev.stemma.verdict.Parent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who is the parent, on models that set no threshold: {@code -Dstemma.direction.bases=REF,REF,...}
 * and {@code -Dstemma.direction.output=FILE}, which keeps every figure that the rules read.
 */
@EnabledIfSystemProperty(named = "stemma.direction.output", matches = ".+")
class HeldOutDirectionTest {
  private static final List<String> FIGURES =
      List.of(
          "moved.a",
          "moved.b",
          "moved.mirror.a",
          "moved.mirror.b",
          "rank.gap",
          "relativeChange",
          "distance.a",
          "distance.b",
          "distance.candidate",
          "top.ab",
          "bulk.ab",
          "flat.ab",
          "top.ba",
          "bulk.ba",
          "flat.ba",
          "parent.share",
          "tokens.kept.number",
          "unexplained",
          "density");

  /**
   * How two models are made of one base, and who is the parent.
   *
   * @param a how the first is made; empty for the base itself
   * @param b how the second is made, of the base or, after "of a:", of the first
   * @param edge whether the first is the second's parent; otherwise they are siblings
   * @param third whether the base is given as a candidate
   */
  private record Case(String a, String b, boolean edge, boolean third) {}

  private static final List<Case> CASES =
      List.of(
          new Case("", "noise:0.1", true, false),
          new Case("", "lora:4", true, false),
          new Case("", "lora:2,noise:0.02", true, false),
          new Case("", "prune-depth:1,noise:0.1", true, false),
          new Case("", "dus:1,noise:0.1", true, false),
          new Case("", "upcycle:2,noise:0.1", true, false),
          new Case("", "extend-vocabulary:32,noise:0.1", true, false),
          new Case("", "quantise:q4_0", true, false),
          new Case("lora:4", "lora:8", false, false),
          new Case("lora:4", "noise:0.3", false, false),
          new Case("noise:0.2", "prune-depth:1,noise:0.2", false, false),
          new Case("noise:0.06", "prune-depth:1,noise:0.3", false, true),
          new Case("noise:0.06", "dus:1,noise:0.3", false, true),
          new Case("noise:0.06", "upcycle:2,noise:0.3", false, true),
          new Case("noise:0.1", "ties:OTHER@BASE@0.4", true, true));

  @TempDir Path folder;

  private final Map<String, Integer> counts = new TreeMap<>();
  private final List<String> lines = new ArrayList<>();
  private int made;

  @Test
  void noSiblingIsNamedTheParentAndNoChildEither() throws IOException {
    for (String base : System.getProperty("stemma.direction.bases", "").split(",", -1)) {
      try (Investigation investigation = new Investigation(Sources.standard(), 2, Progress.NONE)) {
        for (Case one : CASES) {
          run(investigation, base, one);
          write();
        }
      }
    }
    assertThat(counts).doesNotContainKeys("edge wrong", "sibling wrong");
  }

  private void run(Investigation investigation, String base, Case one) throws IOException {
    String name = Path.of(base.substring(base.indexOf(':') + 1)).getFileName().toString();
    String outcome;
    Map<String, Object> more = new TreeMap<>();
    try {
      String a = one.a().isEmpty() ? base : derived(investigation, base, one.a());
      String other = one.b().contains("OTHER") ? derived(investigation, base, "noise:0.25") : "";
      String b =
          derived(
              investigation,
              one.b().contains("OTHER") ? a : base,
              one.b().replace("OTHER", other).replace("BASE", base));
      List<String> candidates = new ArrayList<>();
      if (one.third()) {
        candidates.add(base);
      }
      if (!other.isEmpty()) {
        candidates.add(other);
      }
      Report report =
          investigation.compare(
              new Investigation.Request(
                  a, b, List.of(), candidates, Scope.PLANNED, "held-out direction"));
      ComponentVerdict body = body(report);
      more.put("relation", body.relation().key());
      more.put("kinds", body.kinds().stream().map(kind -> kind.key()).toList().toString());
      more.put("parent", String.valueOf(body.parent()).toLowerCase(Locale.ROOT));
      report.evidence().stream()
          .filter(found -> found.component() == body.component())
          .filter(Measured.class::isInstance)
          .map(Measured.class::cast)
          .forEach(found ->
              FIGURES.forEach(figure -> {
                double value = found.value(figure, Double.NaN);
                if (!Double.isNaN(value)) {
                  more.put(found.id() + " " + figure, value);
                }
              }));
      outcome = (one.edge() ? "edge " : "sibling ") + outcome(one, body.parent());
    } catch (ArtifactException e) {
      outcome = "cannot be made";
    }
    counts.merge(outcome, 1, Integer::sum);
    lines.add(
        "{\"base\":\"%s\",\"a\":\"%s\",\"b\":\"%s\",\"baseGiven\":%s,\"outcome\":\"%s\"%s}"
            .formatted(
                name,
                one.a().isEmpty() ? "base" : one.a(),
                one.b(),
                one.third(),
                outcome,
                more.entrySet().stream()
                    .map(entry ->
                        ",\"%s\":%s"
                            .formatted(
                                entry.getKey(),
                                entry.getValue() instanceof Double number
                                    ? String.format(Locale.ROOT, "%.5g", number)
                                    : "\"" + entry.getValue() + "\""))
                    .collect(Collectors.joining())));
  }

  private static String outcome(Case one, @org.jspecify.annotations.Nullable Parent parent) {
    boolean named = parent == Parent.A || parent == Parent.B;
    boolean right = one.edge() ? parent == Parent.A : !named;
    return right ? "right" : named ? "wrong" : "undetermined";
  }

  private String derived(Investigation investigation, String base, String how) throws IOException {
    Path child = folder.resolve("model" + made++);
    List<Path> tokenizer =
        Files.isDirectory(Path.of(base)) ? Lab.tokenizerFiles(Path.of(base)) : List.of();
    new Lab(investigation::open, investigation.tensors(), Progress.NONE)
        .derive(base, how, 600 + made, child, tokenizer);
    return child.toString();
  }

  private static ComponentVerdict body(Report report) {
    return Objects.requireNonNull(report.verdict()).components().stream()
        .filter(component -> component.component().isBody())
        .findFirst()
        .orElseThrow();
  }

  private void write() throws IOException {
    String outcomes =
        counts.entrySet().stream()
            .map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue())
            .collect(Collectors.joining(","));
    Files.writeString(
        Path.of(Objects.requireNonNull(System.getProperty("stemma.direction.output"))),
        "{\"outcomes\":{" + outcomes + "},\"cases\":[\n" + String.join(",\n", lines) + "\n]}\n");
  }
}
