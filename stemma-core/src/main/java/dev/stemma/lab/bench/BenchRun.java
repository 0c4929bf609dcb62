package dev.stemma.lab.bench;

import dev.stemma.evidence.Figure;
import dev.stemma.lab.bench.Metrics.RocPoint;
import dev.stemma.lab.bench.Metrics.Scored;
import dev.stemma.lab.bench.Metrics.Tail;
import dev.stemma.lab.bench.Metrics.TailShare;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a run of the bench shows; every figure is a function of the pairs. */
public record BenchRun(String truth, String tool, String machine, List<PairResult> pairs) {
  private static final double RATE = 0.01;
  private static final List<Double> LEVELS = List.of(0.05, 0.01, 0.001);
  private static final int ROUNDS = 1000;
  private static final long SEED = 0xBE7C4;
  private static final int CURVE_POINTS = 200;

  /** Keeps the list unmodifiable. */
  public BenchRun {
    pairs = List.copyOf(pairs);
  }

  /**
   * How well one score tells related from independent pairs.
   *
   * @param spoken pairs of which it could say anything
   * @param seconds mean a pair; NaN where it was not measured alone
   * @param allocatedBytes mean a pair by all threads; NaN where it was not measured
   */
  public record Method(
      String id,
      double areaUnderCurve,
      double truePositiveRate,
      int spoken,
      double seconds,
      double allocatedBytes) {}

  /** Area under the curve over the pairs of which a method can speak; NaN without both classes. */
  public double areaWhereItSpeaks(String id) {
    return Metrics.areaUnderCurve(
        scored(id).stream().filter(each -> Double.isFinite(each.score())).toList());
  }

  /** So many right of so many. */
  public record Share(int right, int of) {}

  /** How often parents are named. */
  public record Parents(int right, int wrong, int undetermined) {}

  /** Pairs that are positive or negative: a shared initialisation is neither. */
  private List<PairResult> judged() {
    return pairs.stream().filter(pair -> pair.truth() != TruePair.SAME_INITIALISATION).toList();
  }

  private List<Scored> scored(String id) {
    return judged().stream()
        .map(pair -> new Scored(pair.scores().getOrDefault(id, Double.NaN), pair.truth().related()))
        .toList();
  }

  /** All methods, best first. */
  public List<Method> methods() {
    TreeSet<String> ids = new TreeSet<>();
    pairs.forEach(pair -> ids.addAll(pair.scores().keySet()));
    List<Method> methods = new ArrayList<>();
    for (String id : ids) {
      List<Scored> scores = scored(id);
      methods.add(
          new Method(
              id,
              Metrics.areaUnderCurve(scores),
              Metrics.truePositiveRate(scores, RATE),
              (int) scores.stream().filter(each -> Double.isFinite(each.score())).count(),
              mean(id, PairResult::seconds),
              mean(id, PairResult::allocatedBytes)));
    }
    methods.sort(
        Comparator.comparingDouble(Method::areaUnderCurve)
            .thenComparingDouble(Method::truePositiveRate)
            .reversed()
            .thenComparing(method -> !method.id().equals(Bench.VERDICT)));
    return methods;
  }

  private double mean(
      String id, java.util.function.Function<PairResult, SortedMap<String, Double>> measured) {
    return pairs.stream()
        .mapToDouble(pair -> measured.apply(pair).getOrDefault(id, Double.NaN))
        .filter(value -> value >= 0)
        .average()
        .orElse(Double.NaN);
  }

  /**
   * What was said of pairs that descend from a third model.
   *
   * @param derived called derived, which is wrong
   * @param parentNamed of those, how many had one of the two named as parent, which is worse
   */
  public record Siblings(int sharedAncestor, int derived, int parentNamed, int of) {}

  /** How siblings came out. */
  public Siblings siblings() {
    List<PairResult> found =
        pairs.stream().filter(pair -> pair.truth() == TruePair.SIBLINGS).toList();
    List<PairResult> derived =
        found.stream().filter(pair -> pair.relation().equals("derived")).toList();
    return new Siblings(
        (int) found.stream().filter(PairResult::relationRight).count(),
        derived.size(),
        (int) derived.stream().filter(pair -> pair.parent() != null).count(),
        found.size());
  }

  /**
   * How many pairs of independent founders stand behind each exact test's tail shares: models that
   * share weights, or their initial ones, repeat the same pair of founders. And in how many of
   * these any pair of models comes out at or below .05.
   */
  public SortedMap<String, Share> founderPairs() {
    TreeMap<String, String> family = new TreeMap<>();
    for (PairResult pair : pairs) {
      family.putIfAbsent(pair.a(), pair.a());
      family.putIfAbsent(pair.b(), pair.b());
      if (pair.truth() != TruePair.INDEPENDENT) {
        String from = family.getOrDefault(pair.b(), pair.b());
        String to = family.getOrDefault(pair.a(), pair.a());
        family.replaceAll((model, founder) -> founder.equals(from) ? to : founder);
      }
    }
    TreeMap<String, TreeMap<String, Double>> behind = new TreeMap<>();
    for (PairResult pair : pairs) {
      if (pair.truth() == TruePair.INDEPENDENT) {
        String a = family.getOrDefault(pair.a(), pair.a());
        String b = family.getOrDefault(pair.b(), pair.b());
        String both = a.compareTo(b) < 0 ? a + "\n" + b : b + "\n" + a;
        pair.exact()
            .forEach((id, log10p) ->
                behind.computeIfAbsent(id, key -> new TreeMap<>()).merge(both, log10p, Math::min));
      }
    }
    double level = Math.log10(LEVELS.getFirst());
    TreeMap<String, Share> counts = new TreeMap<>();
    behind.forEach((id, founders) ->
        counts.put(
            id,
            new Share(
                (int) founders.values().stream().filter(log10p -> log10p <= level).count(),
                founders.size())));
    return counts;
  }

  /** How often the verdict gave each relation, by truth. */
  public SortedMap<TruePair, SortedMap<String, Integer>> confusion() {
    TreeMap<TruePair, SortedMap<String, Integer>> table = new TreeMap<>();
    for (PairResult pair : pairs) {
      table
          .computeIfAbsent(pair.truth(), truth -> new TreeMap<>())
          .merge(pair.relation(), 1, Integer::sum);
    }
    return table;
  }

  /** Related pairs that were called related. */
  public Share found() {
    List<PairResult> related = pairs.stream().filter(pair -> pair.truth().related()).toList();
    return new Share(
        (int) related.stream().filter(PairResult::foundRelated).count(), related.size());
  }

  /** Independent pairs that were called related. */
  public Share falseAlarms() {
    List<PairResult> independent =
        pairs.stream().filter(pair -> pair.truth() == TruePair.INDEPENDENT).toList();
    return new Share(
        (int) independent.stream().filter(PairResult::foundRelated).count(), independent.size());
  }

  /** Pairs of which the exact relation was named. */
  public Share relations() {
    return new Share((int) pairs.stream().filter(PairResult::relationRight).count(), pairs.size());
  }

  /** Edges of which every kind was named. */
  public Share kinds() {
    List<PairResult> edges = edges();
    return new Share((int) edges.stream().filter(PairResult::kindsRight).count(), edges.size());
  }

  /** Pairs of which the truth knows the kind. */
  public List<PairResult> edges() {
    return pairs.stream().filter(pair -> !pair.expectedKinds().isEmpty()).toList();
  }

  /** How often the parent was named, over ancestors with descendants. */
  public Parents parents() {
    int right = 0;
    int wrong = 0;
    int undetermined = 0;
    for (PairResult pair : pairs) {
      String expected = pair.expectedParent();
      if (expected == null) {
        continue;
      }
      if (pair.parent() == null) {
        undetermined++;
      } else if (expected.equals(pair.parent())) {
        right++;
      } else {
        wrong++;
      }
    }
    return new Parents(right, wrong, undetermined);
  }

  /** Tail shares of the exact tests on independent pairs, by test. */
  public SortedMap<String, List<TailShare>> calibration() {
    List<String> models =
        pairs.stream()
            .flatMap(pair -> java.util.stream.Stream.of(pair.a(), pair.b()))
            .distinct()
            .sorted()
            .toList();
    TreeMap<String, List<Tail>> tails = new TreeMap<>();
    for (PairResult pair : pairs) {
      if (pair.truth() != TruePair.INDEPENDENT) {
        continue;
      }
      int a = models.indexOf(pair.a());
      int b = models.indexOf(pair.b());
      pair.exact()
          .forEach((id, log10p) ->
              tails.computeIfAbsent(id, key -> new ArrayList<>()).add(new Tail(a, b, log10p)));
    }
    TreeMap<String, List<TailShare>> shares = new TreeMap<>();
    tails.forEach((id, found) ->
        shares.put(
            id,
            LEVELS.stream()
                .map(level ->
                    Metrics.tailShare(
                        found, models.size(), level, ROUNDS, new SplittableRandom(SEED)))
                .toList()));
    return shares;
  }

  /** Median over pairs of the most heap that a comparison had in use, garbage included. */
  public double medianPeakHeapBytes() {
    double[] sorted =
        pairs.stream()
            .mapToDouble(PairResult::peakHeapBytes)
            .filter(bytes -> bytes > 0)
            .sorted()
            .toArray();
    return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
  }

  /**
   * Pairs on which the verdict is wrong, with the peers that are right at the threshold that allows
   * them 1% of false alarms.
   */
  public SortedMap<String, List<String>> peersBetter() {
    TreeMap<String, List<String>> better = new TreeMap<>();
    for (Method method : methods()) {
      if (!method.id().startsWith("peer.")) {
        continue;
      }
      double threshold = Metrics.threshold(scored(method.id()), RATE);
      for (PairResult pair : judged()) {
        boolean related = pair.truth().related();
        boolean called =
            pair.scores().getOrDefault(method.id(), Double.NEGATIVE_INFINITY) >= threshold;
        if (pair.foundRelated() != related && called == related) {
          better
              .computeIfAbsent(
                  pair.a() + " / " + pair.b() + " (" + pair.truth().key() + ")",
                  key -> new ArrayList<>())
              .add(method.id());
        }
      }
    }
    return better;
  }

  /** The ROC curves of the verdict and the peers. */
  public Figure.Curves rocCurves() {
    List<Double> x = new ArrayList<>();
    for (int i = 0; i <= CURVE_POINTS; i++) {
      x.add((double) i / CURVE_POINTS);
    }
    List<Figure.Series> series = new ArrayList<>();
    for (Method method : methods()) {
      if (method.id().equals(Bench.VERDICT) || method.id().startsWith("peer.")) {
        List<RocPoint> roc = Metrics.roc(scored(method.id()));
        series.add(
            new Figure.Series(method.id(), x.stream().map(rate -> height(roc, rate)).toList()));
      }
    }
    return new Figure.Curves(
        "ROC on " + truth, "false positive rate", "true positive rate", x, series);
  }

  private static double height(List<RocPoint> roc, double rate) {
    for (int i = 1; i < roc.size(); i++) {
      RocPoint from = roc.get(i - 1);
      RocPoint to = roc.get(i);
      if (to.falsePositiveRate() > rate) {
        double width = to.falsePositiveRate() - from.falsePositiveRate();
        return from.truePositiveRate()
            + (rate - from.falsePositiveRate())
                / width
                * (to.truePositiveRate() - from.truePositiveRate());
      }
    }
    return 1;
  }
}
