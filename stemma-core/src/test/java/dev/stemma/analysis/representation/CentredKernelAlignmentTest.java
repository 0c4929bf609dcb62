package dev.stemma.analysis.representation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stemma.numeric.LinearAlgebra;
import dev.stemma.numeric.Matrix;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CentredKernelAlignmentTest {
  @ParameterizedTest
  @CsvSource({"4,1,3", "5,7,2", "17,3,40", "60,33,20"})
  void equalsTheFormulaOfSongAndOthersTermByTerm(int samples, int widthA, int widthB) {
    Matrix a = random(samples, widthA, 1);
    Matrix b = mixed(a, random(samples, widthB, 2));
    double expected = hsic(a, b) / Math.sqrt(hsic(a, a) * hsic(b, b));
    assertThat(CentredKernelAlignment.unbiased(a, b)).isCloseTo(expected, within(1e-9));
  }

  @Test
  void biasedEqualsTheFrobeniusFormOfTheCentredFeatures() {
    Matrix a = random(30, 8, 3);
    Matrix b = mixed(a, random(30, 12, 4));
    Matrix x = a.copy().centreColumns();
    Matrix y = b.copy().centreColumns();
    LinearAlgebra algebra = LinearAlgebra.best();
    double cross = algebra.multiplyTransposed(y, x).frobeniusNorm();
    double expected =
        cross
            * cross
            / (algebra.multiplyTransposed(x, x).frobeniusNorm()
                * algebra.multiplyTransposed(y, y).frobeniusNorm());
    assertThat(CentredKernelAlignment.biased(a, b)).isCloseTo(expected, within(1e-5));
  }

  @Test
  void isOneForTheSameFeaturesMovedScaledAndRotated() {
    Matrix a = random(40, 6, 5);
    Matrix b = new Matrix(40, 6);
    for (int i = 0; i < 40; i++) {
      for (int pair = 0; pair < 3; pair++) {
        double angle = 0.3 + pair;
        double x = a.get(i, 2 * pair);
        double y = a.get(i, 2 * pair + 1);
        b.set(i, 5 - 2 * pair, (float) (3 * (Math.cos(angle) * x - Math.sin(angle) * y) + 50));
        b.set(i, 4 - 2 * pair, (float) (3 * (Math.sin(angle) * x + Math.cos(angle) * y) - 7));
      }
    }
    assertThat(CentredKernelAlignment.unbiased(a, b)).isCloseTo(1, within(1e-5));
    assertThat(CentredKernelAlignment.biased(a, b)).isCloseTo(1, within(1e-5));
  }

  @Test
  void independentFeaturesGiveZeroOnAverageHoweverManyThereAre() {
    double unbiased = 0;
    double biased = 0;
    for (int seed = 0; seed < 200; seed++) {
      Matrix a = random(50, 200, 1000 + seed);
      Matrix b = random(50, 200, 5000 + seed);
      unbiased += CentredKernelAlignment.unbiased(a, b) / 200;
      biased += CentredKernelAlignment.biased(a, b) / 200;
    }
    // One pair's standard deviation is about sqrt(2) / 50; the mean of 200 has a fourteenth of it.
    assertThat(unbiased).isBetween(-0.01, 0.01);
    assertThat(biased).isGreaterThan(0.5);
  }

  @Test
  void hugeAndTinyActivationsAreTheSameFeatures() {
    Matrix a = random(20, 4, 8);
    Matrix b = mixed(a, random(20, 4, 9));
    double plain = CentredKernelAlignment.unbiased(a, b);
    assertThat(CentredKernelAlignment.unbiased(a.copy().scale(1e30), b.copy().scale(1e-30)))
        .isCloseTo(plain, within(1e-5));
  }

  @Test
  void whatDoesNotVaryOrIsNoNumberHasNoAlignment() {
    Matrix constant = new Matrix(10, 3);
    Matrix varying = random(10, 3, 10);
    assertThat(CentredKernelAlignment.unbiased(constant, varying)).isNaN();
    Matrix broken = random(10, 3, 11);
    broken.set(4, 1, Float.NaN);
    assertThat(CentredKernelAlignment.unbiased(broken, varying)).isNaN();
    assertThatThrownBy(() -> CentredKernelAlignment.side(random(3, 3, 12)))
        .hasMessageContaining("at least 4");
    assertThatThrownBy(() -> CentredKernelAlignment.unbiased(random(5, 3, 1), random(6, 3, 1)))
        .hasMessageContaining("5 samples against 6");
  }

  /** Song et al. 2012, with the kernel matrices' diagonals set to zero; every sum written out. */
  private static double hsic(Matrix a, Matrix b) {
    int n = a.rows();
    double[][] k = kernel(a);
    double[][] l = kernel(b);
    double trace = 0;
    double sumK = 0;
    double sumL = 0;
    double cross = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        trace += k[i][j] * l[j][i];
        sumK += k[i][j];
        sumL += l[i][j];
        for (int m = 0; m < n; m++) {
          cross += k[i][j] * l[j][m];
        }
      }
    }
    return (trace + sumK * sumL / ((n - 1.0) * (n - 2)) - 2 * cross / (n - 2)) / (n * (n - 3.0));
  }

  private static double[][] kernel(Matrix features) {
    double[][] kernel = new double[features.rows()][features.rows()];
    for (int i = 0; i < features.rows(); i++) {
      for (int j = 0; j < features.rows(); j++) {
        for (int column = 0; i != j && column < features.columns(); column++) {
          kernel[i][j] += (double) features.get(i, column) * features.get(j, column);
        }
      }
    }
    return kernel;
  }

  /** Features that share something with a. */
  private static Matrix mixed(Matrix a, Matrix own) {
    for (int i = 0; i < own.rows(); i++) {
      for (int column = 0; column < own.columns(); column++) {
        own.set(i, column, own.get(i, column) + 2 * a.get(i, column % a.columns()));
      }
    }
    return own;
  }

  private static Matrix random(int rows, int columns, long seed) {
    Random random = new Random(seed);
    Matrix matrix = new Matrix(rows, columns);
    for (int i = 0; i < rows * columns; i++) {
      matrix.data()[i] = (float) random.nextGaussian();
    }
    return matrix;
  }
}
