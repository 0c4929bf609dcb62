package dev.stemma.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.artifact.Model;
import dev.stemma.artifact.Tensor;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** GPTQ's and AWQ's published layouts, packed by the script beside the fixture. */
class PackedLayoutsTest {
  @ParameterizedTest
  @ValueSource(strings = {"gptq", "awq"})
  void valuesAreThoseOfTheScript(String layout) throws IOException, URISyntaxException {
    Path folder =
        Path.of(Objects.requireNonNull(PackedLayoutsTest.class.getResource("/packed")).toURI());
    JsonNode expected =
        new ObjectMapper().readTree(Files.readString(folder.resolve("expected.json"))).get(layout);
    try (LocalBytes bytes = new LocalBytes()) {
      Model model =
          new ModelReader()
              .read(Sources.standard().resolve(folder.toString(), Progress.NONE), bytes);
      Tensor weight =
          model.tensors().stream()
              .filter(tensor -> tensor.name().equals(layout + ".weight"))
              .findFirst()
              .orElseThrow();
      assertThat(weight.shape().toString()).isEqualTo("[16, 32]");
      float[] values = new TensorReader(bytes).readAll(weight.view());
      assertThat(values).hasSize(expected.size());
      for (int index = 0; index < values.length; index++) {
        assertThat(values[index]).isEqualTo((float) expected.get(index).asDouble());
      }
    }
  }
}
