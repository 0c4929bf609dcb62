package dev.stemma.analysis.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.stemma.Investigation;
import dev.stemma.analysis.Analyses;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Scope;
import dev.stemma.artifact.Component;
import dev.stemma.report.Report;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.testing.EmptyModel;
import dev.stemma.testing.RandomModel;
import dev.stemma.testing.RandomModel.Size;
import dev.stemma.testing.Shared;
import dev.stemma.verdict.Relation;
import dev.stemma.verdict.Verdict;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Models over 20 GB are compared by under 3% of their bytes, and what that cannot say is said. */
class EconomyTest {
  private static final Scope SMALL_AS_LARGE = Scope.PLANNED.bounded(0, 0.6);

  @TempDir Path folder;

  /** Real shapes: 13B, 34B, 70B, 405B with few layers, Mixtral, Qwen3, DeepSeek; and children. */
  @ParameterizedTest
  @MethodSource("large")
  void underThreePercentOfLargeModels(String name, Maker a, Maker b) throws IOException {
    CostPlan plan = plan(a.write(folder.resolve("a")), b.write(folder.resolve("b")), Scope.PLANNED);
    assertThat(plan.economical()).isTrue();
    assertThat(plan.share()).isGreaterThan(0.001).isLessThan(0.03);
    assertThat(plan.distinctBytes()).isLessThanOrEqualTo(plan.bytes());
    assertThat(plan.steps())
        .filteredOn(step -> step.id().equals(NeuronMatching.ID))
        .allSatisfy(step -> assertThat(step.sees()).isBetween(0.005, 0.1));
  }

  static Stream<Arguments> large() {
    Maker of13 = folder -> EmptyModel.llama(folder, 5120, 13824, 40, 5120, 32000);
    Maker of34 = folder -> EmptyModel.llama(folder, 7168, 20480, 60, 1024, 64000);
    Maker of70 = folder -> EmptyModel.llama(folder, 8192, 28672, 80, 1024, 128256);
    Maker pruned = folder -> EmptyModel.llama(folder, 8192, 28672, 64, 1024, 128256);
    Maker narrowed = folder -> EmptyModel.llama(folder, 8192, 22016, 80, 1024, 128256);
    Maker few = folder -> EmptyModel.llama(folder, 16384, 53248, 8, 1024, 32000);
    Maker mixtral = folder -> EmptyModel.experts(folder, 4096, 14336, 32, 8, 32000);
    Maker mixtral22 = folder -> EmptyModel.experts(folder, 6144, 16384, 56, 8, 32768);
    Maker qwen3 = folder -> EmptyModel.experts(folder, 2048, 768, 48, 128, 151936);
    Maker latent = folder -> EmptyModel.latent(folder, 7168, 2048, 61, 64, 129280);
    return Stream.of(
        arguments("13B", of13, of13),
        arguments("34B", of34, of34),
        arguments("70B", of70, of70),
        arguments("70B and pruned in depth", of70, pruned),
        arguments("70B and pruned in width", of70, narrowed),
        arguments("70B and 34B", of70, of34),
        arguments("8 layers of 405B", few, few),
        arguments("Mixtral 8x7B", mixtral, mixtral),
        arguments("Mixtral 8x22B", mixtral22, mixtral22),
        arguments("a dense 13B and Mixtral", of13, mixtral),
        arguments("Qwen3 30B-A3B", qwen3, qwen3),
        arguments("DeepSeek-V3 with 64 experts", latent, latent));
  }

  /** Writes a model into a folder. */
  @FunctionalInterface
  interface Maker {
    Path write(Path folder) throws IOException;
  }

  @Test
  void onlyLargeModelsAndOnlyUnlessMoreIsAskedFor() throws IOException {
    Path small = EmptyModel.llama(folder.resolve("8b"), 4096, 14336, 32, 1024, 128256);
    Path large = EmptyModel.llama(folder.resolve("13b"), 5120, 13824, 40, 5120, 32000);
    assertThat(plan(small, small, Scope.PLANNED).economical()).isFalse();
    assertThat(plan(small, large, Scope.PLANNED).economical()).isTrue();
    assertThat(plan(large, large, new Scope(new TreeSet<>(), true)).economical()).isFalse();
    CostPlan chosen = plan(large, large, new Scope(new TreeSet<>(List.of(10, 20)), false));
    assertThat(chosen.economical()).isFalse();
    assertThat(chosen.distinctBytes()).isLessThan(chosen.bytes());
  }

  /** All of what is given up: whole layers, most rows, most neurons. */
  @Test
  void aChildIsSeenAndIndependentModelsAreNot() throws IOException, URISyntaxException {
    Path alpha = resource("alpha");
    for (String other : List.of("twin", "sameinit")) {
      Report report = compare(alpha, resource(other), SMALL_AS_LARGE);
      assertThat(Objects.requireNonNull(report.plan()).economical()).isTrue();
      assertThat(Objects.requireNonNull(report.verdict()).relation())
          .as(other)
          .isEqualTo(other.equals("twin") ? Relation.NO_EVIDENCE : Relation.SHARED_ANCESTOR);
    }
  }

  /** The trained family by the plan for large models; with too little left for whole layers too. */
  @ParameterizedTest
  @CsvSource({
    "alpha, sft, 0.03, DERIVED",
    "alpha, shallow, 0.03, DERIVED",
    "stranger, franken, 0.03, DERIVED",
    "cpt, disguised, 0.6, DERIVED",
    "cpt, disguised, 0.03, NO_EVIDENCE",
    "alpha, twin, 0.6, NO_EVIDENCE",
    "mixture, mixture2, 0.03, NO_EVIDENCE"
  })
  void theTrainedFamily(String a, String b, double share, Relation expected) {
    Report report =
        compare(
            Shared.path("lineages/dev/" + a),
            Shared.path("lineages/dev/" + b),
            Scope.PLANNED.bounded(0, share));
    Verdict verdict = Objects.requireNonNull(report.verdict());
    assertThat(verdict.relation()).isEqualTo(expected);
    assertThat(verdict.components())
        .filteredOn(one -> one.component() == Component.DECODER)
        .filteredOn(one -> one.relation() == Relation.NO_EVIDENCE)
        .allSatisfy(one ->
            assertThat(one.power())
                .contains("correlation")
                .contains("not tested: values but")
                .contains(
                    share < 0.1
                        ? "not tested: renumbered copies,"
                        : "not tested: under alignment, layers"));
  }

  /** A model and itself: no difference was seen, and that is not that there is none. */
  @Test
  void aSampleNeverProvesIdentity() throws IOException {
    Path a = RandomModel.write(folder.resolve("random"), new Size(64, 96, 4, 600, 0), 5);
    Report report = compare(a, a, SMALL_AS_LARGE);
    assertThat(Objects.requireNonNull(report.verdict()).relation()).isEqualTo(Relation.DERIVED);
    assertThat(Objects.requireNonNull(report.verdict()).components())
        .allSatisfy(component -> assertThat(component.relation()).isNotEqualTo(Relation.IDENTICAL));
    assertThat(compare(a, a, Scope.PLANNED).verdict())
        .satisfies(verdict -> assertThat(verdict.relation()).isEqualTo(Relation.IDENTICAL));
  }

  private static Path resource(String name) throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(EconomyTest.class.getResource("/lineage/" + name)).toURI());
  }

  private static Report compare(Path a, Path b, Scope scope) {
    try (Investigation investigation = new Investigation(Sources.standard(), 2, Progress.NONE)) {
      return investigation.compare(
          new Investigation.Request(
              a.toString(), b.toString(), List.of(), List.of(), scope, "test"));
    }
  }

  private static CostPlan plan(Path a, Path b, Scope scope) {
    try (Investigation investigation = new Investigation(Sources.standard(), 1, Progress.NONE)) {
      return CostPlan.of(
          new Pair(investigation.open(a.toString()), investigation.open(b.toString()), scope),
          Analyses.all());
    }
  }
}
