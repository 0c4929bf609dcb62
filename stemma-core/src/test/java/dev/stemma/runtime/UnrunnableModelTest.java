package dev.stemma.runtime;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.Shape;
import dev.stemma.format.SafetensorsWriter;
import dev.stemma.source.Progress;
import dev.stemma.testing.OpenModel;
import dev.stemma.testing.TinyLlama;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model that cannot be run is told before the first token, with what is wrong. */
class UnrunnableModelTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"hidden_act\":\"silu\" | \"hidden_act\":\"snake\" | hidden_act",
        "\"rope_theta\":10000.0 | \"rope_scaling\":{\"type\":\"spiral\"} | rope_type",
        "\"rope_theta\":10000.0 | \"rope_theta\":0 | rope_theta",
        "\"rope_theta\":10000.0 | \"rope_scaling\":{\"type\":\"linear\",\"factor\":-2} | factor",
        "\"rope_theta\":10000.0 | \"rope_scaling\":{\"type\":\"longrope\"} | short_factor",
        "\"num_hidden_layers\":2 | \"num_hidden_layers\":3 | layer 2",
        "\"num_attention_heads\":4 | \"num_attention_heads\":3 | shape",
        "\"num_attention_heads\":4 | \"num_attention_heads\":0 | shape",
        "\"head_dim\":4 | \"head_dim\":8 | shape",
        "\"hidden_size\":16 | \"hidden_size\":20 | shape",
        "\"attention_bias\":false | \"attention_bias\":true | q_proj.bias",
        "\"model_type\":\"llama\" | \"model_type\":\"baichuan\" | model_type",
        "\"model_type\":\"llama\" | \"model_type\":\"nobody\" | model_type",
        "\"hidden_act\":\"silu\" | \"hidden_act\":3 | hidden_act",
        "\"rope_theta\":10000.0 | \"rope_theta\":\"10k\" | rope_theta",
        "\"rope_theta\":10000.0 | \"rope_scaling\":{\"type\":\"yarn\"} | factor",
        "\"rope_theta\":10000.0 | \"rope_scaling\":{\"type\":\"linear\",\"factor\":\"2\"} | factor",
        "\"rope_theta\":10000.0 | \"rope_theta\":10000.0,\"rms_norm_eps\":-1 | rms_norm_eps",
        "\"num_hidden_layers\":2 | \"num_hidden_layers\":0 | num_hidden_layers",
        "\"model_type\":\"llama\" | \"model_type\":\"llama4\" | router: sigmoid-of-chosen",
        "\"model_type\":\"llama\" | \"model_type\":\"falcon\",\"alibi\":true | ALiBi slopes",
        "\"model_type\":\"llama\" | \"model_type\":\"opt\",\"do_layer_norm_before\":false | norms"
            + " of sums",
        "\"model_type\":\"llama\" | \"model_type\":\"minimax\" | linearAttention: lightning",
        "\"model_type\":\"llama\" | \"model_type\":\"mamba\" | no family's file",
        "\"model_type\":\"llama\" | \"model_type\":\"mistral\",\"sliding_window\":-2 |"
            + " sliding_window",
        "\"model_type\":\"llama\" | \"model_type\":\"mistral\",\"sliding_window\":\"wide\" |"
            + " sliding_window",
        "\"model_type\":\"llama\" | \"model_type\":\"mistral\",\"layer_types\":[\"weird\"] |"
            + " layer_types, layer 0",
        "\"vocab_size\":40 | \"vocab_size\":50 | shape"
      })
  void theConfigurationIsWrong(String was, String is, String told) throws IOException {
    Path place = TinyLlama.write(folder.resolve("model"), 2, 1);
    Path config = place.resolve("config.json");
    Files.writeString(config, Files.readString(config).replace(was.strip(), is.strip()));
    refused(place, told);
  }

  @Test
  void aTensorIsMissing() throws IOException {
    Path place = TinyLlama.write(folder.resolve("model"), 2, 1);
    rewrite(place, "model.layers.1.mlp.up_proj.weight", null);
    refused(place, "layer 1 up");
  }

  @Test
  void aLayerHasAPartThatIsNotDescribed() throws IOException {
    Path place = TinyLlama.write(folder.resolve("model"), 2, 1);
    rewrite(place, null, "model.layers.1.self_attn.gate_gain.weight");
    refused(place, "gate_gain");
  }

  @Test
  void weightsThatAreNoNumbersGiveNoText() throws IOException {
    Path place = TinyLlama.write(folder.resolve("model"), 2, 1);
    rewrite(place, "model.layers.1.mlp.up_proj.weight", "model.layers.1.mlp.up_proj.weight");
    try (OpenModel open = OpenModel.at(place)) {
      Decoder decoder = DecoderBuilder.build(open.model(), open.reader());
      assertThatThrownBy(() -> decoder.begin().read(3, 0))
          .isInstanceOf(ArtifactException.class)
          .hasMessageContaining("output of layer 1");
      assertThatThrownBy(() -> decoder.begin().readPrompt(List.of(3, 4, 5, 6, 7)))
          .isInstanceOf(ArtifactException.class)
          .hasMessageContaining("output of layer 1");
    }
  }

  @Test
  void idsAndPositionsAreBounded() throws IOException {
    Path place = TinyLlama.write(folder.resolve("model"), 1, 1);
    try (OpenModel open = OpenModel.at(place)) {
      Decoder decoder = DecoderBuilder.build(open.model(), open.reader());
      assertThatThrownBy(() -> decoder.begin().read(40, 0)).hasMessageContaining("40");
      assertThatThrownBy(() -> decoder.begin().readPrompt(List.of(3, -1)))
          .hasMessageContaining("-1");
      Sequence sequence = decoder.begin();
      for (int i = 0; i < 64; i++) {
        sequence.read(1, 0);
      }
      assertThatThrownBy(() -> sequence.read(1, 0)).hasMessageContaining("64");
    }
  }

  private void refused(Path place, String told) throws IOException {
    assertThatThrownBy(
            () -> {
              try (OpenModel open = OpenModel.at(place)) {
                DecoderBuilder.build(open.model(), open.reader());
              }
            })
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining(told.strip());
  }

  /**
   * Writes the checkpoint anew without one tensor or with one more; the same name twice puts a NaN
   * into it.
   */
  private static void rewrite(
      Path place,
      @org.jspecify.annotations.Nullable String without,
      @org.jspecify.annotations.Nullable String with)
      throws IOException {
    List<SafetensorsWriter.Entry> entries = new ArrayList<>();
    try (OpenModel open = OpenModel.at(place)) {
      open.model()
          .model()
          .tensors()
          .forEach(tensor -> {
            float[] values = open.reader().readAll(tensor.view());
            if (!tensor.name().equals(without)) {
              entries.add(entry(tensor.name(), tensor.shape(), values));
            } else if (tensor.name().equals(with)) {
              values[0] = Float.NaN;
              entries.add(entry(tensor.name(), tensor.shape(), values));
            }
          });
    }
    if (with != null && !with.equals(without)) {
      entries.add(entry(with, Shape.of(16), new float[16]));
    }
    SafetensorsWriter.write(place.resolve("model.safetensors"), entries, Progress.NONE);
  }

  private static SafetensorsWriter.Entry entry(String name, Shape shape, float[] values) {
    return new SafetensorsWriter.Entry(
        name,
        ElementType.F32,
        shape,
        (first, count, out) -> System.arraycopy(values, (int) first, out, 0, count));
  }
}
