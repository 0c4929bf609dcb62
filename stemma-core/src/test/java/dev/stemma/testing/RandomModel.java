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
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * Writes random checkpoints with the structure that trained ones have and that could fool a test:
 * heavy tails, low rank, outlier channels, sorted neurons, structured gains, tied tables, experts,
 * embedding norms that follow the token's rank in every model. Two seeds share nothing else.
 */
public final class RandomModel {
  /** Sizes; no experts means dense. */
  public record Size(int hidden, int neurons, int layers, int vocabulary, int experts) {
    int heads() {
      return Math.max(2, hidden / 16);
    }
  }

  private enum Tails {
    NORMAL,
    STUDENT,
    CUBED
  }

  private final Random random;
  private final Size size;
  private final Tails tails;
  private final boolean lowRank;
  private final boolean outliers;
  private final boolean sorted;
  private final boolean structuredGains;
  private final boolean tied;
  private final float[] channels;
  private final List<Entry> entries = new ArrayList<>();

  private RandomModel(Size size, long seed) {
    this.size = size;
    random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
    tails = Tails.values()[random.nextInt(3)];
    lowRank = random.nextInt(3) == 0;
    outliers = random.nextInt(3) == 0;
    sorted = random.nextInt(4) == 0;
    structuredGains = random.nextBoolean();
    tied = random.nextInt(3) == 0;
    channels = new float[size.hidden()];
    Arrays.fill(channels, 1);
    for (int channel = 0; outliers && channel < 1 + size.hidden() / 40; channel++) {
      channels[random.nextInt(size.hidden())] = 20;
    }
  }

  /** Writes config.json and model.safetensors into a new folder. */
  public static Path write(Path folder, Size size, long seed) throws IOException {
    return new RandomModel(size, seed).write(folder);
  }

  private Path write(Path folder) throws IOException {
    Files.createDirectories(folder);
    boolean mixture = size.experts() > 0;
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"model_type":"%s","architectures":["%s"],"hidden_size":%d,"intermediate_size":%d,
         "num_hidden_layers":%d,"num_attention_heads":%d,"num_key_value_heads":%d,"vocab_size":%d,%s
         "hidden_act":"silu","rms_norm_eps":1e-5,"rope_theta":10000.0,"max_position_embeddings":64,
         "tie_word_embeddings":%s}
        """
            .formatted(
                mixture ? "mixtral" : "llama",
                mixture ? "MixtralForCausalLM" : "LlamaForCausalLM",
                size.hidden(),
                size.neurons(),
                size.layers(),
                size.heads(),
                size.heads() / 2,
                size.vocabulary(),
                mixture
                    ? "\"num_local_experts\":%d,\"num_experts_per_tok\":2,"
                        .formatted(size.experts())
                    : "",
                tied));
    float[] table = table();
    add("model.embed_tokens.weight", Shape.of(size.vocabulary(), size.hidden()), table);
    if (!tied) {
      add("lm_head.weight", Shape.of(size.vocabulary(), size.hidden()), table());
    }
    add("model.norm.weight", Shape.of(size.hidden()), gains(0));
    for (int layer = 0; layer < size.layers(); layer++) {
      layer(layer);
    }
    entries.sort(Comparator.comparing(Entry::name));
    SafetensorsWriter.write(folder.resolve("model.safetensors"), entries, Progress.NONE);
    return folder;
  }

  private void layer(int layer) {
    String at = "model.layers." + layer + ".";
    int hidden = size.hidden();
    add(at + "input_layernorm.weight", Shape.of(hidden), gains(layer));
    add(at + "post_attention_layernorm.weight", Shape.of(hidden), gains(layer));
    add(at + "self_attn.q_proj.weight", Shape.of(hidden, hidden), reading(hidden));
    add(at + "self_attn.k_proj.weight", Shape.of(hidden / 2, hidden), reading(hidden / 2));
    add(at + "self_attn.v_proj.weight", Shape.of(hidden / 2, hidden), reading(hidden / 2));
    add(at + "self_attn.o_proj.weight", Shape.of(hidden, hidden), matrix(hidden, hidden));
    if (size.experts() == 0) {
      mlp(at + "mlp.gate_proj", at + "mlp.up_proj", at + "mlp.down_proj");
      return;
    }
    String mixture = at + "block_sparse_moe.";
    add(mixture + "gate.weight", Shape.of(size.experts(), hidden), reading(size.experts()));
    for (int expert = 0; expert < size.experts(); expert++) {
      String own = mixture + "experts." + expert + ".";
      mlp(own + "w1", own + "w3", own + "w2");
    }
  }

  private void mlp(String gateName, String upName, String downName) {
    int neurons = size.neurons();
    int hidden = size.hidden();
    float[] gate = reading(neurons);
    float[] up = reading(neurons);
    float[] down = matrix(hidden, neurons);
    // Gate and up of one trained neuron resemble each other, and so do what it reads and writes.
    for (int neuron = 0; neuron < neurons; neuron++) {
      float strength = (float) Math.exp(0.3 * random.nextGaussian());
      float common = (float) (0.5 * random.nextGaussian());
      float written = (float) (0.3 * random.nextGaussian());
      for (int column = 0; column < hidden; column++) {
        int index = neuron * hidden + column;
        up[index] = strength * (up[index] + common * gate[index]);
        gate[index] *= strength;
        down[column * neurons + neuron] += written * gate[index];
      }
    }
    if (sorted) {
      Integer[] order = new Integer[neurons];
      Arrays.setAll(order, index -> index);
      Arrays.sort(order, Comparator.comparingDouble(neuron -> -norm(gate, neuron)));
      rowsInOrder(gate, order);
      rowsInOrder(up, order);
      float[] before = down.clone();
      for (int row = 0; row < hidden; row++) {
        for (int neuron = 0; neuron < neurons; neuron++) {
          down[row * neurons + neuron] = before[row * neurons + order[neuron]];
        }
      }
    }
    add(gateName + ".weight", Shape.of(neurons, hidden), gate);
    add(upName + ".weight", Shape.of(neurons, hidden), up);
    add(downName + ".weight", Shape.of(hidden, neurons), down);
  }

  private double norm(float[] rows, int row) {
    double sum = 0;
    for (int column = 0; column < size.hidden(); column++) {
      sum += rows[row * size.hidden() + column] * rows[row * size.hidden() + column];
    }
    return sum;
  }

  private void rowsInOrder(float[] rows, Integer[] order) {
    float[] before = rows.clone();
    for (int row = 0; row < order.length; row++) {
      System.arraycopy(
          before, order[row] * size.hidden(), rows, row * size.hidden(), size.hidden());
    }
  }

  /** Row norms fall with the token's number in every model; each has a direction of its own. */
  private float[] table() {
    float[] table = reading(size.vocabulary());
    float[] direction = matrix(1, size.hidden());
    for (int token = 0; token < size.vocabulary(); token++) {
      float norm = (float) (Math.pow(token + 1.0, -0.3) * Math.exp(0.1 * random.nextGaussian()));
      for (int column = 0; column < size.hidden(); column++) {
        int index = token * size.hidden() + column;
        table[index] = norm * (table[index] + 0.7f * direction[column]);
      }
    }
    return table;
  }

  private float[] gains(int layer) {
    float[] gains = new float[size.hidden()];
    for (int index = 0; index < gains.length; index++) {
      double around = structuredGains ? 0.4 + 0.1 * layer : 1;
      double spread = structuredGains ? 0.4 : 0;
      gains[index] = (float) (around * Math.exp(spread * random.nextGaussian()));
    }
    return gains;
  }

  /** A matrix that reads the hidden space. */
  private float[] reading(int rows) {
    float[] matrix = matrix(rows, size.hidden());
    for (int index = 0; index < matrix.length; index++) {
      matrix[index] *= channels[index % size.hidden()];
    }
    return matrix;
  }

  private float[] matrix(int rows, int columns) {
    float[] matrix = new float[rows * columns];
    for (int index = 0; index < matrix.length; index++) {
      matrix[index] = 0.02f * entry();
    }
    if (lowRank) {
      int rank = Math.max(1, Math.min(rows, columns) / 8);
      float[] left = new float[rows * rank];
      float[] right = new float[rank * columns];
      for (int index = 0; index < left.length; index++) {
        left[index] = entry();
      }
      for (int index = 0; index < right.length; index++) {
        right[index] = entry();
      }
      for (int row = 0; row < rows; row++) {
        for (int k = 0; k < rank; k++) {
          float factor = 0.04f * left[row * rank + k] / (float) Math.sqrt(rank);
          for (int column = 0; column < columns; column++) {
            matrix[row * columns + column] += factor * right[k * columns + column];
          }
        }
      }
    }
    return matrix;
  }

  private float entry() {
    double normal = random.nextGaussian();
    return (float)
        switch (tails) {
          case NORMAL -> normal;
          case STUDENT -> {
            double squares = 0;
            for (int degree = 0; degree < 3; degree++) {
              double next = random.nextGaussian();
              squares += next * next;
            }
            yield normal / Math.sqrt(squares / 3);
          }
          case CUBED -> normal * normal * normal;
        };
  }

  private void add(String name, Shape shape, float[] values) {
    entries.add(
        new Entry(
            name,
            ElementType.BF16,
            shape,
            (first, count, destination) ->
                System.arraycopy(values, (int) first, destination, 0, count)));
  }
}
