package dev.stemma.numeric;

import dev.stemma.artifact.ElementType;
import java.lang.foreign.MemorySegment;

/**
 * The definition of {@link PairStatistics}, in float64: each block's mean first, then powers about
 * it. Slow and exact to some 1e-13; every other kernel must agree with it.
 */
public final class ScalarPairKernel implements PairKernel {
  private static final int BLOCK_ELEMENTS = 4096;

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public PairStatistics measure(
      MemorySegment a, ElementType typeA, MemorySegment b, ElementType typeB, long elements) {
    PairStatistics sum = PairStatistics.EMPTY;
    double[] valuesA = new double[(int) Math.min(BLOCK_ELEMENTS, elements)];
    double[] valuesB = new double[valuesA.length];
    for (long first = 0; first < elements; first += BLOCK_ELEMENTS) {
      int count = (int) Math.min(BLOCK_ELEMENTS, elements - first);
      long bitEqual = 0;
      for (int i = 0; i < count; i++) {
        valuesA[i] = Decoding.element(a, typeA, first + i);
        valuesB[i] = Decoding.element(b, typeB, first + i);
        if (typeA == typeB
            && Decoding.bits(a, typeA, first + i) == Decoding.bits(b, typeB, first + i)) {
          bitEqual++;
        }
      }
      sum = sum.plus(block(valuesA, valuesB, count, bitEqual));
    }
    return sum;
  }

  /** One block; its finite pairs are moved to the front of the arrays. */
  private static PairStatistics block(double[] a, double[] b, int elements, long bitEqual) {
    int count = 0;
    long nonFiniteA = 0;
    long nonFiniteB = 0;
    for (int i = 0; i < elements; i++) {
      boolean finiteA = Double.isFinite(a[i]);
      boolean finiteB = Double.isFinite(b[i]);
      nonFiniteA += finiteA ? 0 : 1;
      nonFiniteB += finiteB ? 0 : 1;
      if (finiteA && finiteB) {
        a[count] = a[i];
        b[count] = b[i];
        count++;
      }
    }
    double meanA = mean(a, count);
    double meanB = mean(b, count);
    double comoment = 0;
    double absolute = 0;
    double squared = 0;
    double maximum = 0;
    for (int i = 0; i < count; i++) {
      comoment += (a[i] - meanA) * (b[i] - meanB);
      double difference = Math.abs(a[i] - b[i]);
      absolute += difference;
      squared += difference * difference;
      maximum = Math.max(maximum, difference);
    }
    return new PairStatistics(
        elements,
        count,
        meanA,
        meanB,
        powers(a, meanA, count),
        powers(b, meanB, count),
        comoment,
        absolute,
        squared,
        maximum,
        bitEqual,
        nonFiniteA,
        nonFiniteB);
  }

  /** The mean as an offset from the first value: a constant's is exact, so its variance is 0. */
  private static double mean(double[] values, int count) {
    double offset = 0;
    for (int i = 0; i < count; i++) {
      offset += values[i] - values[0];
    }
    return count == 0 ? 0 : values[0] + offset / count;
  }

  private static PairStatistics.Powers powers(double[] values, double mean, int count) {
    double second = 0;
    double third = 0;
    double fourth = 0;
    for (int i = 0; i < count; i++) {
      double deviation = values[i] - mean;
      double square = deviation * deviation;
      second += square;
      third += square * deviation;
      fourth += square * square;
    }
    return new PairStatistics.Powers(second, third, fourth);
  }
}
