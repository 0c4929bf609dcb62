package dev.stemma.spark;

import dev.stemma.Investigation;
import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.Shape;
import dev.stemma.format.SafetensorsWriter;
import dev.stemma.format.SafetensorsWriter.Entry;
import dev.stemma.lab.Lab;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/** Small decoders with random weights, and what the lab makes of them. */
final class TestModels {
  private static final int HIDDEN = 64;
  private static final int NEURONS = 160;
  private static final int VOCABULARY = 400;

  private TestModels() {}

  static Path write(Path folder, int layers, long seed) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"model_type":"llama","architectures":["LlamaForCausalLM"],"hidden_size":%d,
         "intermediate_size":%d,"num_hidden_layers":%d,"num_attention_heads":4,
         "num_key_value_heads":2,"vocab_size":%d,"hidden_act":"silu","rms_norm_eps":1e-5,
         "rope_theta":10000.0,"max_position_embeddings":64,"tie_word_embeddings":true}
        """
            .formatted(HIDDEN, NEURONS, layers, VOCABULARY));
    Random random = new Random(seed);
    List<Entry> entries = new ArrayList<>();
    add(entries, random, "model.embed_tokens.weight", VOCABULARY, HIDDEN);
    gain(entries, random, "model.norm.weight");
    for (int layer = 0; layer < layers; layer++) {
      String at = "model.layers." + layer + ".";
      gain(entries, random, at + "input_layernorm.weight");
      gain(entries, random, at + "post_attention_layernorm.weight");
      add(entries, random, at + "self_attn.q_proj.weight", HIDDEN, HIDDEN);
      add(entries, random, at + "self_attn.k_proj.weight", HIDDEN / 2, HIDDEN);
      add(entries, random, at + "self_attn.v_proj.weight", HIDDEN / 2, HIDDEN);
      add(entries, random, at + "self_attn.o_proj.weight", HIDDEN, HIDDEN);
      add(entries, random, at + "mlp.gate_proj.weight", NEURONS, HIDDEN);
      add(entries, random, at + "mlp.up_proj.weight", NEURONS, HIDDEN);
      add(entries, random, at + "mlp.down_proj.weight", HIDDEN, NEURONS);
    }
    entries.sort(Comparator.comparing(Entry::name));
    SafetensorsWriter.write(folder.resolve("model.safetensors"), entries, Progress.NONE);
    return folder;
  }

  private static void add(List<Entry> entries, Random random, String name, int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (0.05 * random.nextGaussian());
    }
    entries.add(entry(name, Shape.of(rows, columns), values));
  }

  private static void gain(List<Entry> entries, Random random, String name) {
    float[] values = new float[HIDDEN];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.exp(0.2 * random.nextGaussian());
    }
    entries.add(entry(name, Shape.of(HIDDEN), values));
  }

  private static Entry entry(String name, Shape shape, float[] values) {
    return new Entry(
        name,
        ElementType.F32,
        shape,
        (first, count, destination) ->
            System.arraycopy(values, (int) first, destination, 0, count));
  }

  /** A derivative of a model, as {@code stemma lab derive} makes it. */
  static Path derive(Path base, String how, Path target) throws IOException {
    try (Investigation investigation = new Investigation(Sources.standard(), 2, Progress.NONE)) {
      new Lab(investigation::open, investigation.tensors(), Progress.NONE)
          .derive(base.toString(), how, 5, target, List.of());
    }
    return target;
  }
}
