import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.Shape;
import dev.stemma.format.SafetensorsWriter;
import dev.stemma.format.SafetensorsWriter.Entry;
import dev.stemma.source.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Writes a random Llama decoder of about 100 million parameters: FOLDER F32|BF16. */
final class MakeDecoder {
  static final int HIDDEN = 768;
  static final int FEED_FORWARD = 2304;
  static final int LAYERS = 12;
  static final int VOCABULARY = 16000;

  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    ElementType type = ElementType.named(arguments[1]).orElseThrow();
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"model_type":"llama","hidden_size":%d,"intermediate_size":%d,"num_hidden_layers":%d,
         "num_attention_heads":12,"num_key_value_heads":12,"head_dim":64,"vocab_size":%d,"rms_norm_eps":1e-5,
         "rope_theta":10000.0,"max_position_embeddings":2048,"tie_word_embeddings":false}
        """
            .formatted(HIDDEN, FEED_FORWARD, LAYERS, VOCABULARY));
    List<Entry> entries = new ArrayList<>();
    entries.add(entry("model.embed_tokens.weight", type, VOCABULARY, HIDDEN));
    entries.add(entry("lm_head.weight", type, VOCABULARY, HIDDEN));
    entries.add(gain("model.norm.weight"));
    for (int layer = 0; layer < LAYERS; layer++) {
      String prefix = "model.layers." + layer + ".";
      entries.add(gain(prefix + "input_layernorm.weight"));
      entries.add(gain(prefix + "post_attention_layernorm.weight"));
      for (String name : new String[] {"q", "k", "v", "o"}) {
        entries.add(entry(prefix + "self_attn." + name + "_proj.weight", type, HIDDEN, HIDDEN));
      }
      entries.add(entry(prefix + "mlp.gate_proj.weight", type, FEED_FORWARD, HIDDEN));
      entries.add(entry(prefix + "mlp.up_proj.weight", type, FEED_FORWARD, HIDDEN));
      entries.add(entry(prefix + "mlp.down_proj.weight", type, HIDDEN, FEED_FORWARD));
    }
    SafetensorsWriter.write(folder.resolve("model.safetensors"), entries, Progress.NONE);
  }

  private static Entry entry(String name, ElementType type, int rows, int columns) {
    Random random = new Random(name.hashCode());
    float scale = (float) (1 / Math.sqrt(columns));
    return new Entry(
        name,
        type,
        Shape.of(rows, columns),
        (first, count, destination) -> {
          for (int i = 0; i < count; i++) {
            destination[i] = (float) (random.nextGaussian() * scale);
          }
        });
  }

  private static Entry gain(String name) {
    return new Entry(
        name,
        ElementType.F32,
        Shape.of(HIDDEN),
        (first, count, destination) -> java.util.Arrays.fill(destination, 0, count, 1f));
  }
}
