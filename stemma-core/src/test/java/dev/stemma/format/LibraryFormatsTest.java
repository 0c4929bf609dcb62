package dev.stemma.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.offset;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.Model;
import dev.stemma.artifact.Shape;
import dev.stemma.artifact.Tensor;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Files as PyTorch, llama.cpp's package, PEFT, ONNX Runtime and safetensors write them, made by
 * {@code bench/formats/make.py}: every value is the library's own, bit for bit, or the error is the
 * one that was asked for. With {@code -Dstemma.formats=FOLDER} the cases are those of a folder.
 */
class LibraryFormatsTest {
  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void readsWhatTheLibraryWrote(String name) throws IOException, URISyntaxException {
    Path folder = root().resolve(name);
    JsonNode expected =
        JsonMapper.shared().readTree(Files.readString(folder.resolve("expected.json")));
    try (LocalBytes bytes = new LocalBytes()) {
      if (expected.has("error")) {
        ArtifactException error =
            catchThrowableOfType(ArtifactException.class, () -> values(folder, expected, bytes));
        assertThat(error).as("an error is expected").isNotNull();
        assertThat(error.code().name()).isEqualTo(expected.at("/error/code").asString(""));
        for (JsonNode mention : expected.at("/error/mentions")) {
          assertThat(error.getMessage()).contains(mention.asString(""));
        }
        return;
      }
      if (expected.has("close")) {
        close(folder, expected, bytes);
        return;
      }
      Map<String, String> wanted = new TreeMap<>();
      expected
          .get("tensors")
          .properties()
          .forEach(entry ->
              wanted.put(
                  entry.getKey(),
                  entry.getValue().get("shape")
                      + " "
                      + entry.getValue().get("sha256").asString("")));
      Map<String, String> found = values(folder, expected, bytes);
      if (expected.path("subset").asBoolean(false)) {
        assertThat(found).containsAllEntriesOf(wanted);
      } else {
        assertThat(found).isEqualTo(wanted);
      }
    }
  }

  /** Sums are not rounded in the library's order: equal within a few roundings of a float. */
  private static void close(Path folder, JsonNode expected, LocalBytes bytes) {
    TensorReader reader = new TensorReader(bytes);
    Map<String, Tensor> found = new TreeMap<>();
    model(folder, expected, bytes).tensors().forEach(tensor -> found.put(tensor.name(), tensor));
    List<Tensor> wanted = read(folder.resolve(expected.get("close").asString("")), bytes).tensors();
    assertThat(found.keySet()).isEqualTo(new TreeSet<>(wanted.stream().map(Tensor::name).toList()));
    for (Tensor tensor : wanted) {
      Tensor own = Objects.requireNonNull(found.get(tensor.name()));
      assertThat(own.shape()).isEqualTo(tensor.shape());
      assertThat(reader.readAll(own.view()))
          .as(tensor.name())
          .containsExactly(reader.readAll(tensor.view()), offset(2e-6f));
    }
  }

  private static Model model(Path folder, JsonNode expected, LocalBytes bytes) {
    Model model = read(folder.resolve(expected.path("model").asString("")), bytes);
    return expected.has("base")
        ? Adapters.merge(read(folder.resolve(expected.get("base").asString("")), bytes), model)
        : model;
  }

  private static Map<String, String> values(Path folder, JsonNode expected, LocalBytes bytes) {
    TensorReader reader = new TensorReader(bytes);
    Map<String, String> found = new TreeMap<>();
    for (Tensor tensor : model(folder, expected, bytes).tensors()) {
      found.put(tensor.name(), shape(tensor.shape()) + " " + sha256(reader.readAll(tensor.view())));
    }
    return found;
  }

  private static Model read(Path path, LocalBytes bytes) {
    return new ModelReader()
        .read(Sources.standard().resolve(path.toString(), Progress.NONE), bytes);
  }

  private static String shape(Shape shape) {
    return shape.dimensions().toString().replace(" ", "");
  }

  /** Any NaN counts as the one NaN. */
  private static String sha256(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putInt(Float.floatToIntBits(value));
    }
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static List<String> cases() throws IOException, URISyntaxException {
    try (Stream<Path> folders = Files.list(root())) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("expected.json")))
          .map(folder -> folder.getFileName().toString())
          .sorted()
          .toList();
    } catch (UncheckedIOException e) {
      throw new IOException(e);
    }
  }

  private static Path root() throws URISyntaxException {
    String given = System.getProperty("stemma.formats", "");
    return given.isEmpty()
        ? Path.of(Objects.requireNonNull(LibraryFormatsTest.class.getResource("/formats")).toURI())
        : Path.of(given);
  }
}
