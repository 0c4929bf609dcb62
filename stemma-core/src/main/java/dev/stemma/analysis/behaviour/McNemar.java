package dev.stemma.analysis.behaviour;

import dev.stemma.numeric.Chance;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The exact test of paired answers (McNemar 1947): of the prompts on which just one of two models
 * agrees with a third, each is a fair coin if both are equally close to it.
 */
public final class McNemar {
  private McNemar() {}

  /**
   * Base-10 logarithm of the chance of at least {@code first} heads among {@code first + second}
   * fair coins; 0 without coins.
   */
  public static double log10p(int first, int second) {
    int coins = first + second;
    if (coins == 0 || first == 0) {
      return 0;
    }
    // The terms shrink from the larger of first and the middle on; summed from the largest.
    double largest = Double.NEGATIVE_INFINITY;
    double[] logs = new double[coins - first + 1];
    double all = Chance.logFactorial(coins);
    for (int heads = first; heads <= coins; heads++) {
      double log = all - Chance.logFactorial(heads) - Chance.logFactorial(coins - heads);
      logs[heads - first] = log;
      largest = Math.max(largest, log);
    }
    double sum = 0;
    for (double log : logs) {
      sum += Math.exp(log - largest);
    }
    return Math.min(0, (largest + Math.log(sum)) / Math.log(10) - coins * Math.log10(2));
  }

  /**
   * Holm's correction: the smallest family-wise level at which each hypothesis is rejected, in the
   * order given.
   *
   * @param log10p base-10 logarithms
   */
  public static List<Double> holm(List<Double> log10p) {
    int number = log10p.size();
    int[] order =
        IntStream.range(0, number)
            .boxed()
            .sorted((a, b) -> Double.compare(log10p.get(a), log10p.get(b)))
            .mapToInt(Integer::intValue)
            .toArray();
    Double[] corrected = new Double[number];
    double floor = Double.NEGATIVE_INFINITY;
    for (int rank = 0; rank < number; rank++) {
      double value = Math.min(0, log10p.get(order[rank]) + Math.log10(number - rank));
      floor = Math.max(floor, value);
      corrected[order[rank]] = floor;
    }
    return List.of(corrected);
  }
}
