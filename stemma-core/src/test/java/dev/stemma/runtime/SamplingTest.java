package dev.stemma.runtime;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The rules of choosing a token against transformers' logits processors ({@code sampling.py}). */
class SamplingTest {
  @TestFactory
  Stream<DynamicTest> tokensAreAsLikelyAsInTheOfficialCode() throws IOException {
    JsonNode cases;
    try (InputStream in = requireNonNull(getClass().getResourceAsStream("sampling.json"))) {
      cases = JsonMapper.shared().readTree(in);
    }
    return IntStream.range(0, cases.size())
        .mapToObj(i ->
            DynamicTest.dynamicTest(
                cases.get(i).get("options").toString(), () -> check(cases.get(i))));
  }

  private static void check(JsonNode given) {
    JsonNode options = given.get("options");
    Sampling sampling =
        new Sampling(
            options.path("repetition_penalty").asDouble(1),
            options.path("temperature").asDouble(1),
            options.path("top_k").asInt(0),
            options.path("top_p").asDouble(1),
            options.path("min_p").asDouble(0));
    float[] logits = new float[given.get("logits").size()];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) given.get("logits").get(i).asDouble();
    }
    List<Integer> seen = new ArrayList<>();
    given.get("seen").forEach(token -> seen.add(token.asInt()));
    double[] found = sampling.probabilities(logits, seen);
    for (int i = 0; i < found.length; i++) {
      double wanted = given.get("probabilities").get(i).asDouble();
      assertThat(found[i]).as("token " + i).isCloseTo(wanted, within(1e-6 + 1e-5 * wanted));
      assertThat(found[i] == 0).as("token " + i + " is left out").isEqualTo(wanted == 0);
    }
  }

  @Test
  void theChoiceFollowsTheProbabilities() {
    Sampling sampling = new Sampling(1, 1, 3, 1, 0);
    float[] logits = {0, (float) Math.log(2), (float) Math.log(5), -1};
    SplittableRandom random = new SplittableRandom(7);
    int[] chosen = new int[4];
    for (int i = 0; i < 40_000; i++) {
      chosen[sampling.choose(logits, List.of(), random)]++;
    }
    assertThat(chosen[3]).isZero();
    assertThat(chosen[0] / 40_000.0).isCloseTo(0.125, within(0.01));
    assertThat(chosen[2] / 40_000.0).isCloseTo(0.625, within(0.01));
  }
}
