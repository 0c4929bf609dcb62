package dev.stemma.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.artifact.Model;
import dev.stemma.artifact.Shape;
import dev.stemma.artifact.Tensor;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;
import dev.stemma.testing.Shared;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The samples beside the project. */
class SampleModelsTest {
  @Test
  void ggufSpeaksHuggingFace() throws IOException {
    Path path = Shared.path("samples/gguf/llama-2-tiny-random.gguf");
    try (LocalBytes bytes = new LocalBytes()) {
      Model model = file(path, bytes);
      assertThat(model.tensors())
          .extracting(Tensor::name)
          .contains(
              "model.embed_tokens.weight",
              "model.layers.0.self_attn.q_proj.weight",
              "model.layers.0.mlp.down_proj.weight",
              "model.norm.weight",
              "lm_head.weight");
      assertThat(tensor(model, "model.layers.0.mlp.down_proj.weight").shape())
          .isEqualTo(Shape.of(8, 32));
      assertThat(model.config().orElseThrow().modelType()).contains("llama");
      assertThat(model.config().orElseThrow().integer("hidden_size")).isEqualTo(OptionalLong.of(8));
      // Two heads of four rows, stored as pairs: 0 2 1 3 of each.
      ByteBuffer stored = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
      long start = Files.size(path) - (514144 + 32000 * 8 * 2) + 512000;
      float[] query =
          new TensorReader(bytes)
              .readAll(tensor(model, "model.layers.0.self_attn.q_proj.weight").view());
      int[] from = {0, 2, 1, 3, 4, 6, 5, 7};
      for (int i = 0; i < 64; i++) {
        int element = from[i / 8] * 8 + i % 8;
        assertThat(query[i])
            .isEqualTo(Float.float16ToFloat(stored.getShort((int) start + 2 * element)));
      }
    }
  }

  @Test
  void vocabularyFilesHaveNoTensors() {
    try (LocalBytes bytes = new LocalBytes()) {
      Model model = file(Shared.path("samples/gguf/ggml-vocab-bert-bge.gguf"), bytes);
      assertThat(model.tensors()).isEmpty();
      assertThat(model.tokenizer()).isPresent();
      assertThat(model.config().orElseThrow().integer("num_hidden_layers"))
          .isEqualTo(OptionalLong.of(12));
    }
  }

  @Test
  void llama2cGetsNamesAndHalves() throws IOException {
    Path folder = Shared.path("samples/llama2c/stories260K");
    try (LocalBytes bytes = new LocalBytes()) {
      Model model = TestFiles.read(folder, bytes);
      assertThat(model.tensors()).hasSize(1 + 5 * 9 + 1);
      assertThat(tensor(model, "model.embed_tokens.weight").shape()).isEqualTo(Shape.of(512, 64));
      assertThat(model.config().orElseThrow().integer("num_key_value_heads"))
          .isEqualTo(OptionalLong.of(4));
      ByteBuffer stored =
          ByteBuffer.wrap(Files.readAllBytes(folder.resolve("stories260K.bin")))
              .order(ByteOrder.LITTLE_ENDIAN);
      // Behind the header: embeddings, five norms, then the first query matrix; heads of 8 rows.
      int start = 28 + (512 * 64 + 5 * 64) * 4;
      float[] query =
          new TensorReader(bytes)
              .readAll(tensor(model, "model.layers.0.self_attn.q_proj.weight").view());
      int[] from = {0, 2, 4, 6, 1, 3, 5, 7};
      for (int row = 0; row < 64; row++) {
        int source = row / 8 * 8 + from[row % 8];
        assertThat(query[row * 64 + 3]).isEqualTo(stored.getFloat(start + (source * 64 + 3) * 4));
      }
    }
  }

  private static Tensor tensor(Model model, String name) {
    return model.tensors().stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
  }

  private static Model file(Path path, LocalBytes bytes) {
    try {
      SourceFile file =
          new SourceFile(String.valueOf(path.getFileName()), path.toUri(), Files.size(path));
      return new ModelReader()
          .read(new SourceFiles(path.toString(), file.name(), List.of(file)), bytes);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
