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
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A tiny random BERT: hidden 12, 3 heads of 4, 20 neurons, vocabulary 30, 16 positions. */
public final class TinyBert {
  private TinyBert() {}

  /** Random weights by name, row by row. */
  public static Map<String, float[]> weights(int layers, long seed) {
    Map<String, float[]> weights = new TreeMap<>();
    Random random = new Random(seed);
    add(weights, "embeddings.word_embeddings.weight", 30 * 12, random);
    add(weights, "embeddings.position_embeddings.weight", 16 * 12, random);
    add(weights, "embeddings.token_type_embeddings.weight", 2 * 12, random);
    add(weights, "embeddings.LayerNorm.weight", 12, random);
    add(weights, "embeddings.LayerNorm.bias", 12, random);
    for (int layer = 0; layer < layers; layer++) {
      String prefix = "encoder.layer." + layer + ".";
      for (String part : List.of("self.query", "self.key", "self.value", "output.dense")) {
        add(weights, prefix + "attention." + part + ".weight", 12 * 12, random);
        add(weights, prefix + "attention." + part + ".bias", 12, random);
      }
      add(weights, prefix + "attention.output.LayerNorm.weight", 12, random);
      add(weights, prefix + "attention.output.LayerNorm.bias", 12, random);
      add(weights, prefix + "intermediate.dense.weight", 20 * 12, random);
      add(weights, prefix + "intermediate.dense.bias", 20, random);
      add(weights, prefix + "output.dense.weight", 12 * 20, random);
      add(weights, prefix + "output.dense.bias", 12, random);
      add(weights, prefix + "output.LayerNorm.weight", 12, random);
      add(weights, prefix + "output.LayerNorm.bias", 12, random);
    }
    return weights;
  }

  private static void add(Map<String, float[]> weights, String name, int count, Random random) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextGaussian() * 0.5);
    }
    weights.put(name, values);
  }

  /** Writes the weights and a configuration with these heads; without one where it is 0. */
  public static Path write(Path folder, Map<String, float[]> weights, int heads)
      throws IOException {
    Files.createDirectories(folder);
    if (heads > 0) {
      Files.writeString(
          folder.resolve("config.json"),
          """
          {"model_type":"bert","hidden_size":12,"intermediate_size":20,"num_hidden_layers":2,
           "num_attention_heads":%d,"vocab_size":30,"hidden_act":"gelu","layer_norm_eps":1e-12,
           "max_position_embeddings":16,"type_vocab_size":2}
          """
              .formatted(heads));
    }
    List<Entry> entries = new ArrayList<>();
    weights.forEach((name, values) -> {
      int columns = name.endsWith("output.dense.weight") && values.length == 240 ? 20 : 12;
      boolean isMatrix = name.endsWith("weight") && !name.contains("LayerNorm");
      Shape shape = isMatrix ? Shape.of(values.length / columns, columns) : Shape.of(values.length);
      entries.add(
          new Entry(
              name,
              ElementType.F32,
              shape,
              (first, count, destination) ->
                  System.arraycopy(values, (int) first, destination, 0, count)));
    });
    SafetensorsWriter.write(folder.resolve("model.safetensors"), entries, Progress.NONE);
    return folder;
  }
}
