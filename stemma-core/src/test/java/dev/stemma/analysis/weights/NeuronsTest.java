package dev.stemma.analysis.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.numeric.Chance;
import dev.stemma.numeric.LinearAlgebra;
import dev.stemma.numeric.Matrix;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NeuronsTest {
  /** Independent matrices with heavy tails, outlier columns, low rank or sorted rows. */
  @Test
  void independentPairsNeverReachTheDecisionLevel() {
    SplittableRandom random = new SplittableRandom(21);
    for (int trial = 0; trial < 300; trial++) {
      Matrix a = draw(trial % 4, random);
      Matrix b = draw(trial % 4, random);
      Matrix cosines = LinearAlgebra.best().multiplyByTransposed(a, b);
      int agreeing = Matching.agreeingLabels(cosines, Weights.sample(b.rows(), b.rows()), true);
      assertThat(Chance.logFixedPoints(agreeing)).isGreaterThan(-6);
    }
  }

  @Test
  void rowsSortedByNormAreRecognised() {
    SplittableRandom random = new SplittableRandom(22);
    Matrix rows = raw(3, random);
    assertThat(Weights.sorted(Weights.normOrder(rows), rows.rows())).isTrue();
    Matrix plain = raw(0, random);
    assertThat(Weights.sorted(Weights.normOrder(plain), plain.rows())).isFalse();
  }

  @Test
  void anAncestorIsKeptAlikeInEveryBand() {
    SplittableRandom random = new SplittableRandom(23);
    Matrix a = raw(0, random);
    Matrix b = a.copy().scale(0.8).add(raw(0, random), 0.5);
    double[] retention = Difference.retention(a, b);
    for (double kept : retention) {
      assertThat(kept).isBetween(0.6, 1.0);
    }
    for (double kept : Difference.retention(a, a)) {
      assertThat(kept).isBetween(0.999, 1.001);
    }
  }

  @Test
  void aLowRankUpdateShowsItsRank() {
    SplittableRandom random = new SplittableRandom(24);
    Matrix a = raw(0, random);
    Matrix left = new Matrix(a.rows(), 3, values(a.rows() * 3, random));
    Matrix right = new Matrix(3, a.columns(), values(3 * a.columns(), random));
    Matrix b = a.copy().add(LinearAlgebra.best().multiply(left, right), 1);
    Difference.Gap gap = Difference.largestGap(a, b);
    assertThat(gap.rank()).isEqualTo(3);
    assertThat(gap.ratio()).isGreaterThan(100);
  }

  @Test
  void aGridOfFifteenStepsIsRecognised() {
    SplittableRandom random = new SplittableRandom(25);
    Matrix a = raw(0, random);
    Matrix across = new Matrix(128, 48, a.data()); // rows of one block and a half
    Matrix source = a.copy();
    assertThat(new ValueGrid(4, 7, 32, false).share(a)).isLessThan(0.01);
    assertThat(new ValueGrid(4, 7, 32, false).share(across)).isLessThan(0.01);
    for (int first = 0; first < a.data().length; first += 32) {
      float largest = 0;
      for (int index = first; index < first + 32; index++) {
        largest = Math.max(largest, Math.abs(a.data()[index]));
      }
      for (int index = first; index < first + 32; index++) {
        a.data()[index] = Math.round(a.data()[index] / largest * 7) * largest / 7;
      }
    }
    assertThat(new ValueGrid(4, 7, 32, false).share(a)).isEqualTo(1);
    assertThat(new ValueGrid(4, 7, 32, false).share(across)).isEqualTo(1);
    assertThat(ValueGrid.of(across).rounded(across, new Matrix(128, 48, source.data())))
        .isEqualTo(1);
  }

  private static Matrix draw(int kind, SplittableRandom random) {
    return raw(kind, random).normaliseRows();
  }

  private static Matrix raw(int kind, SplittableRandom random) {
    int rows = 96;
    int columns = 64;
    Matrix matrix = new Matrix(rows, columns, values(rows * columns, random));
    switch (kind) {
      case 1 -> {
        for (int index = 0; index < matrix.data().length; index++) {
          matrix.data()[index] *= Math.abs(matrix.data()[index]) * Math.abs(matrix.data()[index]);
        }
      }
      case 2 -> {
        for (int row = 0; row < rows; row++) {
          matrix.set(row, 5, matrix.get(row, 5) * 30);
        }
      }
      case 3 -> {
        for (int row = 0; row < rows; row++) {
          for (int column = 0; column < columns; column++) {
            matrix.set(row, column, matrix.get(row, column) * (1 + row));
          }
        }
      }
      default -> {}
    }
    return matrix;
  }

  private static float[] values(int count, SplittableRandom random) {
    float[] values = new float[count];
    for (int index = 0; index < count; index++) {
      values[index] = (float) random.nextGaussian();
    }
    return values;
  }
}
