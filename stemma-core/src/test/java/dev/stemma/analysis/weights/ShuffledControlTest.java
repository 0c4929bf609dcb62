package dev.stemma.analysis.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stemma.analysis.Analysis;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Partial;
import dev.stemma.analysis.Scope;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.ElementType;
import dev.stemma.engine.LocalEngine;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.Measured.Supports;
import dev.stemma.evidence.NotApplicable;
import dev.stemma.source.Progress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Weight similarity and bit equality on models whose relation is known. */
class ShuffledControlTest {
  private static final Map<Role, float[]> PARENT = SyntheticModel.random(1);
  private static final CanonicalModel A = stored("parent", PARENT);

  @Test
  void independentModelsAreNotRelatedAlthoughTheirNormsHaveHighCosines() {
    CanonicalModel other = stored("independent", SyntheticModel.random(2));
    Measured similarity = measured(new WeightSimilarity(), other);
    assertThat(similarity.supports()).isEqualTo(Supports.NEITHER);
    assertThat(similarity.value("norm.raw-cosine.mean", 0)).isGreaterThan(0.95);
    assertThat(similarity.value("norm.pearson.mean", 1)).isBetween(-0.2, 0.2);
    assertThat(similarity.value("shuffled.z", 99)).isBetween(-4.0, 4.0);
    assertThat(similarity.value("matrix.pearson.mean", 1)).isBetween(-0.02, 0.02);
    assertThat(similarity.caveats()).anyMatch(caveat -> caveat.contains("never counts"));
    Measured bits = measured(new BitEquality(), other);
    assertThat(bits.supports()).isEqualTo(Supports.NEITHER);
    assertThat(bits.value("share", 1)).isCloseTo(bits.value("shuffled.share", 0), within(3e-3));
  }

  @Test
  void aSlightlyChangedCopyIsRelated() {
    CanonicalModel child = stored("child", SyntheticModel.drifted(PARENT, 0.01, 3));
    Measured similarity = measured(new WeightSimilarity(), child);
    assertThat(similarity.supports()).isEqualTo(Supports.DERIVATION);
    assertThat(similarity.value("shuffled.z", 0)).isGreaterThan(20);
    assertThat(similarity.statistic().value()).isGreaterThan(0.999);
    assertThat(similarity.log10p()).isLessThan(-3);
    Measured bits = measured(new BitEquality(), child);
    assertThat(bits.supports()).isEqualTo(Supports.DERIVATION);
    assertThat(bits.value("share", 0)).isBetween(0.12, 0.25);
  }

  @Test
  void heavyDriftStillShows() {
    CanonicalModel child = stored("drifted", SyntheticModel.drifted(PARENT, 1.5, 3));
    Measured similarity = measured(new WeightSimilarity(), child);
    assertThat(similarity.supports()).isEqualTo(Supports.DERIVATION);
    assertThat(similarity.statistic().value()).isBetween(0.4, 0.7);
  }

  @Test
  void aCopyIsIdentical() {
    Measured bits = measured(new BitEquality(), stored("copy", PARENT));
    assertThat(bits.supports()).isEqualTo(Supports.DERIVATION);
    assertThat(bits.statistic().value()).isEqualTo(1);
    assertThat(bits.value("tensors.identical", 0)).isEqualTo(bits.value("tensors", -1));
  }

  @Test
  void oneChangedBitIsNotIdentical() {
    Map<Role, float[]> changed = new TreeMap<>(PARENT);
    Role role = Role.inLayer(Component.DECODER, 2, Part.UP);
    float[] values = java.util.Objects.requireNonNull(PARENT.get(role)).clone();
    values[12_345] *= 1.05f;
    changed.put(role, values);
    Measured bits = measured(new BitEquality(), stored("one-bit", changed));
    assertThat(bits.statistic().value()).isLessThan(1).isGreaterThan(0.999);
    assertThat(bits.value("tensors.identical", 0)).isEqualTo(bits.value("tensors", 0) - 1);
  }

  @Test
  void permutedNeuronsLookUnrelatedHere() {
    Map<Role, float[]> permuted = new TreeMap<>();
    PARENT.forEach((role, values) -> permuted.put(role, reversed(values)));
    Measured similarity = measured(new WeightSimilarity(), stored("reversed", permuted));
    assertThat(similarity.supports()).isEqualTo(Supports.NEITHER);
  }

  @Test
  void constantsAndMasksDoNotCount() {
    Map<Role, float[]> constant = new TreeMap<>();
    PARENT.forEach((role, values) -> {
      float[] ones = new float[values.length];
      java.util.Arrays.fill(ones, role.layer() == 0 ? 0 : 1);
      constant.put(role, ones);
    });
    CanonicalModel a = stored("constant-a", constant);
    CanonicalModel b = stored("constant-b", constant);
    assertThat(run(new BitEquality(), a, b, 2).getFirst()).isInstanceOf(NotApplicable.class);
    Evidence similarity = run(new WeightSimilarity(), a, b, 2).getFirst();
    assertThat(((Measured) similarity).supports()).isEqualTo(Supports.NEITHER);
  }

  @Test
  void anotherTypeIsComparedByValueAndNotByBits() {
    CanonicalModel wide = SyntheticModel.model("wide", PARENT, ElementType.F32);
    assertThat(measured(new WeightSimilarity(), wide).statistic().value()).isGreaterThan(0.9999);
    Evidence bits = run(new BitEquality(), A, wide, 2).getFirst();
    assertThat(bits).isInstanceOf(NotApplicable.class);
    assertThat(((NotApplicable) bits).why()).contains("unequal types");
  }

  @Test
  void unequalShapesAreNotTested() {
    Map<Role, float[]> narrow = new TreeMap<>();
    PARENT.forEach(
        (role, values) -> narrow.put(role, java.util.Arrays.copyOf(values, values.length / 2)));
    Evidence evidence = run(new WeightSimilarity(), A, stored("narrow", narrow), 2).getFirst();
    assertThat(((NotApplicable) evidence).why()).contains("equal shape");
  }

  @Test
  void theNumberOfThreadsChangesNothing() {
    CanonicalModel child = stored("threads", SyntheticModel.drifted(PARENT, 0.1, 3));
    for (Analysis<?, ?> analysis : List.of(new WeightSimilarity(), new BitEquality())) {
      assertThat(run(analysis, A, child, 1)).isEqualTo(run(analysis, A, child, 5));
    }
  }

  private static float[] reversed(float[] values) {
    float[] reversed = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      reversed[i] = values[values.length - 1 - i];
    }
    return reversed;
  }

  private static CanonicalModel stored(String name, Map<Role, float[]> tensors) {
    return SyntheticModel.model(name, tensors, ElementType.BF16);
  }

  private static Measured measured(Analysis<?, ?> analysis, CanonicalModel b) {
    List<Evidence> evidence = run(analysis, A, b, 2);
    assertThat(evidence).hasSize(1);
    return (Measured) evidence.getFirst();
  }

  private static <U extends WorkUnit, P extends Partial> List<Evidence> run(
      Analysis<U, P> analysis, CanonicalModel a, CanonicalModel b, int threads) {
    try (LocalEngine engine = new LocalEngine(threads, SyntheticModel.reader())) {
      return engine.run(analysis, new Pair(a, b, Scope.PLANNED), Progress.NONE);
    }
  }
}
