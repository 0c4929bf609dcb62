package dev.stemma.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Model;
import dev.stemma.artifact.Tensor;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A single file that a user names brings what belongs to it, and nothing else. */
class SingleFileTest {
  @TempDir Path folder;

  @Test
  void anIndexBringsItsShards() throws IOException {
    shards();
    Path index = folder.resolve("model.safetensors.index.json");
    Files.writeString(
        index,
        """
        {"weight_map":{"a":"model-00001-of-00002.safetensors",\
        "b":"model-00002-of-00002.safetensors"}}\
        """);
    assertThat(read(index).tensors()).extracting(Tensor::name).containsExactly("a", "b");
  }

  @Test
  void aNumberedPartBringsTheOthers() throws IOException {
    shards();
    Model model = read(folder.resolve("model-00002-of-00002.safetensors"));
    assertThat(model.tensors()).extracting(Tensor::name).containsExactly("a", "b");
    assertThat(model.notes()).anyMatch(note -> note.contains("other 1 parts"));
    Files.delete(folder.resolve("model-00001-of-00002.safetensors"));
    assertThat(refused(folder.resolve("model-00002-of-00002.safetensors")))
        .isEqualTo(ErrorCode.INDEX_MISMATCH);
  }

  @Test
  void anOnnxFileBringsItsExternalData() throws IOException {
    Path onnx = folder.resolve("model.onnx");
    Files.write(onnx, new OnnxFormatTest().valid());
    assertThat(refused(onnx)).isEqualTo(ErrorCode.NOT_FOUND);
    Files.write(folder.resolve("model.data"), new byte[64]);
    assertThat(read(onnx).tensors()).extracting(Tensor::name).contains("e");
    Files.move(folder.resolve("model.data"), folder.resolve("elsewhere"));
    Files.createSymbolicLink(folder.resolve("model.data"), folder.resolve("elsewhere"));
    assertThat(refused(onnx)).isEqualTo(ErrorCode.LINK_REFUSED);
  }

  @Test
  void weightsAreReadWithTheConfigurationBesideThemAndSaySo() throws IOException {
    shard("one.safetensors", "a");
    shard("two.safetensors", "b");
    Files.writeString(folder.resolve("config.json"), "{\"model_type\":\"llama\"}");
    Model model = read(folder.resolve("one.safetensors"));
    assertThat(model.tensors()).extracting(Tensor::name).containsExactly("a");
    assertThat(model.config().orElseThrow().modelType()).contains("llama");
    assertThat(model.notes())
        .containsExactly("one.safetensors: read with config.json from the same folder");
    assertThat(read(folder.resolve("config.json")).tensors()).isEmpty();
  }

  @Test
  void aFileChosenInsideAFolderBringsTheSame() throws IOException {
    shard("one.safetensors", "a");
    shard("two.safetensors", "b");
    Files.writeString(folder.resolve("config.json"), "{\"model_type\":\"llama\"}");
    Model model = read(Path.of(folder + "#one.safetensors"));
    assertThat(model.tensors()).extracting(Tensor::name).containsExactly("a");
    assertThat(model.config()).isPresent();
  }

  private void shards() throws IOException {
    shard("model-00001-of-00002.safetensors", "a");
    shard("model-00002-of-00002.safetensors", "b");
  }

  private void shard(String name, String tensor) throws IOException {
    String header = "{\"" + tensor + "\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}";
    Files.write(folder.resolve(name), TestFiles.safetensors(header, new byte[] {7}));
  }

  private ErrorCode refused(Path path) {
    return catchThrowableOfType(ArtifactException.class, () -> read(path)).code();
  }

  private Model read(Path path) {
    Sources sources = new Sources(folder.resolve("cache"));
    try (LocalBytes bytes = new LocalBytes()) {
      return new ModelReader().read(sources.resolve(path.toString(), Progress.NONE), bytes);
    }
  }
}
