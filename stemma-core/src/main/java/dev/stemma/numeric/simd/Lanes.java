package dev.stemma.numeric.simd;

import dev.stemma.numeric.PairStatistics;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The sums of many blocks, in float64, one for each vector lane until the end. */
final class Lanes {
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  static final int BITS = FLOATS.vectorBitSize();

  /** Vectors in a block: more would lose digits in float32. */
  static final int VECTORS = 64;

  static final int DOT = 0;
  static final int A = 1;
  static final int B = 5;
  static final int ABSOLUTE = 9;
  static final int SQUARED = 10;
  private static final int SUMS = 11;

  private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
  private static final int WIDTH = FLOATS.length();

  private final double[] sums = new double[SUMS * WIDTH];
  private final float[] maxima = new float[WIDTH];
  private final boolean sameType;
  private long bitEqual;

  /** Nothing added yet; without the same type there are no equal bits to count. */
  Lanes(boolean sameType) {
    this.sameType = sameType;
  }

  /** Adds one sum's lanes. */
  void add(int sum, FloatVector lanes) {
    int at = sum * WIDTH;
    ((DoubleVector) lanes.convertShape(VectorOperators.F2D, DOUBLES, 0))
        .add(DoubleVector.fromArray(DOUBLES, sums, at))
        .intoArray(sums, at);
    at += DOUBLES.length();
    ((DoubleVector) lanes.convertShape(VectorOperators.F2D, DOUBLES, 1))
        .add(DoubleVector.fromArray(DOUBLES, sums, at))
        .intoArray(sums, at);
  }

  /** Takes in a block's largest differences and its count of equal bits. */
  void maximum(FloatVector lanes, long equal) {
    lanes.max(FloatVector.fromArray(FLOATS, maxima, 0)).intoArray(maxima, 0);
    bitEqual += equal;
  }

  /** Everything added so far. */
  PairStatistics statistics(long count) {
    double maximum = 0;
    for (float lane : maxima) {
      maximum = Math.max(maximum, lane);
    }
    return PairStatistics.ofSums(
        count,
        new double[] {total(A), total(A + 1), total(A + 2), total(A + 3)},
        new double[] {total(B), total(B + 1), total(B + 2), total(B + 3)},
        total(DOT),
        total(ABSOLUTE),
        total(SQUARED),
        maximum,
        sameType ? bitEqual : 0);
  }

  private double total(int sum) {
    double total = 0;
    for (int lane = 0; lane < WIDTH; lane++) {
      total += sums[sum * WIDTH + lane];
    }
    return total;
  }
}
