package dev.stemma.analysis.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Question: does the learning rate run through one schedule, also across resumes? Statistic:
 * largest jump between neighbouring rows after the peak, as a share of the peak. Null: one
 * continuous schedule. Fooled by schedules with steps.
 */
final class LearningRate implements Check {
  private static final double JUMP = 0.2;
  private static final String NULL = "one continuous schedule, also across resumes";

  @Override
  public String id() {
    return "learning-rate";
  }

  @Override
  public Finding examine(Run run) {
    List<LogRow> rows =
        run.log().rows().stream().filter(row -> !Double.isNaN(row.learningRate())).toList();
    if (rows.size() < 3) {
      return Finding.notApplicable(id(), NULL, "The log has no learning rates.");
    }
    double[] rates = rows.stream().mapToDouble(LogRow::learningRate).toArray();
    int peakAt = 0;
    for (int index = 1; index < rates.length; index++) {
      peakAt = rates[index] > rates[peakAt] ? index : peakAt;
    }
    double peak = rates[peakAt];
    if (peak <= 0) {
      return new Finding(
          id(), Outcome.WARNING, peak, "peak learning rate", NULL, "No learning rate is above 0.");
    }
    double[] changes = new double[rates.length - 1];
    for (int index = 0; index < changes.length; index++) {
      changes[index] = Math.abs(rates[index + 1] - rates[index]);
    }
    double usual = Series.median(changes);
    List<String> jumps = new ArrayList<>();
    double largest = 0;
    for (int index = peakAt; index < changes.length; index++) {
      largest = Math.max(largest, changes[index] / peak);
      if (changes[index] > JUMP * peak && changes[index] > 5 * usual) {
        jumps.add(Long.toString(rows.get(index + 1).step()));
      }
    }
    String warmup =
        rates[0] < 0.5 * peak ? "warm-up to " + rows.get(peakAt).step() : "no warm-up visible";
    String schedule =
        String.format(
            Locale.ROOT, "Peak %.3g, %s, last %.3g", peak, warmup, rates[rates.length - 1]);
    return new Finding(
        id(),
        jumps.isEmpty() ? Outcome.CONSISTENT : Outcome.WARNING,
        largest,
        "largest jump after the peak (share of the peak)",
        NULL,
        jumps.isEmpty()
            ? schedule + "; it changes without a jump."
            : schedule
                + "; it jumps at step "
                + String.join(", ", jumps.subList(0, Math.min(5, jumps.size())))
                + ".");
  }
}
