package dev.stemma.analysis.weights;

import dev.stemma.analysis.Partial;
import java.util.Arrays;
import java.util.Random;

/**
 * What trimming, electing signs and averaging two updates of a base predict of one matrix of a
 * child, and how far the child is from it.
 *
 * @param base which of the three other models is the base
 * @param density share of each update that was kept
 * @param scale factor of values that one parent alone gives
 * @param first factor of the first parent where both agree in sign
 * @param second factor of the second parent there
 * @param unexplained energy left, as a share of that to the nearest of the three
 * @param shuffled the same with the predicted updates moved to other elements
 * @param least share of the changed elements to which the less used parent contributes
 */
record TiesFit(
    int base,
    double density,
    double scale,
    double first,
    double second,
    double unexplained,
    double shuffled,
    double least)
    implements Partial {
  static final TiesFit NONE =
      new TiesFit(
          -1, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);

  /** One unit in the last place of bfloat16, as a share: what storing the child may round away. */
  private static final double ROUNDING = 1.0 / 256;

  boolean known() {
    return base >= 0;
  }

  /** The fit with one of the three as the base; the others, in their order, are the parents. */
  static TiesFit of(int base, float[][] others, float[] child) {
    float[] origin = others[base];
    float[] left = minus(others[base == 0 ? 1 : 0], origin);
    float[] right = minus(others[base == 2 ? 1 : 2], origin);
    float[] change = minus(child, origin);
    double nearest =
        Math.min(energy(change), Math.min(distance(change, left), distance(change, right)));
    if (!(nearest > 0)) {
      return NONE;
    }
    int[] rank = ranks(left, right);
    TiesFit best = NONE;
    for (double rounding : new double[] {0, ROUNDING}) {
      TiesFit fit = fit(base, left, right, change, origin, rank, rounding, nearest);
      if (!(fit.unexplained() >= best.unexplained())) {
        best = fit;
      }
    }
    return best;
  }

  private static TiesFit fit(
      int base,
      float[] left,
      float[] right,
      float[] change,
      float[] origin,
      int[] rank,
      double rounding,
      double nearest) {
    int n = change.length;
    // An element stays as it was where both updates are trimmed, so the larger rank of the two
    // tells
    // the share. Updates of unlike sign may also cancel, and what no parent changed tells nothing.
    int[] larger = new int[n];
    int alike = 0;
    int untouched = 0;
    for (int i = 0; i < n; i++) {
      if (left[i] * right[i] > 0 || left[i] == 0 != (right[i] == 0)) {
        larger[alike++] = Math.max(rank[i], rank[n + i]);
        untouched += Math.abs(change[i]) <= rounding * Math.abs(origin[i]) ? 1 : 0;
      }
    }
    Arrays.sort(larger, 0, alike);
    int least = untouched >= alike ? n + 1 : untouched == 0 ? 0 : larger[untouched];
    int trimmed = untouched == 0 ? 0 : (larger[untouched - 1] + Math.min(n, least - 1)) / 2;
    float[] keptLeft = kept(left, rank, 0, least);
    float[] keptRight = kept(right, rank, n, least);
    double[] factors = factors(keptLeft, keptRight, change);
    float[] predicted = predicted(keptLeft, keptRight, factors);
    int fromLeft = 0;
    int fromRight = 0;
    int changed = 0;
    for (int i = 0; i < n; i++) {
      if (predicted[i] != 0) {
        changed++;
        fromLeft += predicted[i] * keptLeft[i] > 0 ? 1 : 0;
        fromRight += predicted[i] * keptRight[i] > 0 ? 1 : 0;
      }
    }
    double unexplained = distance(change, predicted) / nearest;
    return new TiesFit(
        base,
        1 - (double) trimmed / n,
        factors[0],
        factors[1],
        factors[2],
        unexplained,
        distance(change, shuffled(predicted)) / nearest,
        changed == 0 ? 0 : Math.min(fromLeft, fromRight) / (double) changed);
  }

  /** How many values of its own update are no larger; those of the second follow the first's. */
  private static int[] ranks(float[] left, float[] right) {
    int n = left.length;
    int[] ranks = new int[2 * n];
    float[] sorted = new float[n];
    for (int side = 0; side < 2; side++) {
      float[] values = side == 0 ? left : right;
      for (int i = 0; i < n; i++) {
        sorted[i] = Math.abs(values[i]);
      }
      Arrays.sort(sorted);
      for (int i = 0; i < n; i++) {
        ranks[side * n + i] = upTo(sorted, Math.abs(values[i]));
      }
    }
    return ranks;
  }

  private static int upTo(float[] sorted, float value) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] <= value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static float[] kept(float[] values, int[] rank, int from, int least) {
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = rank[from + i] >= least ? values[i] : 0;
    }
    return out;
  }

  /**
   * Least squares where one parent alone speaks, and where both agree in sign, which no weights can
   * change: the scale and both parents' factors.
   */
  private static double[] factors(float[] left, float[] right, float[] change) {
    double alone = 0;
    double aloneEnergy = 0;
    double ll = 0;
    double rr = 0;
    double lr = 0;
    double lc = 0;
    double rc = 0;
    for (int i = 0; i < change.length; i++) {
      double l = left[i];
      double r = right[i];
      if (l * r > 0) {
        ll += l * l;
        rr += r * r;
        lr += l * r;
        lc += l * change[i];
        rc += r * change[i];
      } else if (l == 0 || r == 0) {
        alone += (l + r) * change[i];
        aloneEnergy += (l + r) * (l + r);
      }
    }
    double determinant = ll * rr - lr * lr;
    boolean both = determinant > 1e-9 * ll * rr;
    double first = both ? (lc * rr - rc * lr) / determinant : Double.NaN;
    double second = both ? (rc * ll - lc * lr) / determinant : Double.NaN;
    double scale = aloneEnergy > 0 ? alone / aloneEnergy : first + second;
    return new double[] {scale, both ? first : scale / 2, both ? second : scale / 2};
  }

  private static float[] predicted(float[] left, float[] right, double[] factors) {
    float[] out = new float[left.length];
    for (int i = 0; i < out.length; i++) {
      double first = factors[1] * left[i];
      double second = factors[2] * right[i];
      out[i] =
          (float)
              (first * second > 0
                  ? first + second
                  : factors[0] * (Math.abs(first) > Math.abs(second) ? left[i] : right[i]));
    }
    return out;
  }

  private static float[] shuffled(float[] values) {
    float[] out = values.clone();
    Random random = new Random(values.length);
    for (int i = out.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      float kept = out[i];
      out[i] = out[other];
      out[other] = kept;
    }
    return out;
  }

  private static float[] minus(float[] one, float[] other) {
    float[] out = new float[one.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = one[i] - other[i];
    }
    return out;
  }

  private static double energy(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return sum;
  }

  private static double distance(float[] one, float[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      double difference = (double) one[i] - other[i];
      sum += difference * difference;
    }
    return sum;
  }
}
