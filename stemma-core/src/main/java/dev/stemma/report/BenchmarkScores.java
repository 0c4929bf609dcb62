package dev.stemma.report;

import dev.stemma.evidence.Figure;
import dev.stemma.evidence.Measured;
import dev.stemma.verdict.ComponentVerdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How strong a test's p-values were on pairs of models with a known history: what share of
 * independent and of related pairs reached that of this pair (a point of the test's ROC curve).
 */
final class BenchmarkScores {
  private static final int MOST_POINTS = 32;
  private static final int MOST_CURVES = 2;

  /** What the pairs of one test scored, as -log10 p, in ascending order. */
  private record Scores(double[] independent, double[] related) {}

  private final Map<String, Scores> tests = new TreeMap<>();
  private final int founderPairs;

  private BenchmarkScores(JsonNode json) {
    founderPairs = json.get("founderPairs").asInt();
    json.get("tests")
        .properties()
        .forEach(test ->
            tests.put(
                test.getKey(),
                new Scores(
                    numbers(test.getValue().get("independent")),
                    numbers(test.getValue().get("related")))));
  }

  private static double[] numbers(JsonNode list) {
    return list.valueStream().mapToDouble(JsonNode::doubleValue).sorted().toArray();
  }

  /** Read on first use: most reports are no HTML. */
  private static final class Standard {
    static final BenchmarkScores SCORES = read();

    private static BenchmarkScores read() {
      try (InputStream in =
          Objects.requireNonNull(
              BenchmarkScores.class.getResourceAsStream("benchmark-scores.json"))) {
        return new BenchmarkScores(JsonMapper.shared().readTree(in));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static BenchmarkScores standard() {
    return Standard.SCORES;
  }

  private static int atLeast(double[] ascending, double score) {
    int below = 0;
    while (below < ascending.length && ascending[below] < score) {
      below++;
    }
    return ascending.length - below;
  }

  private static double score(Measured item) {
    return -Objects.requireNonNull(item.log10p());
  }

  private boolean knows(Measured item) {
    return item.component().isBody() && item.log10p() != null && tests.containsKey(item.id());
  }

  /** The shares in one sentence; empty where the benchmark does not have the test. */
  String sentence(Texts texts, Measured item) {
    Scores scores = tests.get(item.id());
    if (scores == null || !knows(item)) {
      return "";
    }
    return texts.get(
        "benchmark.share",
        atLeast(scores.independent(), score(item)),
        scores.independent().length,
        founderPairs,
        atLeast(scores.related(), score(item)),
        scores.related().length);
  }

  /** ROC curves of the tests that decided; without any, of the one that came nearest to it. */
  List<Figure> curves(ComponentVerdict verdict, List<Measured> measured) {
    List<Measured> known =
        measured.stream()
            .filter(this::knows)
            .sorted(Comparator.comparingDouble(BenchmarkScores::score).reversed())
            .toList();
    List<Measured> deciding =
        known.stream().filter(item -> verdict.because().contains(item.id())).toList();
    return (deciding.isEmpty() ? known.stream().limit(1).toList() : deciding)
        .stream().limit(MOST_CURVES).map(this::curve).toList();
  }

  private Figure curve(Measured item) {
    Scores scores = Objects.requireNonNull(tests.get(item.id()));
    double here = share(scores.independent(), score(item));
    double reachedHere = share(scores.related(), score(item));
    // The best share of related pairs for each share of independent ones that a level gives.
    TreeMap<Double, Double> corners = new TreeMap<>(Map.of(0.0, 0.0, 1.0, 1.0));
    DoubleStream.concat(DoubleStream.of(scores.independent()), DoubleStream.of(scores.related()))
        .forEach(level ->
            corners.merge(
                share(scores.independent(), level), share(scores.related(), level), Math::max));
    corners.merge(here, reachedHere, Math::max);
    int step = Math.max(1, corners.size() / MOST_POINTS);
    List<Double> x = new ArrayList<>(List.of(0.0));
    List<Double> reached = new ArrayList<>(List.of(0.0));
    List<Double> pair = new ArrayList<>(List.of(Double.NaN));
    int number = 0;
    for (Map.Entry<Double, Double> corner : corners.entrySet()) {
      boolean isHere = corner.getKey() == here;
      if (number++ % step == 0 || isHere || corner.getKey() == 1) {
        x.add(corner.getKey());
        reached.add(corner.getValue());
        pair.add(isHere ? reachedHere : Double.NaN);
      }
    }
    return new Figure.Curves(
        "On the benchmark (ROC): " + item.id(),
        "share of independent pairs that are as strong",
        "share of related pairs",
        x,
        List.of(new Figure.Series("the test", reached), new Figure.Series(Figure.PAIR, pair)));
  }

  /** The share at or above a score. */
  private static double share(double[] ascending, double score) {
    return (double) atLeast(ascending, score) / ascending.length;
  }
}
