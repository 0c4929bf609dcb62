package dev.stemma.numeric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stemma.artifact.ElementType;
import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScalarPairKernelTest {
  private static final MathContext DIGITS = new MathContext(60);
  private final PairKernel kernel = new ScalarPairKernel();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 17, 1000, 4096, 4097, 9001})
  void agreesWithExactArithmetic(int count) {
    Random random = new Random(count);
    double[] a = random.doubles(count, -1, 1).toArray();
    double[] b = random.doubles(count, -3, 5).toArray();
    assertExact(a, b, 1e-12);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-1, 1e-3, 1e-5, 1e-7})
  void keepsDigitsOnNearlyConstantData(double spread) {
    Random random = new Random(1);
    double[] a = random.doubles(9001, 1, 1 + spread).toArray();
    double[] b = random.doubles(9001, 1, 1 + spread).toArray();
    assertExact(a, b, 1e-8);
  }

  @Test
  void constantsHaveNoCorrelationAndNoKurtosis() {
    double[] constant = new double[9001];
    java.util.Arrays.fill(constant, 0.1);
    PairStatistics sums = measure(constant, constant);
    assertThat(sums.pearson()).isNaN();
    assertThat(sums.momentsOfA().kurtosis()).isNaN();
    assertThat(sums.momentsOfA().standardDeviation()).isZero();
    assertThat(sums.cosine()).isCloseTo(1, within(1e-15));
    assertThat(sums.bitEqualShare()).isEqualTo(1);
  }

  @Test
  void aTensorWithItself() {
    double[] values = new Random(3).doubles(5000, -1, 1).toArray();
    PairStatistics sums = measure(values, values);
    assertThat(sums.cosine()).isCloseTo(1, within(1e-15));
    assertThat(sums.pearson()).isCloseTo(1, within(1e-15));
    assertThat(sums.relativeFrobeniusDistance()).isZero();
    assertThat(sums.meanAbsoluteDifference()).isZero();
  }

  @Test
  void countsWhatIsNotFiniteAndLeavesItOut() {
    double nan = Double.NaN;
    double infinity = Double.POSITIVE_INFINITY;
    PairStatistics sums =
        measure(new double[] {1, nan, 3, -infinity, 5}, new double[] {1, 2, infinity, nan, 7});
    assertThat(sums.elements()).isEqualTo(5);
    assertThat(sums.count()).isEqualTo(2);
    assertThat(sums.nonFiniteA()).isEqualTo(2);
    assertThat(sums.nonFiniteB()).isEqualTo(2);
    assertThat(sums.dot()).isCloseTo(36, within(1e-13));
    assertThat(sums.bitEqual()).isEqualTo(1);
  }

  @Test
  void nothingGivesNothing() {
    PairStatistics sums = measure(new double[0], new double[0]);
    assertThat(sums).isEqualTo(PairStatistics.EMPTY);
    assertThat(sums.pearson()).isNaN();
    assertThat(sums.bitEqualShare()).isZero();
  }

  @Test
  void theCutDoesNotMatter() {
    double[] a = new Random(4).doubles(10_000, 5, 6).toArray();
    double[] b = new Random(5).doubles(10_000, 5, 6).toArray();
    PairStatistics whole = measure(a, b);
    PairStatistics parts = PairStatistics.EMPTY;
    for (int first = 0; first < a.length; first += 1234) {
      int end = Math.min(a.length, first + 1234);
      parts =
          parts.plus(
              measure(
                  java.util.Arrays.copyOfRange(a, first, end),
                  java.util.Arrays.copyOfRange(b, first, end)));
    }
    assertThat(parts.pearson()).isCloseTo(whole.pearson(), within(1e-12));
    assertThat(parts.momentsOfB().kurtosis())
        .isCloseTo(whole.momentsOfB().kurtosis(), within(1e-11));
    assertThat(parts.count()).isEqualTo(whole.count());
  }

  @Test
  void bfloat16AgainstFloat32() {
    double[] values = {1, -2, 0.5, 1.5, 96};
    MemorySegment a = Encoding.of(ElementType.BF16, values);
    MemorySegment b = Encoding.of(ElementType.F32, values);
    PairStatistics sums = kernel.measure(a, ElementType.BF16, b, ElementType.F32, values.length);
    assertThat(sums.cosine()).isCloseTo(1, within(1e-15));
    assertThat(sums.bitEqual()).isZero();
  }

  private PairStatistics measure(double[] a, double[] b) {
    return kernel.measure(
        Encoding.of(ElementType.F64, a),
        ElementType.F64,
        Encoding.of(ElementType.F64, b),
        ElementType.F64,
        a.length);
  }

  private void assertExact(double[] a, double[] b, double tolerance) {
    PairStatistics sums = measure(a, b);
    BigDecimal meanA = mean(a);
    BigDecimal meanB = mean(b);
    BigDecimal secondA = moment(a, meanA, a, meanA, 1);
    BigDecimal secondB = moment(b, meanB, b, meanB, 1);
    BigDecimal fourthA = moment(a, meanA, a, meanA, 2);
    BigDecimal comoment = moment(a, meanA, b, meanB, 1);
    assertThat(sums.meanA()).isCloseTo(meanA.doubleValue(), within(1e-15 * a.length));
    assertRelative(sums.a().second(), secondA, tolerance);
    assertRelative(sums.b().second(), secondB, tolerance);
    assertRelative(sums.a().fourth(), fourthA, tolerance);
    assertThat(sums.comoment() / (a.length * sums.momentsOfA().standardDeviation() + 1e-300))
        .isCloseTo(
            comoment.doubleValue() / (a.length * sums.momentsOfA().standardDeviation() + 1e-300),
            within(tolerance));
    if (a.length > 1) {
      BigDecimal product = secondA.multiply(secondB, DIGITS).sqrt(DIGITS);
      assertThat(sums.pearson())
          .isCloseTo(comoment.divide(product, DIGITS).doubleValue(), within(tolerance));
      assertRelative(
          sums.momentsOfA().kurtosis(),
          fourthA
              .multiply(BigDecimal.valueOf(a.length))
              .divide(secondA.multiply(secondA, DIGITS), DIGITS),
          tolerance);
    }
  }

  private static void assertRelative(double value, BigDecimal exact, double tolerance) {
    assertThat(value)
        .isCloseTo(exact.doubleValue(), within(tolerance * Math.abs(exact.doubleValue())));
  }

  private static BigDecimal mean(double[] values) {
    BigDecimal sum = BigDecimal.ZERO;
    for (double value : values) {
      sum = sum.add(new BigDecimal(value));
    }
    return sum.divide(BigDecimal.valueOf(values.length), DIGITS);
  }

  /** Sum of ((x - mean of x)(y - mean of y))^power. */
  private static BigDecimal moment(
      double[] x, BigDecimal meanX, double[] y, BigDecimal meanY, int power) {
    BigDecimal sum = BigDecimal.ZERO;
    for (int i = 0; i < x.length; i++) {
      BigDecimal product =
          new BigDecimal(x[i])
              .subtract(meanX, DIGITS)
              .multiply(new BigDecimal(y[i]).subtract(meanY, DIGITS), DIGITS);
      sum = sum.add(product.pow(power, DIGITS), DIGITS);
    }
    return sum;
  }
}
