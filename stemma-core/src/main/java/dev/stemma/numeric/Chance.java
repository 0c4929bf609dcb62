package dev.stemma.numeric;

import java.util.Arrays;

/**
 * How likely chance agreement of labels is, as base-10 logarithms. Both bounds hold for any
 * matching of units to units, injective or not, when one side's labels are a uniform permutation.
 */
public final class Chance {
  private static final double LN_10 = Math.log(10);

  private Chance() {}

  /** At least k units matched to the unit of their own label: P <= 1 / k!. */
  public static double logFixedPoints(int k) {
    return k <= 1 ? 0 : -logFactorial(k) / LN_10;
  }

  /**
   * A strictly increasing run of k among m matched units in label order: P <= C(m, k) / k!, at most
   * 1.
   */
  public static double logIncreasing(int m, int k) {
    if (k <= 1 || k > m) {
      return 0;
    }
    return Math.min(0, (logFactorial(m) - 2 * logFactorial(k) - logFactorial(m - k)) / LN_10);
  }

  /** Length of the longest strictly increasing subsequence; negative entries are skipped. */
  public static int longestIncreasing(int[] sequence) {
    int[] smallestEnd = new int[sequence.length];
    int length = 0;
    for (int value : sequence) {
      if (value < 0) {
        continue;
      }
      int place = Arrays.binarySearch(smallestEnd, 0, length, value);
      if (place < 0) {
        place = -place - 1;
        smallestEnd[place] = value;
        length = Math.max(length, place + 1);
      }
    }
    return length;
  }

  /** ln n!, by summing up to 256 and by Stirling's series from there. */
  public static double logFactorial(int n) {
    if (n < 256) {
      double sum = 0;
      for (int index = 2; index <= n; index++) {
        sum += Math.log(index);
      }
      return sum;
    }
    double x = n + 1.0;
    return (x - 0.5) * Math.log(x)
        - x
        + 0.5 * Math.log(2 * Math.PI)
        + 1 / (12 * x)
        - 1 / (360 * x * x * x);
  }
}
