package dev.stemma.analysis.behaviour;

import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Tests on ranks by permutation: exact in level whatever the values are distributed like. */
final class RankTests {
  private RankTests() {}

  /**
   * A statistic with the share of permutations that reach it, the seen order among them.
   *
   * @param effect the correlation, or the chance that one of the first list is above one of the
   *     second
   */
  record Result(double effect, double p) {}

  /** Ranks from 1; equal values share the mean of theirs. */
  static double[] ranks(double[] values) {
    int[] order =
        IntStream.range(0, values.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> values[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] ranks = new double[values.length];
    for (int from = 0; from < order.length; ) {
      int to = from;
      while (to < order.length && values[order[to]] == values[order[from]]) {
        to++;
      }
      for (int i = from; i < to; i++) {
        ranks[order[i]] = (from + 1 + to) / 2.0;
      }
      from = to;
    }
    return ranks;
  }

  /** Spearman's correlation; p is one-sided, for a rising relation. */
  static Result spearman(double[] x, double[] y, int permutations, long seed) {
    double[] first = centred(ranks(x));
    double[] second = centred(ranks(y));
    double norm = Math.sqrt(dot(first, first) * dot(second, second));
    if (norm == 0) {
      return new Result(0, 1);
    }
    double seen = dot(first, second);
    SplittableRandom random = new SplittableRandom(seed);
    long atLeast = 1;
    for (int permutation = 0; permutation < permutations; permutation++) {
      shuffle(second, second.length, random);
      atLeast += dot(first, second) >= seen - 1e-9 * norm ? 1 : 0;
    }
    return new Result(seen / norm, atLeast / (permutations + 1.0));
  }

  /** Mann and Whitney's test; p is one-sided, for the first list above the second. */
  static Result mannWhitney(double[] first, double[] second, int permutations, long seed) {
    double[] all = new double[first.length + second.length];
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    double[] ranks = ranks(all);
    double seen = sum(ranks, first.length);
    SplittableRandom random = new SplittableRandom(seed);
    long atLeast = 1;
    for (int permutation = 0; permutation < permutations; permutation++) {
      shuffle(ranks, first.length, random);
      atLeast += sum(ranks, first.length) >= seen - 1e-9 ? 1 : 0;
    }
    double above = seen - first.length * (first.length + 1) / 2.0;
    return new Result(
        above / ((double) first.length * second.length), atLeast / (permutations + 1.0));
  }

  /** Draws the first so many places at random from all. */
  private static void shuffle(double[] values, int places, SplittableRandom random) {
    for (int i = 0; i < places; i++) {
      int other = i + random.nextInt(values.length - i);
      double kept = values[i];
      values[i] = values[other];
      values[other] = kept;
    }
  }

  private static double[] centred(double[] values) {
    double mean = sum(values, values.length) / Math.max(1, values.length);
    return IntStream.range(0, values.length).mapToDouble(i -> values[i] - mean).toArray();
  }

  private static double sum(double[] values, int places) {
    double sum = 0;
    for (int i = 0; i < places; i++) {
      sum += values[i];
    }
    return sum;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
