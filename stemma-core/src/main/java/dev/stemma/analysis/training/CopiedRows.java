package dev.stemma.analysis.training;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The same run of losses (and gradient norms) at two places. The length that counts as a copy is
 * chosen from the log itself, so that chance makes less than one in a million logs show one.
 */
final class CopiedRows implements Sign.Search {
  private static final int NEAR = 50;
  private static final int STRETCHES = 20;
  private static final double CHANCE = 1e-6;
  private static final int LONGEST = 40;

  /** A norm written to so many digits comes twice in no untouched log. */
  private static final double FINE = 1e-9;

  private static final double FINE_CHANCE = 1e-6;

  private record Pair(double loss, double norm) {}

  @Override
  public Optional<Sign> in(Run run) {
    List<LogRow> rows = run.log().rows();
    double[] norms = rows.stream().mapToDouble(LogRow::gradientNorm).toArray();
    boolean withNorms = rows.size() > 2 && Arrays.stream(norms).noneMatch(Double::isNaN);
    Optional<Sign> losses = look(rows, row -> new Pair(row.loss(), Double.NaN), 1);
    return losses.isPresent() || !withNorms
        ? losses
        : look(rows, row -> new Pair(row.loss(), row.gradientNorm()), bound(norms));
  }

  /** The largest chance that two neighbouring norms are equal. */
  private static double bound(double... norms) {
    double spread = Math.sqrt(Series.meanSquare(Series.roughness(norms)));
    return Series.quantum(norms) < FINE * spread ? FINE_CHANCE : 1;
  }

  private static Optional<Sign> look(
      List<LogRow> rows, Function<LogRow, Pair> values, double mostCoincidence) {
    int count = rows.size();
    Pair[] pairs = rows.stream().map(values).toArray(Pair[]::new);
    double coincidence = Math.min(mostCoincidence, coincidence(pairs));
    double expected = 0.5 * count * (double) count;
    int length = Math.max(2, (int) Math.ceil(Math.log(CHANCE / expected) / Math.log(coincidence)));
    if (coincidence >= 1 || length > LONGEST || length * 2 > count) {
      return Optional.empty();
    }
    Map<List<Pair>, Integer> seen = new HashMap<>();
    for (int index = 0; index + length <= count; index++) {
      List<Pair> run = List.of(Arrays.copyOfRange(pairs, index, index + length));
      Integer earlier = seen.putIfAbsent(run, index);
      if (earlier != null && index - earlier >= length) {
        int more = length;
        while (index + more < count
            && earlier + more < index
            && pairs[earlier + more].equals(pairs[index + more])) {
          more++;
        }
        return Optional.of(
            new Sign(
                "copied rows",
                Outcome.CONTRADICTION,
                more,
                more
                    + " rows from step "
                    + rows.get(index).step()
                    + " on repeat those from step "
                    + rows.get(earlier).step()
                    + " on ("
                    + length
                    + " would be too many for chance)."));
      }
    }
    return Optional.empty();
  }

  /** Chance that two near rows are equal, in the stretch where it is largest. */
  private static double coincidence(Pair[] pairs) {
    double largest = 0;
    int stretch = Math.max(NEAR, pairs.length / STRETCHES + 1);
    for (int from = 0; from < pairs.length; from += stretch) {
      long equal = 0;
      long all = 0;
      int to = Math.min(pairs.length, from + stretch);
      for (int index = from; index < to; index++) {
        for (int other = index + 1; other < Math.min(to, index + NEAR); other++) {
          equal += pairs[index].equals(pairs[other]) ? 1 : 0;
          all++;
        }
      }
      largest = Math.max(largest, (equal + 1.0) / (all + 1.0));
    }
    return largest;
  }
}
