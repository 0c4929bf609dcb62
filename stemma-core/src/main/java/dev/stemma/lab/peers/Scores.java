package dev.stemma.lab.peers;

import dev.stemma.numeric.Matrix;

/** Small sums that several comparators use. */
final class Scores {
  private Scores() {}

  static double cosine(float[] a, float[] b) {
    double dot = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
      aa += (double) a[i] * a[i];
      bb += (double) b[i] * b[i];
    }
    return aa > 0 && bb > 0 ? dot / Math.sqrt(aa * bb) : Double.NaN;
  }

  static double pearson(float[] a, float[] b) {
    double[] left = new double[a.length];
    double[] right = new double[b.length];
    for (int i = 0; i < a.length; i++) {
      left[i] = a[i];
      right[i] = b[i];
    }
    return pearson(left, right);
  }

  static double pearson(double[] a, double[] b) {
    double meanA = mean(a);
    double meanB = mean(b);
    double dot = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (a[i] - meanA) * (b[i] - meanB);
      aa += (a[i] - meanA) * (a[i] - meanA);
      bb += (b[i] - meanB) * (b[i] - meanB);
    }
    return aa > 0 && bb > 0 ? dot / Math.sqrt(aa * bb) : Double.NaN;
  }

  static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return values.length == 0 ? Double.NaN : sum / values.length;
  }

  /** Every column a row of length one. */
  static Matrix unitColumns(Matrix matrix) {
    return matrix.transposed().normaliseRows();
  }

  /** Running mean that skips NaN. */
  static final class Mean {
    private double sum;
    private int count;

    void add(double value) {
      if (!Double.isNaN(value)) {
        sum += value;
        count++;
      }
    }

    double value() {
      return count == 0 ? Double.NaN : sum / count;
    }
  }
}
