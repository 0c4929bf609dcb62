package dev.stemma.testing;

import dev.stemma.artifact.ElementType;
import dev.stemma.format.SafetensorsWriter;
import dev.stemma.format.SafetensorsWriter.Entry;
import dev.stemma.source.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/**
 * Writes random checkpoints with many routed experts and a shared one, under their public names.
 */
public final class ExpertModel {
  private ExpertModel() {}

  /**
   * Sizes.
   *
   * @param dense leading layers without experts
   */
  public record Shape(
      String type, int hidden, int neurons, int layers, int dense, int experts, int vocabulary) {}

  /** Writes config.json and model.safetensors into a new folder. */
  public static Path write(Path folder, Shape shape, long seed) throws IOException {
    return write(folder, shape, seed, entries -> entries);
  }

  /**
   * Writes a child of the model of this seed: its experts in another order, which keeps the
   * function, and its weights with noise of this size relative to their own.
   */
  public static Path shuffled(Path folder, Shape shape, long seed, double noise)
      throws IOException {
    Random random = new Random(seed + 77);
    List<List<Integer>> orders = new ArrayList<>();
    for (int layer = 0; layer < shape.layers(); layer++) {
      List<Integer> order =
          new ArrayList<>(java.util.stream.IntStream.range(0, shape.experts()).boxed().toList());
      java.util.Collections.shuffle(order, random);
      orders.add(order);
    }
    return write(
        folder,
        shape,
        seed,
        entries ->
            entries.stream().map(entry -> changed(entry, shape, orders, noise, random)).toList());
  }

  private static Entry changed(
      Entry entry, Shape shape, List<List<Integer>> orders, double noise, Random random) {
    float[] values = new float[(int) entry.shape().elements()];
    entry.values().read(0, values.length, values);
    String name = entry.name();
    java.util.regex.Matcher at =
        java.util.regex.Pattern.compile(
                "(model\\.layers\\.(\\d+)\\.mlp\\.)(gate|experts\\.(\\d+))(\\..+)")
            .matcher(name);
    if (at.matches()) {
      List<Integer> order = orders.get(Integer.parseInt(at.group(2)));
      if (at.group(4) == null) {
        float[] before = values.clone();
        int width = shape.hidden();
        for (int row = 0; row < order.size(); row++) {
          System.arraycopy(before, order.get(row) * width, values, row * width, width);
        }
      } else {
        name =
            at.group(1) + "experts." + order.indexOf(Integer.parseInt(at.group(4))) + at.group(5);
      }
    }
    for (int index = 0; index < values.length; index++) {
      values[index] += (float) (0.02 * noise * random.nextGaussian());
    }
    return new Entry(
        name,
        entry.type(),
        entry.shape(),
        (first, count, destination) ->
            System.arraycopy(values, (int) first, destination, 0, count));
  }

  private static Path write(Path folder, Shape shape, long seed, UnaryOperator<List<Entry>> change)
      throws IOException {
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"model_type":"%s","architectures":["%s"],"hidden_size":%d,"intermediate_size":%d,
         "moe_intermediate_size":%d,"num_hidden_layers":%d,"num_attention_heads":8,
         "num_key_value_heads":2,"head_dim":%d,"n_routed_experts":%d,"n_shared_experts":1,
         "num_experts_per_tok":4,"first_k_dense_replace":%d,"vocab_size":%d,"hidden_act":"silu",
         "rms_norm_eps":1e-5,"norm_topk_prob":true,"tie_word_embeddings":false}
        """
            .formatted(
                shape.type(),
                shape.type().startsWith("glm") ? "Glm4MoeForCausalLM" : "SolarOpenForCausalLM",
                shape.hidden(),
                4 * shape.neurons(),
                shape.neurons(),
                shape.layers(),
                shape.hidden() / 8,
                shape.experts(),
                shape.dense(),
                shape.vocabulary()));
    Random random = new Random(seed);
    List<Entry> entries = new ArrayList<>();
    int hidden = shape.hidden();
    entries.add(matrix("model.embed_tokens", shape.vocabulary(), hidden, random));
    entries.add(matrix("lm_head", shape.vocabulary(), hidden, random));
    entries.add(gain("model.norm", hidden, random));
    for (int layer = 0; layer < shape.layers(); layer++) {
      String at = "model.layers." + layer + ".";
      entries.add(gain(at + "input_layernorm", hidden, random));
      entries.add(gain(at + "post_attention_layernorm", hidden, random));
      entries.add(matrix(at + "self_attn.q_proj", hidden, hidden, random));
      entries.add(matrix(at + "self_attn.k_proj", hidden / 4, hidden, random));
      entries.add(matrix(at + "self_attn.v_proj", hidden / 4, hidden, random));
      entries.add(matrix(at + "self_attn.o_proj", hidden, hidden, random));
      if (layer < shape.dense()) {
        mlp(entries, at + "mlp.", 4 * shape.neurons(), hidden, random);
        continue;
      }
      entries.add(matrix(at + "mlp.gate", shape.experts(), hidden, random));
      mlp(entries, at + "mlp.shared_experts.", shape.neurons(), hidden, random);
      for (int expert = 0; expert < shape.experts(); expert++) {
        mlp(entries, at + "mlp.experts." + expert + ".", shape.neurons(), hidden, random);
      }
    }
    SafetensorsWriter.write(
        folder.resolve("model.safetensors"), change.apply(entries), Progress.NONE);
    return folder;
  }

  private static void mlp(List<Entry> entries, String at, int neurons, int hidden, Random random) {
    entries.add(matrix(at + "gate_proj", neurons, hidden, random));
    entries.add(matrix(at + "up_proj", neurons, hidden, random));
    entries.add(matrix(at + "down_proj", hidden, neurons, random));
  }

  private static Entry matrix(String name, int rows, int columns, Random random) {
    return entry(name, dev.stemma.artifact.Shape.of(rows, columns), 0, 0.02, random);
  }

  private static Entry gain(String name, int size, Random random) {
    return entry(name, dev.stemma.artifact.Shape.of(size), 1, 0.1, random);
  }

  private static Entry entry(
      String name, dev.stemma.artifact.Shape shape, double mean, double spread, Random random) {
    float[] values = new float[(int) shape.elements()];
    for (int index = 0; index < values.length; index++) {
      values[index] = (float) (mean + spread * random.nextGaussian());
    }
    return new Entry(
        name + ".weight",
        ElementType.BF16,
        shape,
        (first, count, destination) ->
            System.arraycopy(values, (int) first, destination, 0, count));
  }
}
