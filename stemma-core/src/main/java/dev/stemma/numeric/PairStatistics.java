package dev.stemma.numeric;

import java.io.Serializable;

/**
 * Everything one pass over two equally long tensors gives, as sums in float64, so that parts can be
 * added in any grouping that is fixed beforehand. Elements where either value is NaN or infinite
 * are counted and left out of all sums.
 *
 * @param count finite pairs summed
 * @param dot sum of a*b
 * @param sumA sum of a, and so on up to the fourth power
 * @param sumAbsoluteDifference sum of |a - b|
 * @param maximumAbsoluteDifference largest |a - b|
 * @param bitEqual pairs whose stored bits are equal
 * @param nonFiniteA elements of a that are NaN or infinite
 */
public record PairStatistics(
    long count,
    double dot,
    double sumA,
    double sumA2,
    double sumA3,
    double sumA4,
    double sumB,
    double sumB2,
    double sumB3,
    double sumB4,
    double sumAbsoluteDifference,
    double maximumAbsoluteDifference,
    long bitEqual,
    long nonFiniteA,
    long nonFiniteB)
    implements Serializable {
  /** Nothing summed. */
  public static final PairStatistics EMPTY =
      new PairStatistics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** Both parts together. */
  public PairStatistics plus(PairStatistics other) {
    return new PairStatistics(
        count + other.count,
        dot + other.dot,
        sumA + other.sumA,
        sumA2 + other.sumA2,
        sumA3 + other.sumA3,
        sumA4 + other.sumA4,
        sumB + other.sumB,
        sumB2 + other.sumB2,
        sumB3 + other.sumB3,
        sumB4 + other.sumB4,
        sumAbsoluteDifference + other.sumAbsoluteDifference,
        Math.max(maximumAbsoluteDifference, other.maximumAbsoluteDifference),
        bitEqual + other.bitEqual,
        nonFiniteA + other.nonFiniteA,
        nonFiniteB + other.nonFiniteB);
  }

  /** Raw cosine; NaN where a side is all zero. */
  public double cosine() {
    return dot / Math.sqrt(sumA2 * sumB2);
  }

  /** Pearson correlation; NaN where a side is constant. */
  public double pearson() {
    double covariance = dot - sumA * sumB / count;
    double varianceA = sumA2 - sumA * sumA / count;
    double varianceB = sumB2 - sumB * sumB / count;
    // Rounding leaves a tiny remainder where a side is constant; it carries no information.
    double floor = 1e-14;
    if (varianceA <= floor * sumA2 || varianceB <= floor * sumB2) {
      return Double.NaN;
    }
    return Math.clamp(covariance / Math.sqrt(varianceA * varianceB), -1.0, 1.0);
  }

  /** Mean of |a - b|. */
  public double meanAbsoluteDifference() {
    return sumAbsoluteDifference / count;
  }

  /** Frobenius norm of the difference over that of a. */
  public double relativeFrobeniusDistance() {
    return Math.sqrt(Math.max(0, sumA2 - 2 * dot + sumB2) / sumA2);
  }

  /** Share of elements with equal bits, 0 to 1. */
  public double bitEqualShare() {
    long all = count + Math.max(nonFiniteA, nonFiniteB);
    return all == 0 ? 0 : (double) bitEqual / all;
  }

  /** Mean, standard deviation and kurtosis of a. */
  public Moments momentsOfA() {
    return Moments.of(count, sumA, sumA2, sumA3, sumA4);
  }

  /** Mean, standard deviation and kurtosis of b. */
  public Moments momentsOfB() {
    return Moments.of(count, sumB, sumB2, sumB3, sumB4);
  }

  /** Mean, standard deviation (population) and kurtosis (3 for a normal distribution). */
  public record Moments(double mean, double standardDeviation, double kurtosis)
      implements Serializable {
    static Moments of(long count, double sum, double sum2, double sum3, double sum4) {
      double mean = sum / count;
      double variance = Math.max(0, sum2 / count - mean * mean);
      double fourth =
          sum4 / count
              - 4 * mean * sum3 / count
              + 6 * mean * mean * sum2 / count
              - 3 * Math.pow(mean, 4);
      return new Moments(
          mean, Math.sqrt(variance), variance == 0 ? Double.NaN : fourth / (variance * variance));
    }
  }
}
