package dev.stemma.analysis.representation;

import dev.stemma.numeric.Matrix;

/**
 * Centred kernel alignment of two sets of features of the same samples (Kornblith et al. 2019),
 * linear kernel. It does not change when features are rotated, permuted or scaled together.
 *
 * <p>The unbiased form (Song et al. 2012; Nguyen et al. 2021) has expectation zero for independent
 * features however many there are; the biased one grows with features over samples.
 */
public final class CentredKernelAlignment {
  /** Fewer samples have no unbiased estimate. */
  public static final int FEWEST_SAMPLES = 4;

  private CentredKernelAlignment() {}

  /**
   * One side, ready to be aligned with others of the same samples: inner products of all pairs of
   * samples, U-centred (Székely and Rizzo 2014).
   *
   * @param samples how many
   * @param products sample by sample, zero on the diagonal
   */
  public record Side(int samples, double[] products) {
    /** Unbiased alignment with another side: at most 1; NaN where one side does not vary. */
    public double with(Side other) {
      if (other.samples != samples) {
        throw new IllegalArgumentException(samples + " samples against " + other.samples);
      }
      double own = dot(products, products);
      double others = dot(other.products, other.products);
      return own > 0 && others > 0
          ? dot(products, other.products) / Math.sqrt(own * others)
          : Double.NaN;
    }
  }

  /**
   * Prepares one side.
   *
   * @param features one row a sample, at least {@link #FEWEST_SAMPLES}
   */
  public static Side side(Matrix features) {
    int n = features.rows();
    if (n < FEWEST_SAMPLES) {
      throw new IllegalArgumentException(n + " samples; at least " + FEWEST_SAMPLES + " needed");
    }
    double[] products = innerProducts(features);
    double[] rowSums = new double[n];
    double total = 0;
    for (int i = 0; i < n; i++) {
      products[i * n + i] = 0;
      for (int j = 0; j < n; j++) {
        rowSums[i] += products[i * n + j];
      }
      total += rowSums[i];
    }
    double scale = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        if (i != j) {
          products[i * n + j] +=
              total / ((n - 1.0) * (n - 2)) - (rowSums[i] + rowSums[j]) / (n - 2);
          scale = Math.max(scale, Math.abs(products[i * n + j]));
        }
      }
    }
    // Large activations squared twice would leave the range of a double's square.
    if (scale > 0 && !Double.isInfinite(scale)) {
      for (int i = 0; i < products.length; i++) {
        products[i] /= scale;
      }
    }
    return new Side(n, products);
  }

  /** Unbiased linear alignment of two sets of features. */
  public static double unbiased(Matrix a, Matrix b) {
    return side(a).with(side(b));
  }

  /** Biased linear alignment, between 0 and 1, as the first papers have it. */
  public static double biased(Matrix a, Matrix b) {
    if (a.rows() != b.rows()) {
      throw new IllegalArgumentException(a.rows() + " samples against " + b.rows());
    }
    double[] left = innerProducts(a);
    double[] right = innerProducts(b);
    return dot(left, right) / Math.sqrt(dot(left, left) * dot(right, right));
  }

  /** Products of all pairs of rows, columns centred: outlying features cost no precision then. */
  private static double[] innerProducts(Matrix features) {
    int n = features.rows();
    int width = features.columns();
    double[] centred = new double[n * width];
    for (int column = 0; column < width; column++) {
      double mean = 0;
      for (int i = 0; i < n; i++) {
        mean += features.get(i, column);
      }
      mean /= n;
      for (int i = 0; i < n; i++) {
        centred[i * width + column] = features.get(i, column) - mean;
      }
    }
    double[] products = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = i; j < n; j++) {
        double sum = 0;
        for (int column = 0; column < width; column++) {
          sum += centred[i * width + column] * centred[j * width + column];
        }
        products[i * n + j] = sum;
        products[j * n + i] = sum;
      }
    }
    return products;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
