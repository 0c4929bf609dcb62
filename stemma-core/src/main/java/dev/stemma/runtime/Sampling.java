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
    Candidates candidates = candidates(logits, seen);
    double[] weights = candidates.weights();
    double target = random.nextDouble() * Arrays.stream(weights).sum();
    for (int i = 0; i < weights.length; i++) {
      target -= weights[i];
      if (target < 0) {
        return candidates.tokens()[i];
      }
    }
    return candidates.tokens()[weights.length - 1];
  }

  /** How likely each token is to be chosen. */
  double[] probabilities(float[] logits, List<Integer> seen) {
    Candidates candidates = candidates(logits, seen);
    double total = Arrays.stream(candidates.weights()).sum();
    double[] probabilities = new double[logits.length];
    for (int i = 0; i < candidates.weights().length; i++) {
      probabilities[candidates.tokens()[i]] = candidates.weights()[i] / total;
    }
    return probabilities;
  }

  /** The tokens that may be chosen, likeliest first; only ratios of the weights count. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Candidates(Integer[] tokens, double[] weights) {}

  private Candidates candidates(float[] logits, List<Integer> seen) {
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
      return new Candidates(new Integer[] {largest(scores)}, new double[] {1});
    }
    Integer[] order = descending(scores);
    double[] weights = new double[best(scores, order)];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = Math.exp((scores[order[i]] - scores[order[0]]) / temperature);
    }
    return new Candidates(order, Arrays.copyOf(weights, likely(weights)));
  }

  private static Integer[] descending(double[] scores) {
    Integer[] order = new Integer[scores.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble((Integer i) -> -scores[i]));
    return order;
  }

  /** How many are within top-k; those that equal the last stay with it. */
  private int best(double[] scores, Integer[] order) {
    if (topK == 0 || topK >= order.length) {
      return order.length;
    }
    int kept = topK;
    while (kept < order.length && scores[order[kept]] == scores[order[topK - 1]]) {
      kept++;
    }
    return kept;
  }

  /** How many of those top-p and min-p leave; top-p counts within what top-k left. */
  private int likely(double[] weights) {
    double sum = Arrays.stream(weights).sum();
    double reached = 0;
    for (int i = 0; i < weights.length; i++) {
      if (i > 0 && (weights[i] < minP * weights[0] || reached >= topP * sum)) {
        return i;
      }
      reached += weights[i];
    }
    return weights.length;
  }

  private static int largest(double[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best;
  }
}
