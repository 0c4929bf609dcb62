package dev.stemma.analysis.training;

import java.util.Optional;

/**
 * L = E + B s^-beta, fitted by least squares over a grid of beta; E and B are not negative.
 *
 * @param rootMeanSquare of the residuals where it was fitted
 */
public record PowerLaw(double floor, double scale, double exponent, double rootMeanSquare) {
  private static final int MAXIMUM_POINTS = 4000;

  /** The loss at a step. */
  public double at(double step) {
    return floor + scale * Math.pow(Math.max(step, 1), -exponent);
  }

  /** Fits rows [from, to); empty where the loss does not fall. */
  static Optional<PowerLaw> fit(double[] steps, double[] losses, int from, int to) {
    int count = to - from;
    if (count < 10) {
      return Optional.empty();
    }
    int stride = Math.max(1, count / MAXIMUM_POINTS);
    PowerLaw best = null;
    for (double exponent = 0.02; exponent <= 2.0; exponent *= 1.04) {
      PowerLaw candidate = withExponent(steps, losses, from, to, stride, exponent);
      if (candidate.scale() > 0
          && candidate.floor() >= 0
          && (best == null || candidate.rootMeanSquare() < best.rootMeanSquare())) {
        best = candidate;
      }
    }
    return Optional.ofNullable(best);
  }

  private static PowerLaw withExponent(
      double[] steps, double[] losses, int from, int to, int stride, double exponent) {
    double sumX = 0;
    double sumY = 0;
    double sumXX = 0;
    double sumXY = 0;
    double sumYY = 0;
    int count = 0;
    for (int index = from; index < to; index += stride) {
      double x = Math.pow(Math.max(steps[index], 1), -exponent);
      double y = losses[index];
      sumX += x;
      sumY += y;
      sumXX += x * x;
      sumXY += x * y;
      sumYY += y * y;
      count++;
    }
    double determinant = count * sumXX - sumX * sumX;
    double scale = determinant == 0 ? 0 : (count * sumXY - sumX * sumY) / determinant;
    double floor = (sumY - scale * sumX) / count;
    double squares =
        sumYY
            + floor * floor * count
            + scale * scale * sumXX
            - 2 * floor * sumY
            - 2 * scale * sumXY
            + 2 * floor * scale * sumX;
    return new PowerLaw(floor, scale, exponent, Math.sqrt(Math.max(0, squares / count)));
  }
}
