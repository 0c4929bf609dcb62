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
import java.util.TreeSet;
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
    double[] independent = scores.independent();
    double here = (double) atLeast(independent, score(item)) / independent.length;
    TreeSet<Double> places = new TreeSet<>();
    int step = Math.max(1, independent.length / MOST_POINTS);
    for (int alarms = 0; alarms <= independent.length; alarms += step) {
      places.add((double) alarms / independent.length);
    }
    places.add(here);
    places.add(1.0);
    List<Double> found = new ArrayList<>();
    List<Double> pair = new ArrayList<>();
    for (double place : places) {
      int alarms = (int) Math.round(place * independent.length);
      double reached =
          alarms >= independent.length
              ? 1
              : share(scores.related(), independent[independent.length - 1 - alarms]);
      found.add(reached);
      pair.add(
          place == here
              ? (double) atLeast(scores.related(), score(item)) / scores.related().length
              : Double.NaN);
    }
    return new Figure.Curves(
        "On the benchmark (ROC): " + item.id(),
        "share of independent pairs that are as strong",
        "share of related pairs",
        List.copyOf(places),
        List.of(new Figure.Series("the test", found), new Figure.Series(Figure.PAIR, pair)));
  }

  /** The share above a score. */
  private static double share(double[] ascending, double score) {
    return (double) DoubleStream.of(ascending).filter(each -> each > score).count()
        / ascending.length;
  }
}
