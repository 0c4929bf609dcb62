package dev.stemma.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.artifact.Component;
import dev.stemma.evidence.Measured;
import dev.stemma.report.Report;
import dev.stemma.testing.BundledFamily;
import dev.stemma.verdict.Kind;
import dev.stemma.verdict.Thresholds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The thresholds' claims on the bundled, really trained models and on what the lab makes of them.
 */
class ThresholdClaimsTest {
  @TempDir Path folder;

  private BundledFamily family;

  @BeforeEach
  void open() {
    family = new BundledFamily(folder);
  }

  @AfterEach
  void close() {
    family.close();
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
          twin       | weights.neuron-agreement | agreement.log10p | above | agreement.alarm.log10p
          noise:0.3  | weights.neuron-agreement | agreement.log10p | below | agreement.alarm.log10p
          permute,noise:0.1,replace-embeddings:300 | weights.retention | map.renumbers | above | permuted.map.min
          rotate,noise:0.1 | weights.retention | map.renumbers | below | permuted.map.min
          prune-depth:0,2,noise:0.1 | weights.retention | top.ab  | above | parent.level.min
          prune-depth:0,2,noise:0.1 | weights.retention | bulk.ab | above | parent.level.min
          prune-depth:0,2,noise:0.1 | weights.retention | flat.ab | above | parent.flat.min
          prune-depth:0,2,noise:0.1 | weights.retention | parent.share | above | parent.share.structure
          extend-vocabulary:64  | weights.embedding-columns | tokens.a.in.b      | above | vocabulary.contained.min
          extend-vocabulary:64  | weights.embedding-columns | tokens.kept.number | above | vocabulary.sameNumber.min
          """)
  void theClaimHolds(String b, String id, String value, String side, String threshold)
      throws IOException {
    double found =
        measured(family.compare(BundledFamily.model("alpha"), other(b)), id)
            .value(value, Double.NaN);
    double limit = Thresholds.standard().get(threshold);
    if (side.equals("above")) {
      assertThat(found).isGreaterThanOrEqualTo(limit);
    } else {
      assertThat(found).isLessThan(limit);
    }
  }

  @Test
  void exactTestsStaySilentOnAnotherSeedAndSpeakOnAChild() throws IOException {
    double alarm = Thresholds.standard().get("exact.alarm.log10p");
    String id = "weights.neuron-matching";
    String alpha = BundledFamily.model("alpha");
    assertThat(measured(family.compare(alpha, BundledFamily.model("twin")), id).log10p())
        .isGreaterThan(alarm);
    assertThat(measured(family.compare(alpha, other("noise:1.0")), id).log10p()).isLessThan(alarm);
  }

  @Test
  void aMergeIsExplainedAndASiblingIsNot() throws IOException {
    String one = family.derived(BundledFamily.model("alpha"), "noise:0.1", 41);
    String two = family.derived(BundledFamily.model("alpha"), "noise:0.25", 42);
    Measured merge =
        measured(
            family.compare(one, family.derived(one, "merge:" + two + "@0.3", 43), two),
            "weights.merge");
    assertThat(merge.value("spread", Double.NaN)).isLessThan(limit("merge.spread.max"));
    assertThat(merge.value("residual", Double.NaN)).isLessThan(limit("merge.residual.max"));
    assertThat(merge.value("unexplained", Double.NaN)).isLessThan(limit("merge.unexplained.max"));
    assertThat(merge.value("smallest", Double.NaN)).isGreaterThan(limit("merge.coefficient.min"));
    Measured none =
        measured(family.compare(one, family.derived(one, "noise:0.1", 44), two), "weights.merge");
    assertThat(none.value("unexplained", Double.NaN)).isGreaterThan(limit("merge.unexplained.max"));
  }

  @Test
  void electedSignsExplainTheirMergeAndNoOther() throws IOException {
    String base = BundledFamily.model("alpha");
    String one = family.derived(base, "noise:0.1", 41);
    String two = family.derived(base, "noise:0.25", 42);
    String id = "weights.ties-merge";
    String child = family.derived(one, "ties:" + two + "@" + base + "@0.5", 43);
    Measured ties = measured(family.compare(one, child, two, base), id);
    assertThat(ties.value("unexplained", Double.NaN)).isLessThan(limit("ties.unexplained.max"));
    String other = family.derived(one, "noise:0.1", 44);
    assertThat(measured(family.compare(one, other, two, base), id).value("unexplained", Double.NaN))
        .isGreaterThan(limit("ties.unexplained.max"));
  }

  @Test
  void aThirdModelTellsWhereTheWaysBranch() throws IOException {
    String base = BundledFamily.model("alpha");
    String one = family.derived(base, "noise:0.1", 41);
    String two = family.derived(base, "noise:0.25", 42);
    String id = "weights.branch-point";
    Measured parent = measured(family.compare(base, one, two), id);
    assertThat(parent.value("distance.a", Double.NaN) / parent.value("distance.b", Double.NaN))
        .isLessThan(limit("branch.near.max"));
    Measured siblings = measured(family.compare(one, two, base), id);
    assertThat(siblings.value("distance.a", Double.NaN) / siblings.value("distance.b", Double.NaN))
        .isBetween(limit("branch.near.max") / 2, 1.0);
    assertThat(
            siblings.value("distance.candidate", Double.NaN)
                / siblings.value("distance.b", Double.NaN))
        .isLessThan(limit("branch.near.max"));
  }

  @Test
  void twoLowRankUpdatesAreNoParentOfEachOther() throws IOException {
    String one = family.derived(BundledFamily.model("alpha"), "lora:4", 41);
    String two = family.derived(BundledFamily.model("alpha"), "lora:4", 42);
    String id = "weights.difference";
    Measured siblings = measured(family.compare(one, two), id);
    assertThat(beyondChance(siblings, "a")).isGreaterThan(limit("moved.too.min"));
    assertThat(beyondChance(siblings, "b")).isGreaterThan(limit("moved.too.min"));
    assertThat(beyondChance(measured(family.compare(BundledFamily.model("alpha"), one), id), "a"))
        .isLessThan(limit("moved.too.min"));
  }

  @Test
  void transplantedLayersCorrespondAndTheOthersDoNot() throws IOException {
    String alpha = BundledFamily.model("alpha");
    String donor = BundledFamily.model("twin");
    assertThat(
            family
                .decoder(donor, family.derived(alpha, "transplant-layers:" + donor + "@2", 41))
                .kinds())
        .contains(Kind.LAYERS_TRANSPLANTED);
    assertThat(family.decoder(alpha, family.derived(alpha, "noise:0.3", 42)).kinds())
        .doesNotContain(Kind.LAYERS_TRANSPLANTED);
  }

  private static double beyondChance(Measured difference, String side) {
    return difference.value("moved." + side, Double.NaN)
        - difference.value("moved.mirror." + side, Double.NaN);
  }

  private static double limit(String threshold) {
    return Thresholds.standard().get(threshold);
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

  private static Measured measured(Report report, String id) {
    return report.evidence().stream()
        .filter(found -> found.id().equals(id))
        .filter(found ->
            found.component() == Component.DECODER || found.component() == Component.EMBEDDING)
        .filter(Measured.class::isInstance)
        .map(Measured.class::cast)
        .findFirst()
        .orElseThrow();
  }

  /** A bundled model, or what the lab makes of alpha. */
  private String other(String b) throws IOException {
    return BundledFamily.has(b)
        ? BundledFamily.model(b)
        : family.derived(BundledFamily.model("alpha"), b, 9);
  }
}
