package dev.stemma.analysis.behaviour;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Are two sets of drawn texts from one distribution? Maximum mean discrepancy with a Hamming
 * kernel, zero across prompts (Gao et al., arXiv 2410.20247), with a permutation p-value: draws are
 * exchanged within their prompt. Any fine-tune differs: it tells identity, not lineage.
 */
public final class SameWeights {
  private SameWeights() {}

  /** The statistic, an unbiased estimate that may be below 0, and its p-value. */
  public record Result(double discrepancy, double p, int prompts, int draws) {}

  /** The draws of two models for one prompt. */
  public record Draws(List<String> first, List<String> second) {}

  /**
   * The test.
   *
   * @param prompts those with at least two draws of each model count
   */
  public static Result test(List<Draws> prompts, int permutations, long seed) {
    List<double[][]> kernels = new ArrayList<>();
    List<Integer> firsts = new ArrayList<>();
    int draws = 0;
    for (Draws prompt : prompts) {
      if (prompt.first().size() < 2 || prompt.second().size() < 2) {
        continue;
      }
      List<int[]> all = new ArrayList<>();
      prompt.first().forEach(text -> all.add(text.codePoints().toArray()));
      prompt.second().forEach(text -> all.add(text.codePoints().toArray()));
      double[][] kernel = new double[all.size()][all.size()];
      for (int i = 0; i < all.size(); i++) {
        for (int j = 0; j < i; j++) {
          kernel[i][j] = hamming(all.get(i), all.get(j));
          kernel[j][i] = kernel[i][j];
        }
      }
      kernels.add(kernel);
      firsts.add(prompt.first().size());
      draws += all.size();
    }
    Random random = new Random(seed);
    double seen = statistic(kernels, firsts, null);
    int atLeast = 1;
    for (int permutation = 0; permutation < permutations; permutation++) {
      // The same draws in another order give the same sum but for rounding.
      atLeast += statistic(kernels, firsts, random) >= seen - 1e-12 ? 1 : 0;
    }
    return new Result(
        kernels.isEmpty() ? 0 : seen / kernels.size(),
        kernels.isEmpty() ? 1 : atLeast / (permutations + 1.0),
        kernels.size(),
        draws);
  }

  /** Share of places at which two texts have the same character, of the longer one's length. */
  static double hamming(int[] a, int[] b) {
    int longest = Math.max(a.length, b.length);
    int same = 0;
    for (int i = 0; i < Math.min(a.length, b.length); i++) {
      same += a[i] == b[i] ? 1 : 0;
    }
    return longest == 0 ? 1 : same / (double) longest;
  }

  private static double statistic(
      List<double[][]> kernels,
      List<Integer> firsts,
      @org.jspecify.annotations.Nullable Random random) {
    double sum = 0;
    for (int prompt = 0; prompt < kernels.size(); prompt++) {
      double[][] kernel = kernels.get(prompt);
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < kernel.length; i++) {
        order.add(i);
      }
      if (random != null) {
        Collections.shuffle(order, random);
      }
      int m = firsts.get(prompt);
      int n = kernel.length - m;
      double within = 0;
      double inSecond = 0;
      double across = 0;
      for (int i = 0; i < kernel.length; i++) {
        for (int j = 0; j < i; j++) {
          double value = kernel[order.get(i)][order.get(j)];
          if (i < m) {
            within += value;
          } else if (j >= m) {
            inSecond += value;
          } else {
            across += value;
          }
        }
      }
      sum +=
          2 * within / (m * (m - 1.0))
              + 2 * inSecond / (n * (n - 1.0))
              - 2 * across / ((double) m * n);
    }
    return sum;
  }
}
