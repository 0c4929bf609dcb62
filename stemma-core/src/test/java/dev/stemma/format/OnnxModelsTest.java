package dev.stemma.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.artifact.Model;
import dev.stemma.artifact.Tensor;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real models and their quantised twins, where this machine's Maven repository has them. */
class OnnxModelsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "all-minilm-l6-v2",
        "bge-small-en",
        "bge-small-en-v15",
        "e5-small-v2",
        "bge-small-zh"
      })
  void aQuantisedTwinHasTheSameNamesAndNearlyTheSameValues(String name) throws IOException {
    try (LocalBytes bytes = new LocalBytes()) {
      TensorReader reader = new TensorReader(bytes);
      Map<String, Tensor> plain = byName(read(name, bytes));
      Map<String, Tensor> quantised = byName(read(name + "-q", bytes));
      assertThat(plain).containsKey("encoder.layer.0.attention.self.query.weight");
      assertThat(plain.keySet()).noneMatch(key -> key.startsWith("onnx::"));
      TreeSet<String> missing = new TreeSet<>(plain.keySet());
      missing.removeAll(quantised.keySet());
      // The quantiser removes what the output does not need.
      missing.removeIf(key -> key.startsWith("pooler."));
      assertThat(missing).isEmpty();
      assertThat(plain.keySet()).containsAll(quantised.keySet());
      for (Tensor tensor : quantised.values()) {
        Tensor other = plain.getOrDefault(tensor.name(), tensor);
        assertThat(tensor.shape()).as(tensor.name()).isEqualTo(other.shape());
        if (tensor.shape().rank() == 2 && tensor.shape().rows() < 5000) {
          // Rounding to a grid of 127 (reduced range) or 255 steps over at most [-largest,
          // largest].
          float[] before = reader.readAll(other.view());
          float[] after = reader.readAll(tensor.view());
          float largest = 0;
          float difference = 0;
          for (int i = 0; i < before.length; i++) {
            largest = Math.max(largest, Math.abs(before[i]));
            difference = Math.max(difference, Math.abs(before[i] - after[i]));
          }
          assertThat(difference).as(tensor.name()).isLessThan(largest / 63 * 0.51f);
        }
      }
    }
  }

  private static Map<String, Tensor> byName(Model model) {
    Map<String, Tensor> tensors = new TreeMap<>();
    model.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
    return tensors;
  }

  private Model read(String name, LocalBytes bytes) throws IOException {
    String artifact = "langchain4j-embeddings-" + name;
    Path jar =
        Path.of(System.getProperty("user.home"), ".m2/repository/dev/langchain4j", artifact)
            .resolve("0.36.2/" + artifact + "-0.36.2.jar");
    Assumptions.assumeTrue(Files.exists(jar), () -> artifact + " is not in the local repository");
    List<SourceFile> files = new ArrayList<>();
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (var entry : zip.stream().filter(e -> e.getName().endsWith(".onnx")).toList()) {
        Path unpacked = folder.resolve(name + ".onnx");
        try (var in = zip.getInputStream(entry)) {
          Files.copy(in, unpacked);
        }
        files.add(new SourceFile(entry.getName(), unpacked.toUri(), Files.size(unpacked)));
      }
    }
    return new ModelReader().read(new SourceFiles(name, name, files), bytes);
  }
}
