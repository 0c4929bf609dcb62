package dev.stemma.numeric;

/** The longest increasing subsequence: how much of an order two rankings have in common. */
public final class IncreasingSubsequence {
  private IncreasingSubsequence() {}

  /** Length of the longest strictly increasing subsequence, by patience sorting. */
  public static int length(int[] values) {
    return length(values, 0, values.length);
  }

  /** The same for a part of the values. */
  public static int length(int[] values, int from, int to) {
    int[] smallestEnd = new int[to - from];
    int length = 0;
    for (int i = from; i < to; i++) {
      int value = values[i];
      if (length == 0 || value > smallestEnd[length - 1]) {
        smallestEnd[length++] = value;
        continue;
      }
      int low = 0;
      int high = length - 1;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (smallestEnd[middle] < value) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      smallestEnd[low] = value;
    }
    return length;
  }
}
