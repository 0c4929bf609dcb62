package dev.stemma.testing;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Checkpoints of any size that take no room: true headers, and a hole where values would be. */
public final class EmptyModel {
  private EmptyModel() {}

  private record Tensor(String name, int rows, int columns) {}

  /** A model of the llama family, in bfloat16. */
  public static Path llama(
      Path folder, int hidden, int neurons, int layers, int keyValue, int vocabulary)
      throws IOException {
    List<Tensor> tensors = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      attention(tensors, layer, hidden, hidden, keyValue);
      mlp(tensors, "model.layers." + layer + ".mlp.", hidden, neurons);
    }
    return write(
        folder,
        tensors,
        hidden,
        vocabulary,
        """
        {"model_type":"llama","architectures":["LlamaForCausalLM"],"hidden_size":%d,
         "intermediate_size":%d,"num_hidden_layers":%d,"num_attention_heads":%d,
         "num_key_value_heads":%d,"vocab_size":%d,"hidden_act":"silu","rms_norm_eps":1e-5,
         "tie_word_embeddings":false}
        """
            .formatted(
                hidden, neurons, layers, hidden / 64, Math.max(1, keyValue / 64), vocabulary));
  }

  /** A model of the Qwen3 family with many experts, in bfloat16. */
  public static Path experts(
      Path folder, int hidden, int neurons, int layers, int experts, int vocabulary)
      throws IOException {
    List<Tensor> tensors = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      attention(tensors, layer, hidden, 2 * hidden, 512);
      String mlp = "model.layers." + layer + ".mlp.";
      tensors.add(new Tensor(mlp + "gate.weight", experts, hidden));
      for (int expert = 0; expert < experts; expert++) {
        mlp(tensors, mlp + "experts." + expert + ".", hidden, neurons);
      }
    }
    return write(
        folder,
        tensors,
        hidden,
        vocabulary,
        """
        {"model_type":"qwen3_moe","architectures":["Qwen3MoeForCausalLM"],"hidden_size":%d,
         "intermediate_size":%d,"moe_intermediate_size":%d,"num_hidden_layers":%d,
         "num_attention_heads":%d,"num_key_value_heads":4,"head_dim":128,"vocab_size":%d,
         "num_experts":%d,"num_experts_per_tok":8,"norm_topk_prob":true,"hidden_act":"silu",
         "rms_norm_eps":1e-6,"decoder_sparse_step":1,"mlp_only_layers":[],
         "tie_word_embeddings":false}
        """
            .formatted(
                hidden, 3 * hidden, neurons, layers, 2 * hidden / 128, vocabulary, experts));
  }

  private static void attention(
      List<Tensor> tensors, int layer, int hidden, int heads, int keyValue) {
    String prefix = "model.layers." + layer + ".";
    tensors.add(new Tensor(prefix + "input_layernorm.weight", hidden, 0));
    tensors.add(new Tensor(prefix + "post_attention_layernorm.weight", hidden, 0));
    tensors.add(new Tensor(prefix + "self_attn.q_proj.weight", heads, hidden));
    tensors.add(new Tensor(prefix + "self_attn.k_proj.weight", keyValue, hidden));
    tensors.add(new Tensor(prefix + "self_attn.v_proj.weight", keyValue, hidden));
    tensors.add(new Tensor(prefix + "self_attn.o_proj.weight", hidden, heads));
  }

  private static void mlp(List<Tensor> tensors, String prefix, int hidden, int neurons) {
    tensors.add(new Tensor(prefix + "gate_proj.weight", neurons, hidden));
    tensors.add(new Tensor(prefix + "up_proj.weight", neurons, hidden));
    tensors.add(new Tensor(prefix + "down_proj.weight", hidden, neurons));
  }

  private static Path write(
      Path folder, List<Tensor> body, int hidden, int vocabulary, String config)
      throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("config.json"), config);
    List<Tensor> tensors = new ArrayList<>(body);
    tensors.add(new Tensor("model.embed_tokens.weight", vocabulary, hidden));
    tensors.add(new Tensor("lm_head.weight", vocabulary, hidden));
    tensors.add(new Tensor("model.norm.weight", hidden, 0));
    StringBuilder header = new StringBuilder("{");
    long at = 0;
    for (Tensor tensor : tensors) {
      boolean vector = tensor.columns() == 0;
      long end = at + 2L * tensor.rows() * (vector ? 1 : tensor.columns());
      header
          .append("\"" + tensor.name() + "\":{\"dtype\":\"BF16\",\"shape\":[" + tensor.rows())
          .append((vector ? "" : "," + tensor.columns()) + "],\"data_offsets\":[" + at)
          .append("," + end + "]},");
      at = end;
    }
    header.setCharAt(header.length() - 1, '}');
    byte[] bytes = header.toString().getBytes(StandardCharsets.UTF_8);
    try (RandomAccessFile file =
        new RandomAccessFile(folder.resolve("model.safetensors").toFile(), "rw")) {
      file.writeLong(Long.reverseBytes(bytes.length));
      file.write(bytes);
      file.setLength(8 + bytes.length + at);
    }
    return folder;
  }
}
