package dev.stemma.analysis.training;

import java.util.Arrays;

/** Plain statistics of sequences. */
final class Series {
  private Series() {}

  static double median(double[] values) {
    if (values.length == 0) {
      return Double.NaN;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : 0.5 * (sorted[middle - 1] + sorted[middle]);
  }

  static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  /** Second differences divided by the root of 6: white noise keeps its standard deviation. */
  static double[] roughness(double[] values) {
    double[] rough = new double[Math.max(0, values.length - 2)];
    for (int index = 0; index < rough.length; index++) {
      rough[index] = (values[index] - 2 * values[index + 1] + values[index + 2]) / Math.sqrt(6);
    }
    return rough;
  }

  static double meanSquare(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value * value;
    }
    return sum / values.length;
  }

  static double correlation(double[] a, double[] b) {
    double meanOfA = mean(a);
    double meanOfB = mean(b);
    double dot = 0;
    double squareOfA = 0;
    double squareOfB = 0;
    for (int index = 0; index < a.length; index++) {
      double left = a[index] - meanOfA;
      double right = b[index] - meanOfB;
      dot += left * right;
      squareOfA += left * left;
      squareOfB += right * right;
    }
    return squareOfA == 0 || squareOfB == 0 ? 0 : dot / Math.sqrt(squareOfA * squareOfB);
  }

  /** The smallest power of ten that all values are multiples of, as far as 12 decimals tell. */
  static double quantum(double[] values) {
    for (int decimals = 0; decimals <= 12; decimals++) {
      double scale = Math.pow(10, decimals);
      boolean all = true;
      for (double value : values) {
        double scaled = value * scale;
        if (Math.abs(scaled - Math.rint(scaled)) > 1e-6 * Math.max(1, Math.abs(scaled) * 1e-6)) {
          all = false;
          break;
        }
      }
      if (all) {
        return 1 / scale;
      }
    }
    return 0;
  }

  /** A straight line by least squares. */
  record Line(double intercept, double slope, double largestResidual) {}

  static Line line(double[] x, double[] y) {
    double meanX = mean(x);
    double meanY = mean(y);
    double covariance = 0;
    double variance = 0;
    for (int index = 0; index < x.length; index++) {
      covariance += (x[index] - meanX) * (y[index] - meanY);
      variance += (x[index] - meanX) * (x[index] - meanX);
    }
    double slope = variance == 0 ? 0 : covariance / variance;
    double intercept = meanY - slope * meanX;
    double largest = 0;
    for (int index = 0; index < x.length; index++) {
      largest = Math.max(largest, Math.abs(y[index] - intercept - slope * x[index]));
    }
    return new Line(intercept, slope, largest);
  }

  /** The most frequent difference of neighbours, and the share of neighbours that have it. */
  record Grid(long gap, double share) {}

  static Grid grid(long[] steps) {
    java.util.HashMap<Long, Integer> counts = new java.util.HashMap<>();
    for (int index = 1; index < steps.length; index++) {
      counts.merge(steps[index] - steps[index - 1], 1, Integer::sum);
    }
    long gap = 0;
    int most = 0;
    for (var entry : counts.entrySet()) {
      boolean better = entry.getValue() > most;
      if (better || (entry.getValue() == most && entry.getKey() < gap)) {
        gap = entry.getKey();
        most = entry.getValue();
      }
    }
    return new Grid(gap, steps.length < 2 ? 0 : most / (double) (steps.length - 1));
  }
}
