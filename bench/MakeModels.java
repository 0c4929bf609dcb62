import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes many decoders of 100 million bfloat16 weights (200 MB each), nearly normal and each of a
 * seed of its own. Arguments: a folder, how many.
 */
final class MakeModels {
  private static final int HIDDEN = 768;
  private static final int NEURONS = 3072;
  private static final int LAYERS = 8;
  private static final int VOCABULARY = 32_000;

  private record Tensor(String name, long[] shape) {
    long elements() {
      long product = 1;
      for (long dimension : shape) {
        product *= dimension;
      }
      return product;
    }
  }

  public static void main(String... arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    for (int model = 0; model < Integer.parseInt(arguments[1]); model++) {
      Path target = folder.resolve("m%03d".formatted(model));
      if (!Files.exists(target.resolve("config.json"))) {
        write(target, model + 1);
      }
    }
  }

  private static void write(Path folder, long seed) throws IOException {
    Files.createDirectories(folder);
    List<Tensor> tensors = new ArrayList<>();
    tensors.add(new Tensor("model.embed_tokens.weight", new long[] {VOCABULARY, HIDDEN}));
    for (int layer = 0; layer < LAYERS; layer++) {
      String at = "model.layers." + layer + ".";
      for (String name : List.of("q_proj", "k_proj", "v_proj", "o_proj")) {
        tensors.add(new Tensor(at + "self_attn." + name + ".weight", new long[] {HIDDEN, HIDDEN}));
      }
      tensors.add(new Tensor(at + "mlp.gate_proj.weight", new long[] {NEURONS, HIDDEN}));
      tensors.add(new Tensor(at + "mlp.up_proj.weight", new long[] {NEURONS, HIDDEN}));
      tensors.add(new Tensor(at + "mlp.down_proj.weight", new long[] {HIDDEN, NEURONS}));
      tensors.add(new Tensor(at + "input_layernorm.weight", new long[] {HIDDEN}));
      tensors.add(new Tensor(at + "post_attention_layernorm.weight", new long[] {HIDDEN}));
    }
    tensors.add(new Tensor("model.norm.weight", new long[] {HIDDEN}));
    StringBuilder header = new StringBuilder("{");
    long offset = 0;
    for (Tensor tensor : tensors) {
      long end = offset + 2 * tensor.elements();
      header
          .append(header.length() > 1 ? "," : "")
          .append("\"%s\":{\"dtype\":\"BF16\",\"shape\":".formatted(tensor.name()))
          .append(java.util.Arrays.toString(tensor.shape()))
          .append(",\"data_offsets\":[%d,%d]}".formatted(offset, end));
      offset = end;
    }
    header.append("}");
    while (header.length() % 8 != 0) {
      header.append(' ');
    }
    byte[] text = header.toString().getBytes(StandardCharsets.US_ASCII);
    try (FileChannel out =
        FileChannel.open(
            folder.resolve("model.safetensors"),
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).flip());
      out.write(ByteBuffer.wrap(text));
      long state = seed * 0x9E3779B97F4A7C15L;
      ByteBuffer chunk = ByteBuffer.allocateDirect(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
      for (Tensor tensor : tensors) {
        boolean gain = tensor.shape().length == 1;
        for (long i = 0; i < tensor.elements(); i++) {
          state += 0x9E3779B97F4A7C15L;
          long z = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
          z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
          z ^= z >>> 31;
          // Four uniform numbers of 16 bits: nearly normal, deviation 0.02.
          float sum = (z & 0xffff) + (z >>> 16 & 0xffff) + (z >>> 32 & 0xffff) + (z >>> 48);
          float value = (sum / 65536 - 2) * 0.0346f + (gain ? 1 : 0);
          chunk.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
          if (!chunk.hasRemaining()) {
            out.write(chunk.flip());
            chunk.clear();
          }
        }
      }
      out.write(chunk.flip());
    }
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"model_type":"llama","architectures":["LlamaForCausalLM"],"hidden_size":%d,
         "intermediate_size":%d,"num_hidden_layers":%d,"num_attention_heads":12,
         "num_key_value_heads":12,"vocab_size":%d,"hidden_act":"silu","rms_norm_eps":1e-5,
         "rope_theta":10000.0,"max_position_embeddings":2048,"tie_word_embeddings":true}
        """
            .formatted(HIDDEN, NEURONS, LAYERS, VOCABULARY));
  }
}
