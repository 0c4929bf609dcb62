package dev.stemma.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Model;
import dev.stemma.artifact.Shape;
import dev.stemma.artifact.Tensor;
import dev.stemma.source.LocalBytes;
import dev.stemma.testing.Shared;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelReaderTest {
  @TempDir Path folder;

  @Test
  void readsGoldenLlama() {
    try (LocalBytes bytes = new LocalBytes()) {
      Model model = TestFiles.read(Shared.path("golden/llama"), bytes);
      assertThat(model.config().orElseThrow().modelType()).contains("llama");
      assertThat(model.tensors())
          .isNotEmpty()
          .isSortedAccordingTo((a, b) -> a.name().compareTo(b.name()));
      assertThat(model.digest().hexadecimal()).hasSize(64);
    }
  }

  @Test
  void shardsMakeOneModel() throws IOException {
    write(
        "model-00001-of-00002.safetensors",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}",
        7);
    write(
        "model-00002-of-00002.safetensors",
        "{\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}",
        9);
    try (LocalBytes bytes = new LocalBytes()) {
      assertThat(TestFiles.read(folder, bytes).tensors())
          .extracting(Tensor::name)
          .containsExactly("a", "b");
    }
    text(
        "model.safetensors.index.json",
        "{\"weight_map\":{\"a\":\"model-00001-of-00002.safetensors\",\"b\":\"model-00002-of-00002.safetensors\"}}");
    try (LocalBytes bytes = new LocalBytes()) {
      Model model = TestFiles.read(folder, bytes);
      assertThat(model.tensors()).extracting(Tensor::name).containsExactly("a", "b");
      assertThat(model.tensors().getLast().shape()).isEqualTo(Shape.of(1));
      assertThat(new TensorReader(bytes).readAll(model.tensors().getLast().view()))
          .containsExactly(9);
    }
    Files.delete(folder.resolve("model-00002-of-00002.safetensors"));
    fails(ErrorCode.INDEX_MISMATCH);
    Files.delete(folder.resolve("model.safetensors.index.json"));
    fails(ErrorCode.INDEX_MISMATCH);
  }

  @Test
  void onlyAConfigurationIsAModel() throws IOException {
    text("config.json", "{\"model_type\":\"llama\",\"time_step_limit\":[0.0,Infinity]}");
    try (LocalBytes bytes = new LocalBytes()) {
      Model model = TestFiles.read(folder, bytes);
      assertThat(model.tensors()).isEmpty();
      assertThat(model.config().orElseThrow().modelType()).contains("llama");
    }
  }

  @Test
  void unrelatedFilesAreAmbiguous() throws IOException {
    write("one.safetensors", "{}");
    write("two.safetensors", "{}");
    assertThat(fails(ErrorCode.AMBIGUOUS_FILES).found())
        .contains("one.safetensors", "two.safetensors");
    write(
        "model.safetensors", "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 7);
    try (LocalBytes bytes = new LocalBytes()) {
      assertThat(TestFiles.read(folder, bytes).tensors()).hasSize(1);
    }
  }

  @Test
  void nothingThatIsAModel() throws IOException {
    text("README.md", "hello");
    fails(ErrorCode.NO_MODEL_FILE);
  }

  @Test
  void theDigestFollowsTheBytes() throws IOException {
    write(
        "model.safetensors", "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 7);
    String before = digest();
    assertThat(digest()).isEqualTo(before);
    write(
        "model.safetensors", "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 8);
    assertThat(digest()).isNotEqualTo(before);
  }

  private String digest() {
    try (LocalBytes bytes = new LocalBytes()) {
      return TestFiles.read(folder, bytes).digest().hexadecimal();
    }
  }

  private ArtifactException fails(ErrorCode code) {
    try (LocalBytes bytes = new LocalBytes()) {
      ArtifactException[] thrown = new ArtifactException[1];
      assertThatThrownBy(() -> TestFiles.read(folder, bytes))
          .isInstanceOfSatisfying(ArtifactException.class, e -> thrown[0] = e);
      assertThat(thrown[0].code()).isEqualTo(code);
      return thrown[0];
    }
  }

  private void text(String name, String content) throws IOException {
    Files.write(folder.resolve(name), content.getBytes(StandardCharsets.UTF_8));
  }

  private void write(String name, String header, int... data) throws IOException {
    byte[] octets = new byte[data.length];
    for (int i = 0; i < data.length; i++) {
      octets[i] = (byte) data[i];
    }
    Files.write(folder.resolve(name), TestFiles.safetensors(header, octets));
  }
}
