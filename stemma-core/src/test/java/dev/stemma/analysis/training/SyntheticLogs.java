package dev.stemma.analysis.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Logs with the noise of batches about a power law, from a seed: ours, no one's data. */
final class SyntheticLogs {
  private SyntheticLogs() {}

  /** Losses of a run that starts at a level and falls towards another. */
  static double[] losses(int count, double first, double floor, double noise, long seed) {
    Random random = new Random(seed);
    double[] losses = new double[count];
    for (int step = 0; step < count; step++) {
      double mean = floor + (first - floor) * Math.pow(1 + step / 8.0, -0.5);
      losses[step] = mean + (step == 0 ? 0 : noise * random.nextGaussian());
    }
    return losses;
  }

  /** As lines of text, one a step from 0, with an evaluation every 100 steps. */
  static List<String> lines(double[] losses) {
    List<String> lines = new ArrayList<>();
    for (int step = 0; step < losses.length; step++) {
      if (step % 100 == 0) {
        lines.add(String.format(Locale.ROOT, "step:%d val_loss:%.4f", step, losses[step]));
      }
      lines.add(String.format(Locale.ROOT, "step:%d train_loss:%.4f", step, losses[step]));
    }
    return lines;
  }

  /** As trainer_state.json with cosine learning rates and epochs. */
  static String trainerState(double[] losses, int from) {
    StringBuilder rows = new StringBuilder();
    int count = losses.length;
    for (int step = from; step < count; step++) {
      rows.append(step == from ? "" : ",\n")
          .append(
              String.format(
                  Locale.ROOT,
                  "{\"step\":%d,\"loss\":%.4f,\"epoch\":%.4f,\"learning_rate\":%.8e}",
                  step - from + 1,
                  losses[step],
                  (step + 1) / (double) count * 3,
                  1e-5 * 0.5 * (1 + Math.cos(Math.PI * step / count))));
    }
    return "{\"global_step\":" + (count - from) + ",\n\"log_history\":[\n" + rows + "]}";
  }
}
