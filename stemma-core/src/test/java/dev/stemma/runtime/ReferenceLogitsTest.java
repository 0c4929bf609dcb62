package dev.stemma.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.Shape;
import dev.stemma.format.SafetensorsWriter;
import dev.stemma.source.Progress;
import dev.stemma.testing.OpenModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Our logits under configurations that the shared golden models do not have, against an independent
 * numpy float32 forward pass ({@code reference_logits.py} beside the data writes them).
 */
class ReferenceLogitsTest {
  /** Of the logits' standard deviation. */
  private static final double TOLERANCE = 2e-4;

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> everyConfigurationGivesTheReferenceLogits() throws IOException {
    JsonNode cases;
    try (InputStream in = getClass().getResourceAsStream("reference-logits.json")) {
      cases = JsonMapper.shared().readTree(in);
    }
    return cases.properties().stream()
        .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> check(entry.getValue())));
  }

  private void check(JsonNode given) throws IOException {
    Path place = Files.createTempDirectory(folder, "model");
    Files.writeString(place.resolve("config.json"), given.get("config").toString());
    List<SafetensorsWriter.Entry> entries = new ArrayList<>();
    given
        .get("tensors")
        .properties()
        .forEach(tensor -> {
          List<Long> dimensions = new ArrayList<>();
          tensor.getValue().forEach(dimension -> dimensions.add(dimension.asLong()));
          float[] values = draw(tensor.getKey(), dimensions);
          entries.add(
              new SafetensorsWriter.Entry(
                  tensor.getKey(),
                  ElementType.F32,
                  new Shape(dimensions),
                  (first, count, destination) ->
                      System.arraycopy(values, (int) first, destination, 0, count)));
        });
    SafetensorsWriter.write(place.resolve("model.safetensors"), entries, Progress.NONE);
    try (OpenModel open = OpenModel.at(place)) {
      Sequence sequence = DecoderBuilder.build(open.model(), open.reader()).begin();
      int count = given.get("ids").size();
      List<float[]> logits = new ArrayList<>();
      for (JsonNode id : given.get("ids")) {
        logits.add(sequence.read(id.asInt(), count));
      }
      compare(given.get("logits"), logits);
      List<Integer> ids = new ArrayList<>();
      given.get("ids").forEach(id -> ids.add(id.asInt()));
      Decoder decoder = DecoderBuilder.build(open.model(), open.reader());
      compare(given.get("logits"), decoder.begin().readAll(ids));
      assertThat(decoder.begin().readPrompt(ids)).containsExactly(logits.getLast(), within(1e-3f));
    }
  }

  private static void compare(JsonNode expected, List<float[]> all) {
    List<float[]> found = List.of(all.getFirst(), all.get(all.size() / 2), all.getLast());
    double squares = 0;
    double sum = 0;
    double worst = 0;
    int count = 0;
    for (int row = 0; row < found.size(); row++) {
      for (int token = 0; token < found.get(row).length; token++) {
        double value = expected.get(row).get(token).asDouble();
        squares += value * value;
        sum += value;
        count++;
        worst = Math.max(worst, Math.abs(value - found.get(row)[token]));
      }
    }
    double deviation = Math.sqrt(squares / count - sum * sum / count / count);
    assertThat(worst / deviation)
        .as("largest difference in standard deviations")
        .isLessThan(TOLERANCE);
  }

  /** The numbers that the script draws: 24 bits of splitmix64, counted from the name's CRC-32. */
  private static float[] draw(String name, List<Long> dimensions) {
    int size = (int) dimensions.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
    CRC32 crc = new CRC32();
    crc.update(name.getBytes(StandardCharsets.UTF_8));
    boolean offset = name.endsWith("bias") || name.contains("sinks");
    float scale = (float) (2.2 / Math.sqrt(dimensions.getLast()));
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      long z = ((crc.getValue() << 32) + i) * 0x9E3779B97F4A7C15L;
      z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
      z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
      z ^= z >>> 31;
      float uniform = (float) ((z >>> 40) / (double) (1 << 24) - 0.5);
      values[i] = dimensions.size() > 1 ? uniform * scale : offset ? uniform : 1 + 0.4f * uniform;
    }
    return values;
  }
}
