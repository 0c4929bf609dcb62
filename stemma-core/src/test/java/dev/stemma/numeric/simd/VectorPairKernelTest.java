package dev.stemma.numeric.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stemma.artifact.ElementType;
import dev.stemma.numeric.Encoding;
import dev.stemma.numeric.PairKernel;
import dev.stemma.numeric.PairKernels;
import dev.stemma.numeric.PairStatistics;
import dev.stemma.numeric.ScalarPairKernel;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class VectorPairKernelTest {
  private static final int LARGE = (int) VectorPairKernel.SMALL_ELEMENTS;
  private final PairKernel scalar = new ScalarPairKernel();
  private final PairKernel vector = new VectorPairKernel();

  /** The types that have elements of their own. */
  static List<ElementType> plainTypes() {
    return Arrays.stream(ElementType.values()).filter(type -> type.blockElements() == 1).toList();
  }

  @Test
  void warmingUpChangesNothing() {
    vector.warmUp();
    MemorySegment a = normal(ElementType.BF16, LARGE, 1);
    assertAgree(a, ElementType.BF16, a, ElementType.BF16, LARGE);
  }

  @Test
  void isTheChosenOne() {
    assertThat(PairKernels.best()).isInstanceOf(VectorPairKernel.class);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        0,
        1,
        15,
        16,
        17,
        31,
        32,
        33,
        2047,
        LARGE - 1,
        LARGE,
        LARGE + 1,
        LARGE + 15,
        LARGE + 31,
        LARGE + 1023,
        LARGE + 1025,
        LARGE + 2047,
        LARGE + 2049,
        VectorPairKernel.STRETCH_ELEMENTS - 1,
        VectorPairKernel.STRETCH_ELEMENTS + 1
      })
  void agreesAtAwkwardSizes(int elements) {
    for (ElementType type :
        new ElementType[] {ElementType.BF16, ElementType.F32, ElementType.F16}) {
      assertAgree(normal(type, elements, 1), type, normal(type, elements, 2), type, elements);
    }
  }

  @ParameterizedTest
  @MethodSource("plainTypes")
  void agreesOnRandomBitsOfEveryType(ElementType type) {
    int elements = LARGE + 77;
    MemorySegment a = Encoding.randomBits(type, elements, 1);
    MemorySegment b = Encoding.randomBits(type, elements, 2);
    b.asSlice(0, b.byteSize() / 3).copyFrom(a.asSlice(0, b.byteSize() / 3));
    assertAgree(a, type, b, type, elements);
  }

  @ParameterizedTest
  @MethodSource("plainTypes")
  void agreesWhenStoredDifferently(ElementType type) {
    DoubleUnaryOperator small = i -> (int) (i * 37 % 11);
    MemorySegment a = series(type, LARGE + 5, small);
    MemorySegment b = series(ElementType.F32, LARGE + 5, small);
    assertAgree(a, type, b, ElementType.F32, LARGE + 5);
    assertAgree(b, ElementType.F32, a, type, LARGE + 5);
  }

  @ParameterizedTest
  @EnumSource(
      value = ElementType.class,
      names = {"BF16", "F32", "F16"})
  void agreesUnalignedAndOnTheHeap(ElementType type) {
    MemorySegment a = normal(type, LARGE + 9, 1);
    MemorySegment b = normal(type, LARGE + 9, 2);
    assertAgree(Encoding.unaligned(a), type, b, type, LARGE + 9);
    MemorySegment heap = MemorySegment.ofArray(a.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
    assertAgree(heap, type, b, type, LARGE + 9);
  }

  @ParameterizedTest
  @EnumSource(
      value = ElementType.class,
      names = {"BF16", "F32", "F16"})
  void oneBadValueSpoilsNothingElse(ElementType type) {
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, -1e30, 1e-40}) {
      for (int place : new int[] {0, 1, 31, 2048, LARGE + 8}) {
        double[] values = normalValues(LARGE + 9, 1);
        values[place] = bad;
        MemorySegment a = Encoding.of(type, values);
        MemorySegment b = normal(type, LARGE + 9, 2);
        assertAgree(a, type, b, type, LARGE + 9);
        assertAgree(b, type, a, type, LARGE + 9);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-12, 1e-30, 1e-42, 1e9, 1e30})
  void agreesNearTheEndsOfTheRange(double scale) {
    MemorySegment a = series(ElementType.F32, LARGE + 9, i -> scale * Math.sin(i));
    MemorySegment b = series(ElementType.F32, LARGE + 9, i -> scale * Math.cos(i * 1.1));
    assertAgree(a, ElementType.F32, b, ElementType.F32, LARGE + 9);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1e-6, 1e-4, 1e-2, 0.5})
  void keepsDigitsOnNearlyConstantData(double spread) {
    MemorySegment a = series(ElementType.F32, LARGE + 9, i -> 1 + spread * Math.sin(i));
    MemorySegment b = series(ElementType.F32, LARGE + 9, i -> 1 + spread * Math.sin(i + 0.5));
    PairStatistics sums = assertAgree(a, ElementType.F32, b, ElementType.F32, LARGE + 9);
    if (spread == 0) {
      assertThat(sums.pearson()).isNaN();
    } else if (spread >= 1e-4) {
      assertThat(sums.pearson()).isCloseTo(Math.cos(0.5), within(1e-3));
      assertThat(sums.momentsOfA().kurtosis()).isCloseTo(1.5, within(1e-3));
    }
  }

  @Test
  void zerosOnOneSide() {
    MemorySegment zeros = Encoding.of(ElementType.BF16, new double[LARGE * 2]);
    PairStatistics sums =
        assertAgree(
            zeros,
            ElementType.BF16,
            normal(ElementType.BF16, LARGE * 2, 1),
            ElementType.BF16,
            LARGE * 2);
    assertThat(sums.cosine()).isNaN();
  }

  private PairStatistics assertAgree(
      MemorySegment a, ElementType typeA, MemorySegment b, ElementType typeB, int elements) {
    PairStatistics plain = scalar.measure(a, typeA, b, typeB, elements);
    PairStatistics fast = vector.measure(a, typeA, b, typeB, elements);
    assertThat(fast.elements()).isEqualTo(plain.elements());
    assertThat(fast.count()).isEqualTo(plain.count());
    assertThat(fast.bitEqual()).isEqualTo(plain.bitEqual());
    assertThat(fast.nonFiniteA()).isEqualTo(plain.nonFiniteA());
    assertThat(fast.nonFiniteB()).isEqualTo(plain.nonFiniteB());
    assertClose(fast.cosine(), plain.cosine(), 2e-7);
    assertClose(fast.pearson(), plain.pearson(), 2e-7);
    assertClose(fast.meanAbsoluteDifference(), plain.meanAbsoluteDifference(), 1e-6);
    assertClose(fast.maximumAbsoluteDifference(), plain.maximumAbsoluteDifference(), 1e-7);
    assertClose(fast.relativeFrobeniusDistance(), plain.relativeFrobeniusDistance(), 1e-6);
    assertMoments(fast.momentsOfA(), plain.momentsOfA());
    assertMoments(fast.momentsOfB(), plain.momentsOfB());
    return fast;
  }

  private static void assertMoments(PairStatistics.Moments fast, PairStatistics.Moments plain) {
    assertClose(fast.standardDeviation(), plain.standardDeviation(), 1e-6);
    assertThat(Math.abs(fast.mean() - plain.mean()))
        .satisfiesAnyOf(
            gap -> assertThat(gap).isNaN(),
            gap -> assertThat(gap).isLessThanOrEqualTo(1e-7 * plain.standardDeviation()));
    assertClose(fast.kurtosis(), plain.kurtosis(), 3e-6);
  }

  /** Relative, and absolute under 1. */
  private static void assertClose(double fast, double plain, double tolerance) {
    if (Double.isFinite(plain)) {
      double scale = Math.abs(plain) > 1 || tolerance > 2e-7 ? Math.abs(plain) : 1;
      assertThat(fast).isCloseTo(plain, within(tolerance * scale));
    } else {
      assertThat(Double.valueOf(fast)).isEqualTo(Double.valueOf(plain));
    }
  }

  private static MemorySegment normal(ElementType type, int elements, long seed) {
    return Encoding.of(type, normalValues(elements, seed));
  }

  private static double[] normalValues(int elements, long seed) {
    Random random = new Random(seed);
    double[] values = new double[elements];
    Arrays.setAll(values, i -> 0.02 * random.nextGaussian());
    return values;
  }

  private static MemorySegment series(ElementType type, int elements, DoubleUnaryOperator value) {
    double[] values = new double[elements];
    Arrays.setAll(values, i -> value.applyAsDouble(i));
    return Encoding.of(type, values);
  }
}
