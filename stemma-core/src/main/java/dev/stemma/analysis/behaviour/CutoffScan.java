package dev.stemma.analysis.behaviour;

import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Up to which month does a model know the answers? A scan maximises the binomial log-likelihood
 * ratio of a step over all months; permuting the answers over the questions gives its p-value. The
 * interval also allows knowledge that fades over up to two years, since a fade moves the step's
 * month early by about half its length.
 */
public final class CutoffScan {
  private static final int PERMUTATIONS = 1999;
  private static final int[] FADES = {0, 3, 6, 9, 12, 15, 18, 21, 24};

  /**
   * Twice the log-likelihood by which a month may fall behind the best. Above the 3.84 of regular
   * problems, because a change point is none. Measured by simulation: a fade of 12 months is
   * covered in .97 of runs and more, see docs/behaviour.md.
   */
  private static final double BEHIND = 9;

  private static final int STEPS = 30;

  private CutoffScan() {}

  /** How many questions of a month were answered, and how many rightly. */
  public record Month(YearMonth month, int asked, int right) {}

  /**
   * What the scan found.
   *
   * @param last the last month of the step's knowledge
   * @param ratio the log-likelihood ratio, in nats
   * @param p of the scan
   * @param low the earliest month of the interval
   * @param high the latest
   * @param before share of right answers up to the last month
   * @param after the same later: lucky guesses
   * @param fade months over which knowledge fades in the best fit
   */
  public record Result(
      YearMonth last,
      double ratio,
      double p,
      YearMonth low,
      YearMonth high,
      double before,
      double after,
      int fade) {}

  /** The scan; nothing where fewer than three months have answers. */
  public static Optional<Result> of(List<Month> months, long seed) {
    List<Month> known =
        months.stream()
            .filter(month -> month.asked() > 0)
            .sorted(java.util.Comparator.comparing(Month::month))
            .toList();
    if (known.size() < 3) {
      return Optional.empty();
    }
    int[] asked = known.stream().mapToInt(Month::asked).toArray();
    int[] right = known.stream().mapToInt(Month::right).toArray();
    int[] best = new int[1];
    double ratio = scan(asked, right, best);
    double p = p(asked, right, ratio, seed);
    int[] before = sums(asked, right, 0, best[0]);
    int[] after = sums(asked, right, best[0], asked.length);
    Fit fit = fits(known, asked, right);
    int step = best[0] - 1;
    YearMonth last = known.get(step).month();
    YearMonth low = known.getFirst().month().plusMonths(Math.min(fit.low, offset(known, step)));
    YearMonth high = known.getFirst().month().plusMonths(Math.max(fit.high, offset(known, step)));
    return Optional.of(
        new Result(
            last,
            ratio,
            p,
            low,
            high,
            before[1] / (double) before[0],
            after[1] / (double) after[0],
            fit.fade));
  }

  private static int offset(List<Month> months, int index) {
    return (int)
        months
            .getFirst()
            .month()
            .until(months.get(index).month(), java.time.temporal.ChronoUnit.MONTHS);
  }

  private static int[] sums(int[] asked, int[] right, int from, int to) {
    return new int[] {Arrays.stream(asked, from, to).sum(), Arrays.stream(right, from, to).sum()};
  }

  /** The largest ratio of a fall; best gets how many months lie before it. */
  private static double scan(int[] asked, int[] right, int[] best) {
    int all = Arrays.stream(asked).sum();
    int allRight = Arrays.stream(right).sum();
    double together = likelihood(allRight, all);
    int before = 0;
    int rightBefore = 0;
    double largest = 0;
    best[0] = asked.length - 1;
    for (int month = 0; month < asked.length - 1; month++) {
      before += asked[month];
      rightBefore += right[month];
      boolean falls =
          (double) rightBefore * (all - before) > (double) (allRight - rightBefore) * before;
      double ratio =
          likelihood(rightBefore, before)
              + likelihood(allRight - rightBefore, all - before)
              - together;
      if (falls && ratio > largest) {
        largest = ratio;
        best[0] = month + 1;
      }
    }
    return largest;
  }

  private static double likelihood(int right, int asked) {
    return part(right, asked) + part(asked - right, asked);
  }

  private static double part(int count, int of) {
    return count == 0 ? 0 : count * Math.log(count / (double) of);
  }

  private static double p(int[] asked, int[] right, double seen, long seed) {
    int all = Arrays.stream(asked).sum();
    int allRight = Arrays.stream(right).sum();
    int[] monthOf = new int[all];
    int next = 0;
    for (int month = 0; month < asked.length; month++) {
      Arrays.fill(monthOf, next, next + asked[month], month);
      next += asked[month];
    }
    SplittableRandom random = new SplittableRandom(seed);
    int atLeast = 1;
    int[] drawn = new int[asked.length];
    int[] best = new int[1];
    for (int permutation = 0; permutation < PERMUTATIONS; permutation++) {
      Arrays.fill(drawn, 0);
      for (int i = 0; i < allRight; i++) {
        int other = i + random.nextInt(all - i);
        int kept = monthOf[i];
        monthOf[i] = monthOf[other];
        monthOf[other] = kept;
        drawn[monthOf[i]]++;
      }
      atLeast += scan(asked, drawn, best) >= seen - 1e-9 ? 1 : 0;
    }
    return atLeast / (PERMUTATIONS + 1.0);
  }

  private record Fit(int low, int high, int fade) {}

  /**
   * The months that may be the last of any knowledge, as offsets from the first, where full
   * knowledge fades in a straight line over some months before.
   */
  private static Fit fits(List<Month> months, int[] asked, int[] right) {
    int[] offsets = IntStream.range(0, months.size()).map(i -> offset(months, i)).toArray();
    int span = offsets[offsets.length - 1];
    double[] profile = new double[span + 1];
    int[] fades = new int[span + 1];
    Arrays.fill(profile, Double.NEGATIVE_INFINITY);
    for (int last = 0; last <= span; last++) {
      for (int fade : FADES) {
        double likelihood = fitted(offsets, asked, right, last, fade);
        if (likelihood > profile[last] + 1e-9) {
          profile[last] = likelihood;
          fades[last] = fade;
        }
      }
    }
    int best =
        IntStream.rangeClosed(0, span).reduce((a, b) -> profile[b] > profile[a] ? b : a).orElse(0);
    int[] near =
        IntStream.rangeClosed(0, span)
            .filter(last -> 2 * (profile[best] - profile[last]) <= BEHIND)
            .toArray();
    return new Fit(near[0], near[near.length - 1], fades[best]);
  }

  /** Share of full knowledge in a month, where it ends with a month. */
  private static double knowledge(int offset, int last, int fade) {
    int monthsLeft = last - offset + 1;
    return fade == 0
        ? (monthsLeft > 0 ? 1 : 0)
        : Math.max(0, Math.min(1, monthsLeft / (double) (fade + 1)));
  }

  /** The largest log-likelihood over both shares, by expectation and maximisation. */
  private static double fitted(int[] offsets, int[] asked, int[] right, int last, int fade) {
    double[] share = new double[offsets.length];
    for (int i = 0; i < offsets.length; i++) {
      share[i] = knowledge(offsets[i], last, fade);
    }
    double high = 0.7;
    double low = 0.2;
    for (int step = 0; step < STEPS; step++) {
      double rightHigh = 1e-9;
      double allHigh = 2e-9;
      double rightLow = 1e-9;
      double allLow = 2e-9;
      for (int i = 0; i < share.length; i++) {
        double chance = share[i] * high + (1 - share[i]) * low;
        int wrong = asked[i] - right[i];
        double ofRight = chance <= 0 ? 0 : right[i] * share[i] * high / chance;
        double ofWrong = chance >= 1 ? 0 : wrong * share[i] * (1 - high) / (1 - chance);
        rightHigh += ofRight;
        allHigh += ofRight + ofWrong;
        rightLow += right[i] - ofRight;
        allLow += asked[i] - ofRight - ofWrong;
      }
      high = rightHigh / allHigh;
      low = rightLow / allLow;
    }
    if (high < low) {
      int all = Arrays.stream(asked).sum();
      return likelihood(Arrays.stream(right).sum(), all);
    }
    double sum = 0;
    for (int i = 0; i < share.length; i++) {
      double chance = share[i] * high + (1 - share[i]) * low;
      sum += right[i] == 0 ? 0 : right[i] * Math.log(Math.max(chance, 1e-300));
      int wrong = asked[i] - right[i];
      sum += wrong == 0 ? 0 : wrong * Math.log(Math.max(1 - chance, 1e-300));
    }
    return sum;
  }

  /** Share of right answers by month, each with its neighbours: a curve to look at. */
  public static List<Double> curve(List<Month> months) {
    List<Double> shares = new ArrayList<>();
    for (int i = 0; i < months.size(); i++) {
      int asked = 0;
      int right = 0;
      for (Month month : months.subList(Math.max(0, i - 1), Math.min(months.size(), i + 2))) {
        asked += month.asked();
        right += month.right();
      }
      shares.add(asked == 0 ? Double.NaN : right / (double) asked);
    }
    return shares;
  }
}
