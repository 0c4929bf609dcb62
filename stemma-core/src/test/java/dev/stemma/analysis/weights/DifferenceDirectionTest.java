package dev.stemma.analysis.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stemma.numeric.Matrix;
import org.junit.jupiter.api.Test;

/** Whose the directions of a difference are, where the answer is known exactly. */
class DifferenceDirectionTest {
  /** Diagonal, so that every direction is one place. */
  private static Matrix diagonal(double... values) {
    Matrix matrix = new Matrix(values.length, values.length);
    for (int index = 0; index < values.length; index++) {
      matrix.set(index, index, (float) values[index]);
    }
    return matrix;
  }

  @Test
  void aDirectionThatOnlyBHasIsNotAs() {
    Difference.Gap gap =
        Difference.largestGap(diagonal(0, 0, 5, 4, 3, 2), diagonal(3, 2, 5, 4, 3, 2));
    assertThat(gap.rank()).isEqualTo(2);
    assertThat(gap.movedA()).containsExactly(new double[] {0, 0}, within(1e-6));
  }

  @Test
  void aDirectionThatOnlyAHasIsAs() {
    Difference.Gap gap =
        Difference.largestGap(diagonal(3, 2, 5, 4, 3, 2), diagonal(0, 0, 5, 4, 3, 2));
    assertThat(gap.rank()).isEqualTo(2);
    assertThat(gap.movedA()).containsExactly(new double[] {1, 1}, within(1e-6));
  }

  @Test
  void eachHasItsOwn() {
    Difference.Gap gap =
        Difference.largestGap(diagonal(3, 0, 5, 4, 3, 2), diagonal(0, 2, 5, 4, 3, 2));
    assertThat(gap.movedA()).containsExactly(new double[] {1, 0}, within(1e-6));
  }

  @Test
  void equalMatricesHaveNoDirections() {
    assertThat(Difference.largestGap(diagonal(1, 2), diagonal(1, 2)).movedA()).isEmpty();
  }
}
