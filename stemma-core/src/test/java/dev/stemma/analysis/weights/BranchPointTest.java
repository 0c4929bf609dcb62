package dev.stemma.analysis.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stemma.analysis.weights.WeightBranchPoint.Distances;
import org.junit.jupiter.api.Test;

/** Distances from the branch point, where steps are orthogonal and so the answer is exact. */
class BranchPointTest {
  /** Ancestor of squared size 1; each model adds its own step of this squared size, scaled. */
  private static Distances star(double stepA, double stepB, double stepC, double scaleB) {
    return Distances.of(1 + stepA, scaleB * scaleB * (1 + stepB), 1 + stepC, scaleB, 1, scaleB);
  }

  @Test
  void eachIsItsOwnStepAway() {
    Distances found = star(0.04, 0.25, 0.09, 1);
    assertThat(found.a()).isCloseTo(0.04, within(1e-12));
    assertThat(found.b()).isCloseTo(0.25, within(1e-12));
    assertThat(found.third()).isCloseTo(0.09, within(1e-12));
  }

  @Test
  void anAncestorIsTheBranchPointWhateverTheScale() {
    Distances found = star(0, 0.25, 0.09, 0.8);
    assertThat(found.a()).isCloseTo(0, within(1e-12));
    assertThat(found.b()).isCloseTo(0.25, within(1e-12));
  }

  @Test
  void unrelatedModelsHaveNoBranchPoint() {
    assertThat(Distances.of(1, 1, 1, 0.9, 0.01, 0.01).known()).isFalse();
    assertThat(Distances.of(0, 1, 1, 0, 0, 1).known()).isFalse();
  }
}
