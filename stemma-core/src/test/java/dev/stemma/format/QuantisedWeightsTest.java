package dev.stemma.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Model;
import dev.stemma.artifact.Shape;
import dev.stemma.artifact.Tensor;
import dev.stemma.artifact.TensorView;
import dev.stemma.source.LocalBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values packed here by their definition, read back through the views. */
class QuantisedWeightsTest {
  @TempDir Path folder;
  private final LocalBytes bytes = new LocalBytes();
  private final Random random = new Random(3);
  private final StringBuilder header = new StringBuilder("{");
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();

  @AfterEach
  void close() {
    bytes.close();
  }

  @Test
  void deepSeekBlocks() throws IOException {
    byte[] stored = new byte[130 * 200];
    random.nextBytes(stored);
    for (int i = 0; i < stored.length; i++) {
      stored[i] &= (byte) 0xf7; // never the NaN pattern
    }
    float[] scales = floats(2 * 2);
    put("w.weight", "F8_E4M3", stored, 130, 200);
    put("w.weight_scale_inv", "F32", bytes(scales), 2, 2);
    Tensor weight = only("{\"quantization_config\":{\"weight_block_size\":[128,128]}}");
    float[] values = new TensorReader(bytes).readAll(weight.view());
    for (int i = 0; i < values.length; i++) {
      int bits = stored[i] & 0xff;
      int exponent = (bits >> 3) & 15;
      double size =
          exponent == 0
              ? (bits & 7) * Math.pow(2, -9)
              : (1 + (bits & 7) / 8.0) * Math.pow(2, exponent - 7);
      float plain = (float) (bits > 127 ? -size : size);
      float scale = scales[i / 200 / 128 * 2 + i % 200 / 128];
      assertThat(values[i]).isEqualTo(plain * scale);
    }
  }

  @Test
  void gptqWithReorderedGroups() throws IOException {
    int inputs = 32;
    int outputs = 8;
    int[][] q = new int[inputs][outputs];
    int[] words = new int[inputs / 8 * outputs];
    for (int i = 0; i < inputs; i++) {
      for (int o = 0; o < outputs; o++) {
        q[i][o] = random.nextInt(16);
        words[i / 8 * outputs + o] |= q[i][o] << (4 * (i % 8));
      }
    }
    int[] zeros = new int[2];
    int[][] z = new int[2][outputs];
    for (int g = 0; g < 2; g++) {
      for (int o = 0; o < outputs; o++) {
        z[g][o] = 1 + random.nextInt(15);
        zeros[g] |= (z[g][o] - 1) << (4 * o);
      }
    }
    int[] groups = random.ints(inputs, 0, 2).toArray();
    float[] scales = floats(2 * outputs);
    put("m.qweight", "I32", bytes(words), inputs / 8, outputs);
    put("m.qzeros", "I32", bytes(zeros), 2, 1);
    put("m.scales", "F32", bytes(scales), 2, outputs);
    put("m.g_idx", "I32", bytes(groups), inputs);
    Tensor weight = only("{\"quantization_config\":{\"quant_method\":\"gptq\",\"bits\":4}}");
    assertThat(weight.name()).isEqualTo("m.weight");
    assertThat(weight.shape()).isEqualTo(Shape.of(outputs, inputs));
    float[] values = new TensorReader(bytes).readAll(weight.view());
    for (int o = 0; o < outputs; o++) {
      for (int i = 0; i < inputs; i++) {
        int g = groups[i];
        assertThat(values[o * inputs + i]).isEqualTo((q[i][o] - z[g][o]) * scales[g * outputs + o]);
      }
    }
  }

  @Test
  void awqOrder() throws IOException {
    int[] places = {0, 2, 4, 6, 1, 3, 5, 7};
    int inputs = 4;
    int[][] q = new int[inputs][8];
    int[] words = new int[inputs];
    int[] zeros = new int[2];
    for (int i = 0; i < inputs; i++) {
      for (int k = 0; k < 8; k++) {
        // The k-th nibble holds output number places[k].
        q[i][places[k]] = random.nextInt(16);
        words[i] |= q[i][places[k]] << (4 * k);
      }
    }
    int[][] z = new int[2][8];
    for (int g = 0; g < 2; g++) {
      for (int k = 0; k < 8; k++) {
        z[g][places[k]] = random.nextInt(16);
        zeros[g] |= z[g][places[k]] << (4 * k);
      }
    }
    float[] scales = floats(16);
    put("m.qweight", "I32", bytes(words), inputs, 1);
    put("m.qzeros", "I32", bytes(zeros), 2, 1);
    put("m.scales", "F32", bytes(scales), 2, 8);
    float[] values =
        new TensorReader(bytes)
            .readAll(only("{\"quantization_config\":{\"quant_method\":\"awq\"}}").view());
    for (int o = 0; o < 8; o++) {
      for (int i = 0; i < inputs; i++) {
        int g = i / 2;
        assertThat(values[o * inputs + i]).isEqualTo((q[i][o] - z[g][o]) * scales[g * 8 + o]);
      }
    }
  }

  @Test
  void scalesThatDoNotFit() throws IOException {
    put("w.weight", "F8_E4M3", new byte[16], 4, 4);
    put("w.weight_scale_inv", "F32", new byte[24], 2, 3);
    assertThatThrownBy(() -> only("{}"))
        .isInstanceOfSatisfying(
            ArtifactException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_SHAPE));
  }

  @Test
  void anAdapterIsMergedAsAView() throws IOException {
    float[] base = floats(12);
    put("layer.weight", "F32", bytes(base), 3, 4);
    Model whole = model("{}");
    header.setLength(1);
    data.reset();
    float[] a = floats(8);
    float[] b = floats(6);
    put("base_model.model.layer.lora_A.weight", "F32", bytes(a), 2, 4);
    put("base_model.model.layer.lora_B.weight", "F32", bytes(b), 3, 2);
    folder = Files.createDirectory(folder.resolve("adapter"));
    Files.write(
        folder.resolve("adapter_config.json"),
        "{\"r\":2,\"lora_alpha\":8}".getBytes(StandardCharsets.UTF_8));
    Model adapter = model("");
    assertThat(Adapters.isAdapter(adapter)).isTrue();
    assertThat(Adapters.isAdapter(whole)).isFalse();
    TensorView merged = Adapters.merge(whole, adapter).tensors().getFirst().view();
    float[] values = new TensorReader(bytes).readAll(merged);
    for (int i = 0; i < 12; i++) {
      double sum = 0;
      for (int k = 0; k < 2; k++) {
        sum += (double) b[i / 4 * 2 + k] * a[k * 4 + i % 4];
      }
      assertThat(values[i]).isEqualTo((float) (base[i] + 4 * sum));
    }
  }

  private Tensor only(String config) throws IOException {
    Model model = model(config);
    assertThat(model.tensors()).hasSize(1);
    assertThat(model.notes()).isNotEmpty();
    return model.tensors().getFirst();
  }

  private Model model(String config) throws IOException {
    if (!config.isEmpty()) {
      Files.write(folder.resolve("config.json"), config.getBytes(StandardCharsets.UTF_8));
    }
    Files.write(
        folder.resolve("model.safetensors"),
        TestFiles.safetensors(header + "}", data.toByteArray()));
    return TestFiles.read(folder, bytes);
  }

  private void put(String name, String type, byte[] values, long... dimensions) {
    header
        .append(header.length() > 1 ? "," : "")
        .append('"' + name + "\":{\"dtype\":\"" + type + "\",\"shape\":")
        .append(Shape.of(dimensions))
        .append(",\"data_offsets\":[" + data.size() + "," + (data.size() + values.length) + "]}");
    data.writeBytes(values);
  }

  private float[] floats(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static byte[] bytes(float[] values) {
    ByteBuffer buffer = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(values);
    return buffer.array();
  }

  private static byte[] bytes(int[] values) {
    ByteBuffer buffer = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asIntBuffer().put(values);
    return buffer.array();
  }
}
