package dev.stemma.numeric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LinearAlgebraTest {
  private final LinearAlgebra plain = new PlainLinearAlgebra();
  private final LinearAlgebra best = LinearAlgebra.best();
  private final SplittableRandom random = new SplittableRandom(11);

  @Test
  void productsAgreeWithThePlainOnesAtAwkwardSizes() {
    for (int[] size : new int[][] {{1, 1, 1}, {3, 5, 7}, {17, 33, 65}, {64, 1, 9}}) {
      Matrix a = random(size[0], size[1]);
      Matrix b = random(size[1], size[2]);
      assertClose(best.multiply(a, b), plain.multiply(a, b));
      assertClose(
          best.multiplyByTransposed(a, b.transposed()),
          plain.multiplyByTransposed(a, b.transposed()));
      assertClose(
          best.multiplyTransposed(a.transposed(), b), plain.multiplyTransposed(a.transposed(), b));
    }
  }

  @Test
  void eigenvectorsRebuildTheMatrix() {
    for (LinearAlgebra algebra : new LinearAlgebra[] {plain, best}) {
      Matrix a = random(12, 20);
      double[] gram = algebra.gram(a);
      LinearAlgebra.Eigen eigen = algebra.eigen(gram, 12);
      for (int row = 0; row < 12; row++) {
        for (int column = 0; column < 12; column++) {
          double sum = 0;
          for (int k = 0; k < 12; k++) {
            sum += eigen.values()[k] * eigen.vectors().get(k, row) * eigen.vectors().get(k, column);
          }
          assertThat(sum).isCloseTo(gram[row * 12 + column], within(1e-4));
        }
      }
      assertThat(eigen.values()).isSortedAccordingTo((x, y) -> Double.compare(y, x));
    }
  }

  @Test
  void polarFactorOfARotationTimesAPositiveMatrixIsTheRotation() {
    Matrix rotation = best.polar(random(9, 9));
    assertClose(best.multiplyByTransposed(rotation, rotation), LinearAlgebra.identity(9));
    Matrix square = random(9, 14);
    Matrix positive = best.multiplyByTransposed(square, square);
    assertClose(best.polar(best.multiply(rotation, positive)), rotation);
  }

  @Test
  void assignmentEqualsBruteForce() {
    for (int trial = 0; trial < 200; trial++) {
      int rows = 1 + random.nextInt(5);
      int columns = rows + random.nextInt(3);
      Matrix scores = random(rows, columns);
      int[] assigned = Assignment.largest(scores);
      double total = 0;
      for (int row = 0; row < rows; row++) {
        total += scores.get(row, assigned[row]);
      }
      assertThat(assigned).doesNotHaveDuplicates();
      assertThat(total).isCloseTo(bestTotal(scores, 0, 0), within(1e-5));
      int[] reverse = Assignment.largest(scores.transposed());
      for (int row = 0; row < rows; row++) {
        assertThat(reverse[assigned[row]]).isEqualTo(row);
      }
    }
  }

  private static double bestTotal(Matrix scores, int row, int used) {
    if (row == scores.rows()) {
      return 0;
    }
    double best = Double.NEGATIVE_INFINITY;
    for (int column = 0; column < scores.columns(); column++) {
      if (((used >> column) & 1) == 0) {
        double rest = bestTotal(scores, row + 1, used | (1 << column));
        best = Math.max(best, scores.get(row, column) + rest);
      }
    }
    return best;
  }

  private Matrix random(int rows, int columns) {
    Matrix matrix = new Matrix(rows, columns);
    for (int index = 0; index < matrix.data().length; index++) {
      matrix.data()[index] = (float) (random.nextDouble() * 2 - 1);
    }
    return matrix;
  }

  private static void assertClose(Matrix found, Matrix expected) {
    assertThat(found.data()).containsExactly(expected.data(), within(2e-3f));
  }
}
