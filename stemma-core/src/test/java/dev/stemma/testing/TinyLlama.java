package dev.stemma.testing;

import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.Shape;
import dev.stemma.format.SafetensorsWriter;
import dev.stemma.format.SafetensorsWriter.Entry;
import dev.stemma.source.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Writes a tiny random Llama checkpoint: hidden 16, 4 heads of 4, 2 key/value heads, 24 neurons,
 * vocabulary 40.
 */
public final class TinyLlama {
  private TinyLlama() {}

  /** Writes config.json and model.safetensors into a new folder. */
  public static Path write(Path folder, int layers, long seed) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"model_type":"llama","architectures":["LlamaForCausalLM"],"hidden_size":16,"intermediate_size":24,
         "num_hidden_layers":%d,"num_attention_heads":4,"num_key_value_heads":2,"head_dim":4,"vocab_size":40,
         "hidden_act":"silu","rms_norm_eps":1e-5,"rope_theta":10000.0,"max_position_embeddings":64,
         "tie_word_embeddings":false,"attention_bias":false,"mlp_bias":false}
        """
            .formatted(layers));
    Random random = new Random(seed);
    List<Entry> entries = new ArrayList<>();
    entries.add(matrix("model.embed_tokens.weight", 40, 16, random));
    entries.add(matrix("lm_head.weight", 40, 16, random));
    entries.add(gain("model.norm.weight", random));
    for (int layer = 0; layer < layers; layer++) {
      String prefix = "model.layers." + layer + ".";
      entries.add(gain(prefix + "input_layernorm.weight", random));
      entries.add(gain(prefix + "post_attention_layernorm.weight", random));
      entries.add(matrix(prefix + "self_attn.q_proj.weight", 16, 16, random));
      entries.add(matrix(prefix + "self_attn.k_proj.weight", 8, 16, random));
      entries.add(matrix(prefix + "self_attn.v_proj.weight", 8, 16, random));
      entries.add(matrix(prefix + "self_attn.o_proj.weight", 16, 16, random));
      entries.add(matrix(prefix + "mlp.gate_proj.weight", 24, 16, random));
      entries.add(matrix(prefix + "mlp.up_proj.weight", 24, 16, random));
      entries.add(matrix(prefix + "mlp.down_proj.weight", 16, 24, random));
    }
    SafetensorsWriter.write(folder.resolve("model.safetensors"), entries, Progress.NONE);
    return folder;
  }

  private static Entry matrix(String name, int rows, int columns, Random random) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * 0.3);
    }
    return entry(name, Shape.of(rows, columns), values);
  }

  private static Entry gain(String name, Random random) {
    float[] values = new float[16];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (1 + random.nextGaussian() * 0.1);
    }
    return entry(name, Shape.of(values.length), values);
  }

  private static Entry entry(String name, Shape shape, float[] values) {
    return new Entry(
        name,
        ElementType.F32,
        shape,
        (first, count, destination) ->
            System.arraycopy(values, (int) first, destination, 0, count));
  }
}
