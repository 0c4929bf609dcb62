package dev.stemma.numeric.simd;

import dev.stemma.numeric.PairStatistics;
import jdk.incubator.vector.FloatVector;
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
  static final int MAXIMUM = 11;
  private static final int SUMS = 11;

  private static final int WIDTH = FLOATS.length();

  private final float[] block = new float[(SUMS + 1) * WIDTH];
  private final double[] sums = new double[SUMS * WIDTH];
  private final boolean sameType;
  private float maximum;
  private long bitEqual;

  /** Nothing added yet; without the same type there are no equal bits to count. */
  Lanes(boolean sameType) {
    this.sameType = sameType;
  }

  /** Puts down one sum of a block. */
  void put(int sum, FloatVector lanes) {
    lanes.intoArray(block, sum * WIDTH);
  }

  /**
   * Adds the block that was put down. Plain loops, which are fast before they are compiled best.
   *
   * @param equal pairs of the block with equal bits
   * @return false, and nothing is added, if a fourth power is NaN or infinite
   */
  boolean flush(int equal) {
    float fourth = 0;
    for (int lane = 0; lane < WIDTH; lane++) {
      fourth += block[(A + 3) * WIDTH + lane] + block[(B + 3) * WIDTH + lane];
    }
    if (!Float.isFinite(fourth)) {
      return false;
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] += block[i];
    }
    for (int lane = SUMS * WIDTH; lane < block.length; lane++) {
      maximum = Math.max(maximum, block[lane]);
    }
    bitEqual += equal;
    return true;
  }

  /** Everything added so far. */
  PairStatistics statistics(long count) {
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
