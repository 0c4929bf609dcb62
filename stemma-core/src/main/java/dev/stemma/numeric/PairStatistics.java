package dev.stemma.numeric;

import java.io.Serializable;

/**
 * Everything one pass over two equally long tensors gives. Moments are kept about the mean, so that
 * nearly constant data keep their digits, and two parts are joined by the exact update formulas
 * (Chan; Pébay): the result depends on how the data were cut, never on which thread took which
 * part. Pairs where either value is NaN or infinite are counted and left out of all sums.
 *
 * @param elements all pairs
 * @param count finite pairs, the ones summed
 * @param meanA mean of a
 * @param meanB mean of b
 * @param a sums of the powers of a about its mean
 * @param b sums of the powers of b about its mean
 * @param comoment sum of (a - mean of a)(b - mean of b)
 * @param sumAbsoluteDifference sum of |a - b|
 * @param sumSquaredDifference sum of (a - b)^2
 * @param maximumAbsoluteDifference largest |a - b|
 * @param bitEqual pairs whose stored bits are equal
 * @param nonFiniteA elements of a that are NaN or infinite
 * @param nonFiniteB elements of b that are NaN or infinite
 */
public record PairStatistics(
    long elements,
    long count,
    double meanA,
    double meanB,
    Powers a,
    Powers b,
    double comoment,
    double sumAbsoluteDifference,
    double sumSquaredDifference,
    double maximumAbsoluteDifference,
    long bitEqual,
    long nonFiniteA,
    long nonFiniteB)
    implements Serializable {
  /** Nothing summed. */
  public static final PairStatistics EMPTY =
      new PairStatistics(0, 0, 0, 0, Powers.ZERO, Powers.ZERO, 0, 0, 0, 0, 0, 0, 0);

  /** Sums of the second, third and fourth powers about the mean. */
  public record Powers(double second, double third, double fourth) implements Serializable {
    static final Powers ZERO = new Powers(0, 0, 0);

    /** The same from sums about zero. */
    static Powers aboutMean(double count, double mean, double sum2, double sum3, double sum4) {
      double mean2 = mean * mean;
      return new Powers(
          Math.max(0, sum2 - count * mean2),
          sum3 - 3 * mean * sum2 + 2 * count * mean * mean2,
          Math.max(0, sum4 - 4 * mean * sum3 + 6 * mean2 * sum2 - 3 * count * mean2 * mean2));
    }

    /** Both parts together, where {@code step} is the second part's mean less the first's. */
    Powers plus(double count, Powers other, double otherCount, double step) {
      double all = count + otherCount;
      double step2 = step * step;
      double product = count * otherCount;
      return new Powers(
          second + other.second + step2 * product / all,
          third
              + other.third
              + step * step2 * product * (count - otherCount) / (all * all)
              + 3 * step * (count * other.second - otherCount * second) / all,
          fourth
              + other.fourth
              + step2
                  * step2
                  * product
                  * (count * count - product + otherCount * otherCount)
                  / (all * all * all)
              + 6
                  * step2
                  * (count * count * other.second + otherCount * otherCount * second)
                  / (all * all)
              + 4 * step * (count * other.third - otherCount * third) / all);
    }
  }

  /**
   * The same from sums about zero; only where both means are small against the spread. Sums are in
   * the order first to fourth power.
   */
  public static PairStatistics ofSums(
      long count,
      double[] sumsA,
      double[] sumsB,
      double dot,
      double sumAbsoluteDifference,
      double sumSquaredDifference,
      double maximumAbsoluteDifference,
      long bitEqual) {
    double pairs = count;
    double meanA = sumsA[0] / pairs;
    double meanB = sumsB[0] / pairs;
    return new PairStatistics(
        count,
        count,
        meanA,
        meanB,
        Powers.aboutMean(pairs, meanA, sumsA[1], sumsA[2], sumsA[3]),
        Powers.aboutMean(pairs, meanB, sumsB[1], sumsB[2], sumsB[3]),
        dot - pairs * meanA * meanB,
        sumAbsoluteDifference,
        sumSquaredDifference,
        maximumAbsoluteDifference,
        bitEqual,
        0,
        0);
  }

  /** Both parts together. */
  public PairStatistics plus(PairStatistics other) {
    if (count == 0 || other.count == 0) {
      PairStatistics summed = count == 0 ? other : this;
      return summed.counting(
          elements + other.elements,
          bitEqual + other.bitEqual,
          nonFiniteA + other.nonFiniteA,
          nonFiniteB + other.nonFiniteB);
    }
    double mine = count;
    double others = other.count;
    double all = mine + others;
    double stepA = other.meanA - meanA;
    double stepB = other.meanB - meanB;
    return new PairStatistics(
        elements + other.elements,
        count + other.count,
        meanA + stepA * (others / all),
        meanB + stepB * (others / all),
        a.plus(mine, other.a, others, stepA),
        b.plus(mine, other.b, others, stepB),
        comoment + other.comoment + stepA * stepB * (mine * others / all),
        sumAbsoluteDifference + other.sumAbsoluteDifference,
        sumSquaredDifference + other.sumSquaredDifference,
        Math.max(maximumAbsoluteDifference, other.maximumAbsoluteDifference),
        bitEqual + other.bitEqual,
        nonFiniteA + other.nonFiniteA,
        nonFiniteB + other.nonFiniteB);
  }

  private PairStatistics counting(long elements, long bitEqual, long nonFiniteA, long nonFiniteB) {
    return new PairStatistics(
        elements,
        count,
        meanA,
        meanB,
        a,
        b,
        comoment,
        sumAbsoluteDifference,
        sumSquaredDifference,
        maximumAbsoluteDifference,
        bitEqual,
        nonFiniteA,
        nonFiniteB);
  }

  /** Sum of a*b. */
  public double dot() {
    return comoment + count * meanA * meanB;
  }

  /** Sum of a^2. */
  public double sumOfSquaresA() {
    return a.second() + count * meanA * meanA;
  }

  /** Sum of b^2. */
  public double sumOfSquaresB() {
    return b.second() + count * meanB * meanB;
  }

  /** Raw cosine; NaN where a side is all zero. */
  public double cosine() {
    return correlation(dot(), sumOfSquaresA(), sumOfSquaresB());
  }

  /** Pearson correlation; NaN where a side is constant. */
  public double pearson() {
    return correlation(comoment, a.second(), b.second());
  }

  private static double correlation(double product, double squareA, double squareB) {
    if (!(squareA > 0 && squareB > 0)) {
      return Double.NaN;
    }
    return Math.clamp(product / (Math.sqrt(squareA) * Math.sqrt(squareB)), -1.0, 1.0);
  }

  /** Mean of |a - b|; NaN where nothing was summed. */
  public double meanAbsoluteDifference() {
    return sumAbsoluteDifference / count;
  }

  /** Frobenius norm of the difference over that of a. */
  public double relativeFrobeniusDistance() {
    return Math.sqrt(sumSquaredDifference / sumOfSquaresA());
  }

  /** Share of elements with equal bits, 0 to 1. */
  public double bitEqualShare() {
    return elements == 0 ? 0 : (double) bitEqual / elements;
  }

  /** Mean, standard deviation and kurtosis of a. */
  public Moments momentsOfA() {
    return Moments.of(count, meanA, a);
  }

  /** Mean, standard deviation and kurtosis of b. */
  public Moments momentsOfB() {
    return Moments.of(count, meanB, b);
  }

  /**
   * Mean, standard deviation (population) and kurtosis (3 for a normal distribution, NaN for a
   * constant).
   */
  public record Moments(double mean, double standardDeviation, double kurtosis)
      implements Serializable {
    static Moments of(long count, double mean, Powers powers) {
      double second = powers.second();
      return new Moments(
          count == 0 ? Double.NaN : mean,
          Math.sqrt(second / count),
          second > 0 ? powers.fourth() / second / second * count : Double.NaN);
    }
  }
}
