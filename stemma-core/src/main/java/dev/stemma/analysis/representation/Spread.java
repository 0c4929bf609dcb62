package dev.stemma.analysis.representation;

import java.util.Arrays;

/** How numbers are spread. */
public record Spread(
    double least,
    double quarter,
    double median,
    double threeQuarters,
    double largest,
    double mean,
    double standardDeviation,
    double excessKurtosis) {
  /** The spread of at least one number. */
  public static Spread of(double[] numbers) {
    double[] sorted = numbers.clone();
    Arrays.sort(sorted);
    double mean = Arrays.stream(sorted).average().orElse(Double.NaN);
    double second = 0;
    double fourth = 0;
    for (double number : sorted) {
      double square = (number - mean) * (number - mean);
      second += square;
      fourth += square * square;
    }
    double variance = second / sorted.length;
    return new Spread(
        sorted[0],
        at(sorted, 0.25),
        at(sorted, 0.5),
        at(sorted, 0.75),
        sorted[sorted.length - 1],
        mean,
        Math.sqrt(variance),
        variance > 0 ? fourth / sorted.length / (variance * variance) - 3 : 0);
  }

  private static double at(double[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(sorted.length - 1, below + 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
