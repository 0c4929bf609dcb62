package dev.stemma.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.Investigation;
import dev.stemma.analysis.Scope;
import dev.stemma.artifact.Component;
import dev.stemma.evidence.Measured;
import dev.stemma.report.Report;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.verdict.Thresholds;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The thresholds' claims on the bundled, really trained models and on what the lab makes of them.
 */
class ThresholdClaimsTest {
  @TempDir Path folder;

  private final Investigation investigation =
      new Investigation(Sources.standard(), 2, Progress.NONE);

  @AfterEach
  void close() {
    investigation.close();
  }

  /** B is a bundled model's name or a derivation of alpha. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          sameinit   | weights.retention  | top.ab         | below | sameInitialisation.top.max
          sameinit   | weights.retention  | top.ba         | below | sameInitialisation.top.max
          sameinit   | weights.retention  | bulk.ab        | above | sameInitialisation.bulk.min
          noise:0.3  | weights.retention  | top.ab         | above | sameInitialisation.top.max
          noise:0.3  | weights.retention  | flat.ab        | above | ancestor.flat.min
          noise:0.3  | weights.retention  | bulk.ab        | above | ancestor.flat.min
          noise:0.1  | weights.difference | relativeChange | below | continued.relativeChange.min
          noise:0.1  | weights.difference | relativeChange | above | changed.relativeChange.min
          noise:0.8  | weights.difference | relativeChange | above | continued.relativeChange.min
          lora:4     | weights.difference | rank.gap       | above | lowRank.gap.min
          lora:4     | weights.difference | rank.share     | above | lowRank.tensors.min
          noise:0.1  | weights.difference | rank.gap       | below | lowRank.gap.min
          quantise:q4_0 | weights.difference | grid.b      | above | grid.share.min
          quantise:q4_0 | weights.difference | grid.a      | below | grid.other.max
          permute    | weights.neuron-agreement | agreement  | above | agreement.strong
          rotate     | weights.neuron-agreement | agreement  | above | agreement.strong
          quantise:q4_0 | weights.difference | rounded.share | above | rounded.share.min
          rescale    | weights.difference | rescaled.spread | above | rescaled.spread.min
          noise:0.1  | weights.difference | rescaled.spread | below | rescaled.spread.min
          permute    | weights.neuron-agreement | sameIndex.neurons | below | permuted.sameIndex.max
          rename     | weights.difference | equal.share    | above | identical.share
          upcycle:2  | weights.neuron-matching | experts.onto-one.a | above | upcycled.experts.min
          lora:4     | weights.difference | moved.b        | above | moved.alone.min
          twin       | weights.neuron-agreement | agreement  | below | agreement.related
          sameinit   | weights.neuron-agreement | agreement  | above | agreement.related
          """)
  void theClaimHolds(String b, String id, String value, String side, String threshold)
      throws IOException, URISyntaxException {
    double found = measured(b, id).value(value, Double.NaN);
    double limit = Thresholds.standard().get(threshold);
    if (side.equals("above")) {
      assertThat(found).isGreaterThanOrEqualTo(limit);
    } else {
      assertThat(found).isLessThan(limit);
    }
  }

  @Test
  void exactTestsStaySilentOnAnotherSeedAndSpeakOnAChild() throws IOException, URISyntaxException {
    double alarm = Thresholds.standard().get("exact.alarm.log10p");
    assertThat(measured("twin", "weights.neuron-matching").log10p()).isGreaterThan(alarm);
    assertThat(measured("noise:1.0", "weights.neuron-matching").log10p()).isLessThan(alarm);
  }

  @Test
  void everyThresholdNamesARunThatIsKept() {
    Path root = Path.of("..").toAbsolutePath().normalize();
    Thresholds.standard()
        .all()
        .forEach((name, threshold) -> {
          assertThat(threshold.claim()).as(name).isNotBlank();
          if (threshold.run().startsWith("bench/")) {
            assertThat(Files.isRegularFile(root.resolve(threshold.run()))).as(name).isTrue();
          } else {
            assertThat(threshold.run()).as(name).isIn("definition", "the user's documents");
          }
        });
  }

  private Measured measured(String b, String id) throws IOException, URISyntaxException {
    String other = b.matches("[a-z]+") && exists(b) ? bundled(b) : derived(b);
    Report report =
        investigation.compare(
            new Investigation.Request(
                bundled("alpha"), other, List.of(), List.of(), Scope.PLANNED, "test"));
    return report.evidence().stream()
        .filter(found -> found.id().equals(id) && found.component() == Component.DECODER)
        .filter(Measured.class::isInstance)
        .map(Measured.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private String derived(String how) throws IOException, URISyntaxException {
    Path child = folder.resolve("child");
    new Lab(investigation::open, investigation.tensors(), Progress.NONE)
        .derive(bundled("alpha"), how, 9, child, List.of());
    return child.toString();
  }

  private static boolean exists(String name) {
    return ThresholdClaimsTest.class.getResource("/lineage/" + name) != null;
  }

  private static String bundled(String name) throws URISyntaxException {
    return Path.of(
            Objects.requireNonNull(ThresholdClaimsTest.class.getResource("/lineage/" + name))
                .toURI())
        .toString();
  }
}
