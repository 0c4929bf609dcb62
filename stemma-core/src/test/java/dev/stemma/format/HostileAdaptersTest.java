package dev.stemma.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Model;
import dev.stemma.artifact.Shape;
import dev.stemma.artifact.Tensor;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters and packed weights that contradict themselves end in an error that says how. */
class HostileAdaptersTest {
  private static final String A = "base_model.model.layer.lora_A.weight";
  private static final String B = "base_model.model.layer.lora_B.weight";

  /** A tensor of four-byte elements that all have these bits. */
  private record Entry(String name, ElementType type, Shape shape, int bits) {}

  private static final String CONFIG = "{\"peft_type\":\"LORA\",\"r\":2,\"lora_alpha\":8}";

  @TempDir Path folder;
  private final LocalBytes bytes = new LocalBytes();
  private int written;
  private Path base;

  @BeforeEach
  void base() throws IOException {
    base = model("{}", "config.json", entry("layer.weight", ElementType.F32, 3, 4));
  }

  @AfterEach
  void close() {
    bytes.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"r\":0,\"lora_alpha\":8}",
        "{\"r\":-2,\"lora_alpha\":8}",
        "{\"r\":16,\"lora_alpha\":8}",
        "{\"r\":\"2\",\"lora_alpha\":8}",
        "{\"r\":2,\"lora_alpha\":\"NaN\"}",
        "{\"r\":2,\"lora_alpha\":1e308}",
        "{\"r\":2,\"lora_alpha\":[]}",
        "{\"r\":2,\"rank_pattern\":{\"layer\":0}}",
        "{\"r\":2,\"alpha_pattern\":{\"layer\":1e300}}",
        "{\"r\":2,\"peft_type\":\"IA3\"}",
        "{\"r\":2,\"use_dora\":true}"
      })
  void settingsThatCannotBe(String config) throws IOException {
    fails(ErrorCode.BAD_ARGUMENT, adapter(config, a(2, 4), b(3, 2)));
  }

  @Test
  void factorsThatDoNotFit() throws IOException {
    fails(ErrorCode.INDEX_MISMATCH, adapter(CONFIG, a(2, 4), b(3, 1)));
    fails(ErrorCode.INDEX_MISMATCH, adapter(CONFIG, a(2, 5), b(3, 2)));
    fails(ErrorCode.INDEX_MISMATCH, adapter(CONFIG, a(2, 4), b(4, 2)));
    fails(ErrorCode.INDEX_MISMATCH, adapter(CONFIG, a(2, 4)));
    fails(ErrorCode.INDEX_MISMATCH, adapter(CONFIG, b(3, 2), a(2, 4), lone("other.lora_B.weight")));
    fails(ErrorCode.BAD_ARGUMENT, adapter(CONFIG, a(0, 4), b(3, 0)));
    fails(
        ErrorCode.INDEX_MISMATCH,
        adapter(
            CONFIG,
            entry("base_model.model.missing.lora_A.weight", ElementType.F32, 2, 4),
            entry("base_model.model.missing.lora_B.weight", ElementType.F32, 3, 2)));
  }

  @Test
  void theNameOfTheBaseIsNeverFollowed() throws IOException {
    Path adapter =
        adapter(
            "{\"r\":2,\"lora_alpha\":8,\"base_model_name_or_path\":\"../../../etc/passwd\"}",
            a(2, 4),
            b(3, 2));
    Model read = read(adapter);
    assertThat(read.tensors()).hasSize(2);
    assertThat(Adapters.merge(read(base), read).tensors()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "'{\"bits\":3}', 8, 2, 2, 32, 32",
    "'{\"bits\":0}', 4, 2, 2, 32, 32",
    "'{\"bits\":-4}', 4, 2, 2, 32, 32",
    "'{\"bits\":99999999999}', 4, 2, 2, 32, 32",
    "'{\"bits\":4,\"group_size\":0}', 4, 2, 2, 32, 32",
    "'{\"bits\":4,\"group_size\":128}', 4, 2, 2, 32, 32",
    "'{\"bits\":4,\"group_size\":16}', 4, 3, 2, 32, 32",
    "'{\"bits\":4,\"group_size\":16}', 4, 2, 3, 32, 32",
    "'{\"bits\":4,\"group_size\":16}', 4, 2, 2, 7, 32",
    "'{\"bits\":4,\"group_size\":16}', 4, 0, 2, 32, 32",
    "'{\"bits\":8,\"group_size\":16}', 4, 2, 2, 32, 32",
    "'{\"bits\":4,\"version\":\"gemv\"}', 32, 2, 2, 32, 256"
  })
  void packedWeightsThatCannotBe(
      String settings, int words, int zeroRows, int scaleRows, int groups, int outputs)
      throws IOException {
    fails(
        ErrorCode.BAD_SHAPE,
        model(
            "{\"quantization_config\":" + settings + "}",
            "config.json",
            entry("m.qweight", ElementType.I32, words, 32),
            entry("m.qzeros", ElementType.I32, zeroRows, 4),
            entry("m.scales", ElementType.F32, scaleRows, outputs),
            entry("m.g_idx", ElementType.I32, groups)));
  }

  @Test
  void packedWeightsWithoutTheirPartners() throws IOException {
    Entry words = entry("m.qweight", ElementType.I32, 4, 32);
    Entry zeros = entry("m.qzeros", ElementType.I32, 2, 4);
    Entry scales = entry("m.scales", ElementType.F32, 2, 32);
    fails(ErrorCode.BAD_SHAPE, model("{}", "config.json", words, zeros));
    fails(ErrorCode.BAD_SHAPE, model("{}", "config.json", words, scales));
    Path symmetric =
        model("{\"quantization_config\":{\"sym\":true}}", "config.json", words, scales);
    assertThat(read(symmetric).tensors()).hasSize(1);
  }

  @Test
  void groupsThatAreNotThere() throws IOException {
    Path model =
        model(
            "{}",
            "config.json",
            entry("m.qweight", ElementType.I32, 4, 32),
            entry("m.qzeros", ElementType.I32, 2, 4),
            entry("m.scales", ElementType.F32, 2, 32),
            filled("m.g_idx", ElementType.I32, 99, 32));
    Tensor weight = read(model).tensors().getFirst();
    assertThatThrownBy(() -> new TensorReader(bytes).readAll(weight.view()))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining("a row below 2");
  }

  /** Whatever is in the headers, reading ends in a model or in a typed error. */
  @Test
  void anyBytes() throws IOException {
    Path adapter = adapter(CONFIG, a(2, 4), b(3, 2));
    Path packed =
        model(
            "{\"quantization_config\":{\"bits\":4,\"group_size\":16}}",
            "config.json",
            entry("m.qweight", ElementType.I32, 4, 32),
            entry("m.qzeros", ElementType.I32, 2, 4),
            entry("m.scales", ElementType.F32, 2, 32),
            entry("m.g_idx", ElementType.I32, 32));
    Random random = new Random(11);
    int refused = 0;
    int rounds = Integer.getInteger("stemma.fuzz", 300);
    for (int round = 0; round < rounds; round++) {
      Path of = random.nextBoolean() ? adapter : packed;
      List<Path> files;
      try (java.util.stream.Stream<Path> all = Files.list(of)) {
        files = all.sorted().toList();
      }
      Path copy = Files.createDirectory(folder.resolve("fuzz" + round));
      for (Path file : files) {
        byte[] content = Files.readAllBytes(file);
        for (int change = random.nextInt(3); change >= 0; change--) {
          // Headers and settings rather than values.
          content[random.nextInt(Math.min(content.length, 420))] =
              (byte)
                  (random.nextInt(3) == 0
                      ? random.nextInt(256)
                      : "0123456789-[]{},\"".charAt(random.nextInt(17)));
        }
        Files.write(copy.resolve(file.getFileName()), content);
      }
      try {
        Model model = read(copy);
        Model whole = Adapters.isAdapter(model) ? Adapters.merge(read(base), model) : model;
        for (Tensor tensor : whole.tensors()) {
          new TensorReader(bytes).readAll(tensor.view());
        }
      } catch (ArtifactException e) {
        refused++;
        assertThat(e.code()).isNotNull();
      }
    }
    assertThat(refused).isPositive();
  }

  private void fails(ErrorCode code, Path model) {
    assertThatThrownBy(
            () -> {
              Model read = read(model);
              if (Adapters.isAdapter(read)) {
                Adapters.merge(read(base), read);
              }
            })
        .isInstanceOfSatisfying(
            ArtifactException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }

  private Model read(Path model) {
    return new ModelReader()
        .read(Sources.standard().resolve(model.toString(), Progress.NONE), bytes);
  }

  private Path adapter(String config, Entry... entries) throws IOException {
    return model(config, "adapter_config.json", entries);
  }

  private Path model(String config, String name, Entry... entries) throws IOException {
    Path model = Files.createDirectory(folder.resolve("model" + written++));
    Files.writeString(model.resolve(name), config);
    String file = name.startsWith("adapter") ? "adapter_model.safetensors" : "model.safetensors";
    List<String> header = new ArrayList<>();
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (Entry entry : entries) {
      int from = data.size();
      for (long element = 0; element < entry.shape().elements(); element++) {
        byte[] value =
            ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(entry.bits()).array();
        data.write(value);
      }
      header.add(
          "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
              .formatted(
                  entry.name(), entry.type(), entry.shape().dimensions(), from, data.size()));
    }
    byte[] json = ("{" + String.join(",", header) + "}").getBytes(StandardCharsets.UTF_8);
    ByteBuffer all =
        ByteBuffer.allocate(8 + json.length + data.size()).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(
        model.resolve(file), all.putLong(json.length).put(json).put(data.toByteArray()).array());
    return model;
  }

  private static Entry a(long rank, long inputs) {
    return entry(A, ElementType.F32, rank, inputs);
  }

  private static Entry b(long outputs, long rank) {
    return entry(B, ElementType.F32, outputs, rank);
  }

  private static Entry lone(String name) {
    return entry(name, ElementType.F32, 3, 2);
  }

  private static Entry entry(String name, ElementType type, long... shape) {
    return filled(name, type, 0, shape);
  }

  private static Entry filled(String name, ElementType type, int bits, long... shape) {
    return new Entry(name, type, Shape.of(shape), bits);
  }
}
