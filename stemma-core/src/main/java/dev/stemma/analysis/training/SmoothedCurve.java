package dev.stemma.analysis.training;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The noise of batches is white: its roughest part (second differences) is as strong as its whole
 * about a local parabola. Smoothing takes the rough part away. Looked for in the whole and in
 * stretches; loggers that smooth by themselves show it too, hence a warning.
 */
final class SmoothedCurve implements Sign.Search {
  private static final int LEAST_ROWS = 30;
  private static final int WINDOW = 21;
  private static final int STRETCH = 256;
  private static final double LEAST_NOISE = 2e-4;

  @Override
  public Optional<Sign> in(Run run) {
    double[] all = run.log().losses();
    double[] losses =
        Arrays.copyOfRange(all, Math.max(2, all.length / 10), Math.max(2, all.length));
    if (all.length < LEAST_ROWS || losses.length < WINDOW + 2) {
      return Optional.empty();
    }
    double level = Math.abs(Series.median(losses));
    double noise = Math.sqrt(Series.meanSquare(Series.roughness(losses))) / level;
    double quantum = Series.quantum(losses) / level;
    if ((noise < LEAST_NOISE && quantum < noise / 2 + 1e-9) || (noise == 0 && level > 0)) {
      return Optional.of(
          sign(
              noise,
              String.format(Locale.ROOT, "the noise of batches is %.1e of the loss.", noise)));
    }
    double whole = whiteness(losses);
    double bound = Math.min(0.75, 1 - 3.5 / Math.sqrt(losses.length));
    if (whole < bound && quantum < noise) {
      return Optional.of(
          sign(
              whole,
              String.format(
                  Locale.ROOT,
                  "neighbouring losses hang together (rough share of the noise %.2f, white noise 1,"
                      + " bound %.2f).",
                  whole,
                  bound)));
    }
    for (int from = 0; from + STRETCH <= losses.length && quantum < noise; from += STRETCH / 4) {
      double stretch = whiteness(Arrays.copyOfRange(losses, from, from + STRETCH));
      if (stretch < 0.65) {
        long step = run.log().rows().get(from + Math.max(2, all.length / 10)).step();
        return Optional.of(
            sign(
                stretch,
                String.format(
                    Locale.ROOT,
                    "from step %d on, over %d rows, neighbouring losses hang together (%.2f).",
                    step,
                    STRETCH,
                    stretch)));
      }
    }
    return Optional.empty();
  }

  private static Sign sign(double figure, String sentence) {
    return new Sign("smoothed curve", Outcome.WARNING, figure, sentence);
  }

  /** Rough variance over the variance about local parabolas; 1 for white noise. */
  static double whiteness(double[] losses) {
    double rough = Series.meanSquare(Series.roughness(losses));
    int windows = (losses.length - WINDOW) / (WINDOW / 2) + 1;
    double[] variances = new double[windows];
    for (int window = 0; window < windows; window++) {
      variances[window] = aboutParabola(losses, window * (WINDOW / 2));
    }
    double middle = Series.median(variances);
    double mean = Series.mean(variances);
    double least = Math.min(middle, mean);
    return least == 0 ? 1 : rough / least;
  }

  /** Variance about the least-squares parabola of one window, by orthogonal polynomials. */
  private static double aboutParabola(double[] losses, int from) {
    int half = WINDOW / 2;
    double mean = 0;
    double linear = 0;
    double square = 0;
    double sumOfSquares = 0;
    double linearNorm = 0;
    double squareNorm = 0;
    double centre = half * (half + 1) / 3.0;
    for (int offset = -half; offset <= half; offset++) {
      double value = losses[from + half + offset] - losses[from + half];
      double bent = offset * (double) offset - centre;
      mean += value;
      linear += offset * value;
      square += bent * value;
      sumOfSquares += value * value;
      linearNorm += offset * (double) offset;
      squareNorm += bent * bent;
    }
    double left =
        sumOfSquares
            - mean * mean / WINDOW
            - linear * linear / linearNorm
            - square * square / squareNorm;
    return Math.max(0, left) / (WINDOW - 3);
  }
}
