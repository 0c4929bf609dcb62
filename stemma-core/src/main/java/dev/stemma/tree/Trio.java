package dev.stemma.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far the way from one possible parent to a child leads towards another.
 *
 * @param shares of the step from one to other that the child's way contains, for each matrix in
 *     bands of the step's directions: all near 0 where the child left from the one, all near 1
 *     where it left from the other
 */
public record Trio(int child, int one, int other, List<double[]> shares) {
  /** Leaves out matrices of which nothing was measured. */
  public Trio {
    shares = shares.stream().filter(bands -> bands.length > 0).toList();
  }

  boolean speaksOf(int someChild, int some, int another) {
    return child == someChild
        && ((one == some && other == another) || (one == another && other == some));
  }

  /** The one or the other, where every band says so; null where that is open. */
  @Nullable Integer left(double near, Resampling sample) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (double band : sample.bands(shares)) {
      if (!Double.isNaN(band)) {
        low = Math.min(low, band);
        high = Math.max(high, band);
      }
    }
    if (low >= -near && high <= near) {
      return one;
    }
    return low >= 1 - near && high <= 1 + near ? (Integer) other : null;
  }
}
