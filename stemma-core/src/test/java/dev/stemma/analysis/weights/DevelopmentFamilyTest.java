package dev.stemma.analysis.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.analysis.Analysis;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Scope;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Families;
import dev.stemma.artifact.Component;
import dev.stemma.engine.LocalEngine;
import dev.stemma.evidence.Evidence;
import dev.stemma.format.ModelReader;
import dev.stemma.format.TensorReader;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.testing.Shared;
import dev.stemma.verdict.ComponentVerdict;
import dev.stemma.verdict.ControlEvidence;
import dev.stemma.verdict.Judge;
import dev.stemma.verdict.Kind;
import dev.stemma.verdict.Parent;
import dev.stemma.verdict.Relation;
import dev.stemma.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The really trained family beside the project: relations, kinds, direction, determinism. */
class DevelopmentFamilyTest {
  private final LocalBytes bytes = new LocalBytes();

  @AfterEach
  void close() {
    bytes.close();
  }

  @Test
  void aFineTunedChildIsFoundAndTheSameBitsOnAnyNumberOfThreads() {
    List<Evidence> one = evidence("alpha", "sft", List.of(), 1);
    assertThat(evidence("alpha", "sft", List.of(), 2)).isEqualTo(one);
    ComponentVerdict decoder = decoder(Judge.judge(one, List.of()));
    assertThat(decoder.relation()).isEqualTo(Relation.DERIVED);
    assertThat(decoder.kinds()).containsExactly(Kind.FINE_TUNED);
  }

  @Test
  void aDisguiseIsSeenThroughAndNamed() {
    ComponentVerdict decoder = decoder(judge("cpt", "disguised"));
    assertThat(decoder.relation()).isEqualTo(Relation.DERIVED);
    assertThat(decoder.kinds()).contains(Kind.PERMUTED, Kind.RESCALED);
  }

  @Test
  void aTwinFromAnotherSeedIsNotAccused() {
    assertThat(judge("alpha", "twin").relation()).isEqualTo(Relation.NO_EVIDENCE);
  }

  @Test
  void aSharedInitialisationIsNoTraining() {
    Verdict verdict = judge("alpha", "sameinit");
    assertThat(verdict.relation()).isEqualTo(Relation.SHARED_ANCESTOR);
    assertThat(verdict.summary()).contains("no trained weights shared");
    assertThat(decoder(verdict).kinds()).containsExactly(Kind.SAME_INITIALISATION);
  }

  @Test
  void aMergeNamesItsCoefficients() {
    List<Evidence> evidence = evidence("sft", "merged", List.of("cpt"), 2);
    ComponentVerdict decoder = decoder(Judge.judge(evidence, List.of()));
    assertThat(decoder.kinds()).contains(Kind.MERGED);
    assertThat(decoder.parent()).isEqualTo(Parent.A);
    assertThat(String.valueOf(decoder.details().get("coefficients")))
        .contains("0.6")
        .contains("0.39");
  }

  @Test
  void aControlThatFiresMakesItInconclusive() {
    List<Evidence> evidence = evidence("alpha", "sft", List.of(), 2);
    ControlEvidence control =
        new ControlEvidence("cpt", ControlEvidence.Side.A, evidence("alpha", "cpt", List.of(), 2));
    assertThat(Judge.judge(evidence, List.of(control)).relation()).isEqualTo(Relation.INCONCLUSIVE);
  }

  private Verdict judge(String a, String b) {
    return Judge.judge(evidence(a, b, List.of(), 2), List.of());
  }

  private List<Evidence> evidence(String a, String b, List<String> candidates, int threads) {
    Pair pair =
        new Pair(load(a), load(b), candidates.stream().map(this::load).toList(), Scope.PLANNED);
    List<Analysis<?, ?>> analyses =
        List.of(
            new EmbeddingColumns(),
            new AttentionColumns(),
            new NeuronMatching(),
            new NeuronRelations(),
            new NeuronAgreement(),
            new WeightRetention(),
            new WeightMerge());
    List<Evidence> found = new ArrayList<>();
    try (LocalEngine engine = new LocalEngine(threads, new TensorReader(bytes))) {
      for (Analysis<?, ?> analysis : analyses) {
        found.addAll(engine.run(analysis, pair.knowing(found), Progress.NONE));
      }
    }
    return found;
  }

  private CanonicalModel load(String name) {
    String folder = Shared.path("lineages/dev/" + name).toString();
    return Families.canonicalise(
        new ModelReader().read(Sources.standard().resolve(folder, Progress.NONE), bytes));
  }

  private static ComponentVerdict decoder(Verdict verdict) {
    return verdict.components().stream()
        .filter(component -> component.component() == Component.DECODER)
        .findFirst()
        .orElseThrow();
  }
}
