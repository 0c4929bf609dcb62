package dev.stemma.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Families;
import dev.stemma.format.ModelReader;
import dev.stemma.format.TensorReader;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Our logits against those of the official modelling code, family by family. */
class GoldenLogitsTest {
  /** Of the logits' standard deviation. */
  private static final double TOLERANCE = 2e-4;

  @TestFactory
  Stream<DynamicTest> everyFamilyGivesTheOfficialLogits() throws IOException {
    Path golden = Shared.path("golden");
    List<Path> families;
    try (Stream<Path> list = Files.list(golden)) {
      families =
          list.filter(folder -> Files.exists(folder.resolve("golden.json"))).sorted().toList();
    }
    return families.stream()
        .map(family ->
            DynamicTest.dynamicTest(family.getFileName().toString(), () -> check(family)));
  }

  private static void check(Path folder) throws IOException {
    JsonNode golden = JsonMapper.shared().readTree(Files.readString(folder.resolve("golden.json")));
    try (LocalBytes bytes = new LocalBytes()) {
      CanonicalModel model =
          Families.canonicalise(
              new ModelReader()
                  .read(Sources.standard().resolve(folder.toString(), Progress.NONE), bytes));
      Decoder decoder = DecoderBuilder.build(model, new TensorReader(bytes));
      List<Integer> ids = new ArrayList<>();
      golden.get("input_ids").forEach(id -> ids.add(id.asInt()));
      JsonNode expected = golden.get("logits");
      double deviation = standardDeviation(expected);

      List<float[]> oneByOne = new ArrayList<>();
      Sequence sequence = decoder.begin();
      for (int id : ids) {
        oneByOne.add(sequence.read(id, ids.size()));
      }
      float[] last = oneByOne.getLast();
      assertThat(worst(oneByOne, expected) / deviation)
          .as("largest difference in standard deviations, token by token")
          .isLessThan(TOLERANCE);
      assertThat(worst(decoder.begin().readAll(ids), expected) / deviation)
          .as("largest difference in standard deviations, all tokens at once")
          .isLessThan(TOLERANCE);

      List<Integer> greedy = new ArrayList<>();
      List<Integer> wanted = new ArrayList<>();
      golden.get("greedy").forEach(id -> wanted.add(id.asInt()));
      while (greedy.size() < wanted.size()) {
        int best = best(last);
        greedy.add(best);
        last = sequence.read(best, 0);
      }
      assertThat(greedy).isEqualTo(wanted);
    }
  }

  private static double worst(List<float[]> found, JsonNode expected) {
    double worst = 0;
    for (int position = 0; position < found.size(); position++) {
      float[] row = found.get(position);
      for (int token = 0; token < row.length; token++) {
        double wanted = expected.get(position).get(token).asDouble();
        worst = Math.max(worst, Math.abs(row[token] - wanted));
      }
    }
    return worst;
  }

  private static int best(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  private static double standardDeviation(JsonNode logits) {
    double sum = 0;
    double squares = 0;
    long count = 0;
    for (JsonNode row : logits) {
      for (JsonNode value : row) {
        sum += value.asDouble();
        squares += value.asDouble() * value.asDouble();
        count++;
      }
    }
    return Math.sqrt(squares / count - sum * sum / count / count);
  }
}
