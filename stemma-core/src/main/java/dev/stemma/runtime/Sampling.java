package dev.stemma.runtime;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * How the next token is chosen. The rules are applied in the order of the components.
 *
 * @param repetitionPenalty divides positive and multiplies negative logits of tokens that were seen
 *     (Keskar et al. 2019); 1 for none
 * @param temperature divides the logits; 0 takes the largest
 * @param topK only so many tokens; 0 for all
 * @param topP the fewest tokens whose probabilities reach this sum (Holtzman et al. 2020); 1 for
 *     all
 * @param minP only tokens at least this likely as the likeliest (Nguyen et al. 2024); 0 for all
 */
public record Sampling(
    double repetitionPenalty, double temperature, int topK, double topP, double minP) {
  /** Always the likeliest token. */
  public static final Sampling GREEDY = new Sampling(1, 0, 0, 1, 0);

  /** Validates the ranges. */
  public Sampling {
    if (!(repetitionPenalty > 0 && Double.isFinite(repetitionPenalty))
        || !(temperature >= 0 && Double.isFinite(temperature))
        || topK < 0
        || !(topP > 0 && topP <= 1)
        || !(minP >= 0 && minP <= 1)) {
      throw new IllegalArgumentException(
          "sampling needs repetition penalty > 0, temperature >= 0, top-k >= 0, 0 < top-p <= 1, 0"
              + " <= min-p <= 1");
    }
  }

  /** Chooses a token. */
  public int choose(float[] logits, List<Integer> seen, RandomGenerator random) {
    double[] scores = new double[logits.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = logits[i];
    }
    if (repetitionPenalty != 1) {
      seen.stream()
          .distinct()
          .forEach(token ->
              scores[token] =
                  scores[token] > 0
                      ? scores[token] / repetitionPenalty
                      : scores[token] * repetitionPenalty);
    }
    if (temperature == 0) {
      return largest(scores);
    }
    Integer[] order = new Integer[scores.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble((Integer i) -> -scores[i]));
    double maximum = scores[order[0]];
    double[] weights = new double[order.length];
    double sum = 0;
    for (int i = 0; i < order.length; i++) {
      weights[i] = Math.exp((scores[order[i]] - maximum) / temperature);
      sum += weights[i];
    }
    int kept = keep(weights, sum);
    double total = Arrays.stream(weights, 0, kept).sum();
    double target = random.nextDouble() * total;
    for (int i = 0; i < kept; i++) {
      target -= weights[i];
      if (target < 0) {
        return order[i];
      }
    }
    return order[kept - 1];
  }

  private int keep(double[] weights, double sum) {
    int kept = topK > 0 ? Math.min(topK, weights.length) : weights.length;
    double reached = 0;
    for (int i = 0; i < kept; i++) {
      if (i > 0 && (weights[i] < minP * weights[0] || reached >= topP * sum)) {
        return i;
      }
      reached += weights[i];
    }
    return kept;
  }

  private static int largest(double[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best;
  }
}
