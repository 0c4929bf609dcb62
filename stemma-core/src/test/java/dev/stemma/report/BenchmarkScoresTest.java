package dev.stemma.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.artifact.Component;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.Measured;
import dev.stemma.verdict.ComponentVerdict;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What reports say of the benchmark is what its kept runs say. */
class BenchmarkScoresTest {
  private static final Path RESOURCE =
      Path.of("src/main/resources/dev/stemma/report/benchmark-scores.json");
  private static final Path RUNS = Path.of("..", "bench", "runs");

  private static final int FEWEST_PAIRS = 100;

  /** The newest run of each set of models. */
  private static List<JsonNode> runs() throws IOException {
    SortedMap<String, Path> newest = new TreeMap<>();
    try (Stream<Path> files = Files.list(RUNS)) {
      files
          .filter(file -> file.getFileName().toString().matches(".*-lineage-[a-z]+\\.json"))
          .sorted()
          .forEach(file ->
              newest.put(file.getFileName().toString().replaceAll(".*-lineage-", ""), file));
    }
    return newest.values().stream()
        .map(file -> JsonMapper.shared().readTree(file.toFile()))
        .toList();
  }

  private static String expected() throws IOException {
    SortedMap<String, SortedMap<String, List<Double>>> tests = new TreeMap<>();
    int founders = 0;
    for (JsonNode run : runs()) {
      for (JsonNode of : run.path("founderPairs")) {
        founders = Math.max(founders, of.get("of").asInt());
      }
      for (JsonNode pair : run.get("pairs")) {
        String truth = pair.get("truth").asString();
        if (truth.equals("same-initialisation")) {
          continue; // neither independent nor of shared training
        }
        String side = truth.equals("independent") ? truth : "related";
        pair.get("scores")
            .properties()
            .forEach(score -> {
              String name = score.getKey();
              if (name.endsWith(" p") && score.getValue().isNumber()) {
                tests
                    .computeIfAbsent(name.substring(0, name.length() - 2), key -> new TreeMap<>())
                    .computeIfAbsent(side, key -> new ArrayList<>())
                    .add(short3(score.getValue().doubleValue()));
              }
            });
      }
    }
    tests.values().forEach(sides -> sides.values().forEach(list -> list.sort(null)));
    tests
        .values()
        .removeIf(sides ->
            sides.size() < 2 || sides.values().stream().mapToInt(List::size).sum() < FEWEST_PAIRS);
    return JsonMapper.builder()
            .disable(SerializationFeature.INDENT_OUTPUT)
            .build()
            .writeValueAsString(Map.of("tests", tests))
            .replaceFirst("\\{", "{\"founderPairs\":" + founders + ",")
        + "\n";
  }

  private static double short3(double value) {
    return Math.max(0, new BigDecimal(value).round(new MathContext(3)).doubleValue());
  }

  @Test
  void scoresAreThoseOfTheKeptRuns() throws IOException {
    String expected = expected();
    if (Boolean.getBoolean("stemma.docs.write")) {
      Files.writeString(RESOURCE, expected);
    }
    assertThat(RESOURCE).content().isEqualTo(expected);
  }

  private static ComponentVerdict decoder() {
    return java.util.Objects.requireNonNull(SampleReports.large().verdict()).components().stream()
        .filter(verdict -> verdict.component() == Component.DECODER)
        .findFirst()
        .orElseThrow();
  }

  private static Measured measured(double log10p) {
    return Measured.of("weights.neuron-agreement", Component.DECODER)
        .pValue(log10p, Measured.Basis.CALIBRATED, "")
        .build();
  }

  @Test
  void aStrongValueIsThatOfRelatedPairsAndAWeakOneOfAll() {
    BenchmarkScores scores = BenchmarkScores.standard();
    assertThat(scores.sentence(Texts.ENGLISH, measured(-400)))
        .startsWith("A value this strong in 0 of ");
    String weak = scores.sentence(Texts.ENGLISH, measured(0));
    assertThat(weak).matches("A value this strong in (\\d+) of \\1 .* and in (\\d+) of \\2 .*");
  }

  @Test
  void theCurveRisesAndThePairStandsOnIt() {
    Figure.Curves curves =
        (Figure.Curves)
            BenchmarkScores.standard().curves(decoder(), List.of(measured(-3))).getFirst();
    assertThat(curves.x()).isSorted();
    List<Double> reached = curves.series().getFirst().y();
    assertThat(reached).isSorted().last().isEqualTo(1.0);
    List<Double> pair = curves.series().getLast().y();
    int at = pair.stream().map(value -> !value.isNaN()).toList().indexOf(true);
    assertThat(pair.get(at)).isLessThanOrEqualTo(reached.get(at));
    assertThat(pair.stream().filter(value -> !value.isNaN())).hasSize(1);
  }

  @Test
  void whatTheBenchmarkDoesNotHaveGetsNoShare() {
    Measured other =
        Measured.of("weights.unheard-of", Component.DECODER)
            .pValue(-3, Measured.Basis.EXACT, "")
            .build();
    assertThat(BenchmarkScores.standard().sentence(Texts.ENGLISH, other)).isEmpty();
    assertThat(BenchmarkScores.standard().curves(decoder(), List.of(other))).isEmpty();
  }
}
