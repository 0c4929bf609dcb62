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
            .formatted(hidden, 3 * hidden, neurons, layers, 2 * hidden / 128, vocabulary, experts));
  }

  /** A model of the DeepSeek family with latent attention, in bfloat16. */
  public static Path latent(
      Path folder, int hidden, int neurons, int layers, int experts, int vocabulary)
      throws IOException {
    List<Tensor> tensors = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      String prefix = "model.layers." + layer + ".";
      String attention = prefix + "self_attn.";
      tensors.add(new Tensor(prefix + "input_layernorm.weight", hidden, 0));
      tensors.add(new Tensor(prefix + "post_attention_layernorm.weight", hidden, 0));
      tensors.add(new Tensor(attention + "q_a_proj.weight", 1536, hidden));
      tensors.add(new Tensor(attention + "q_a_layernorm.weight", 1536, 0));
      tensors.add(new Tensor(attention + "q_b_proj.weight", 128 * 192, 1536));
      tensors.add(new Tensor(attention + "kv_a_proj_with_mqa.weight", 576, hidden));
      tensors.add(new Tensor(attention + "kv_a_layernorm.weight", 512, 0));
      tensors.add(new Tensor(attention + "kv_b_proj.weight", 128 * 256, 512));
      tensors.add(new Tensor(attention + "o_proj.weight", hidden, 128 * 128));
      tensors.add(new Tensor(prefix + "mlp.gate.weight", experts, hidden));
      tensors.add(new Tensor(prefix + "mlp.gate.e_score_correction_bias", experts, 0));
      for (int expert = 0; expert < experts; expert++) {
        mlp(tensors, prefix + "mlp.experts." + expert + ".", hidden, neurons);
      }
      mlp(tensors, prefix + "mlp.shared_experts.", hidden, neurons);
    }
    return write(
        folder,
        tensors,
        hidden,
        vocabulary,
        """
        {"model_type":"deepseek_v3","architectures":["DeepseekV3ForCausalLM"],"hidden_size":%d,
         "intermediate_size":%d,"moe_intermediate_size":%d,"num_hidden_layers":%d,
         "num_attention_heads":128,"num_key_value_heads":128,"vocab_size":%d,
         "n_routed_experts":%d,"n_shared_experts":1,"num_experts_per_tok":8,"q_lora_rank":1536,
         "kv_lora_rank":512,"qk_nope_head_dim":128,"qk_rope_head_dim":64,"v_head_dim":128,
         "first_k_dense_replace":0,"n_group":8,"topk_group":4,"norm_topk_prob":true,
         "hidden_act":"silu","rms_norm_eps":1e-6,"tie_word_embeddings":false}
        """
            .formatted(hidden, 9 * neurons, neurons, layers, vocabulary, experts));
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
