package dev.stemma.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Totals that are published for models outside the facts, among them odd members of families. */
class PublishedTotalsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          GPT-2 | 124439808 | {"model_type":"gpt2","vocab_size":50257,"n_positions":1024,"n_embd":768,"n_layer":12,"n_head":12}
          GPT-2 XL | 1557611200 | {"model_type":"gpt2","vocab_size":50257,"n_positions":1024,"n_embd":1600,"n_layer":48,"n_head":25,"n_inner":null}
          Pythia-70M | 70426624 | {"model_type":"gpt_neox","vocab_size":50304,"hidden_size":512,"num_hidden_layers":6,"num_attention_heads":8,"intermediate_size":2048,"rotary_pct":0.25,"tie_word_embeddings":false}
          Pythia-160M | 162322944 | {"model_type":"gpt_neox","vocab_size":50304,"hidden_size":768,"num_hidden_layers":12,"num_attention_heads":12,"intermediate_size":3072}
          OPT-125M | 125239296 | {"model_type":"opt","vocab_size":50272,"hidden_size":768,"num_hidden_layers":12,"num_attention_heads":12,"ffn_dim":3072,"max_position_embeddings":2048,"word_embed_proj_dim":768,"do_layer_norm_before":true,"_remove_final_layer_norm":false}
          OPT-350M | 331196416 | {"model_type":"opt","vocab_size":50272,"hidden_size":1024,"num_hidden_layers":24,"num_attention_heads":16,"ffn_dim":4096,"max_position_embeddings":2048,"word_embed_proj_dim":512,"do_layer_norm_before":false}
          BLOOM-560M | 559214592 | {"model_type":"bloom","vocab_size":250880,"n_embed":1024,"n_layer":24,"num_attention_heads":16}
          Baichuan2-13B | 13896668160 | {"model_type":"baichuan","vocab_size":125696,"hidden_size":5120,"num_hidden_layers":40,"num_attention_heads":40,"intermediate_size":13696}
          DeepSeek-V2-Lite | 15706484224 | {"model_type":"deepseek_v2","vocab_size":102400,"hidden_size":2048,"intermediate_size":10944,"moe_intermediate_size":1408,"num_hidden_layers":27,"num_attention_heads":16,"num_key_value_heads":16,"n_shared_experts":2,"n_routed_experts":64,"kv_lora_rank":512,"q_lora_rank":null,"qk_rope_head_dim":64,"v_head_dim":128,"qk_nope_head_dim":128,"num_experts_per_tok":6,"first_k_dense_replace":1}
          Qwen2.5-VL-3B | 3754622976 | {"model_type":"qwen2_5_vl","vocab_size":151936,"hidden_size":2048,"intermediate_size":11008,"num_hidden_layers":36,"num_attention_heads":16,"num_key_value_heads":2,"tie_word_embeddings":true,"vision_config":{"depth":32,"hidden_size":1280,"intermediate_size":3420,"num_heads":16,"in_chans":3,"out_hidden_size":2048,"patch_size":14,"spatial_merge_size":2,"temporal_patch_size":2}}
          Qwen2.5-VL-7B | 8292166656 | {"model_type":"qwen2_5_vl","vocab_size":152064,"hidden_size":3584,"intermediate_size":18944,"num_hidden_layers":28,"num_attention_heads":28,"num_key_value_heads":4,"tie_word_embeddings":false,"vision_config":{"depth":32,"hidden_size":1280,"intermediate_size":3420,"num_heads":16,"in_chans":3,"out_hidden_size":3584,"patch_size":14,"spatial_merge_size":2,"temporal_patch_size":2}}
          Gemma 3 4B | 4300079472 | {"model_type":"gemma3","text_config":{"model_type":"gemma3_text","hidden_size":2560,"intermediate_size":10240,"num_hidden_layers":34,"sliding_window":1024},"vision_config":{"hidden_size":1152,"image_size":896,"intermediate_size":4304,"model_type":"siglip_vision_model","num_attention_heads":16,"num_hidden_layers":27,"patch_size":14}}
          Llama 4 Scout | 108641793536 | {"model_type":"llama4","text_config":{"model_type":"llama4_text","vocab_size":202048,"hidden_size":5120,"intermediate_size":8192,"intermediate_size_mlp":16384,"num_hidden_layers":48,"num_attention_heads":40,"num_key_value_heads":8,"head_dim":128,"num_local_experts":16,"num_experts_per_tok":1,"interleave_moe_layer_step":1},"vision_config":{"hidden_size":1408,"intermediate_size":5632,"num_hidden_layers":34,"num_attention_heads":16,"image_size":336,"patch_size":14,"num_channels":3,"projector_input_dim":4096,"projector_output_dim":4096,"vision_output_dim":4096}}
          Llama 4 Maverick | 401583781376 | {"model_type":"llama4","text_config":{"model_type":"llama4_text","vocab_size":202048,"hidden_size":5120,"intermediate_size":8192,"intermediate_size_mlp":16384,"num_hidden_layers":48,"num_attention_heads":40,"num_key_value_heads":8,"head_dim":128,"num_local_experts":128,"num_experts_per_tok":1,"interleave_moe_layer_step":2},"vision_config":{"hidden_size":1408,"intermediate_size":5632,"num_hidden_layers":34,"num_attention_heads":16,"image_size":336,"patch_size":14,"num_channels":3,"projector_input_dim":4096,"projector_output_dim":4096,"vision_output_dim":4096}}
          Kimi K2 | 1026408209408 | {"model_type":"kimi_k2","vocab_size":163840,"hidden_size":7168,"intermediate_size":18432,"moe_intermediate_size":2048,"num_hidden_layers":61,"num_attention_heads":64,"num_key_value_heads":64,"n_shared_experts":1,"n_routed_experts":384,"kv_lora_rank":512,"q_lora_rank":1536,"qk_rope_head_dim":64,"v_head_dim":128,"qk_nope_head_dim":128,"num_experts_per_tok":8,"first_k_dense_replace":1,"num_nextn_predict_layers":0}
          HyperCLOVAX 32B with vision | 33313410304 | {"model_type":"hyperclovax_vision_v2","text_config":{"model_type":"hyperclovax","vocab_size":128256,"hidden_size":5120,"intermediate_size":24192,"num_hidden_layers":72,"num_attention_heads":40,"num_key_value_heads":8,"head_dim":128,"use_post_norm":false,"tie_word_embeddings":false},"vision_config":{"model_type":"qwen2_5_vl","depth":32,"hidden_size":1280,"intermediate_size":3456,"num_heads":16,"out_hidden_size":5120,"patch_size":14,"spatial_merge_size":2,"temporal_patch_size":2,"in_channels":3}}
          """)
  void aPublishedTotalComesOut(String name, long total, String config) {
    ParameterCount count = ParameterCount.of(Families.architecture(Headers.config(config)));
    assertThat(count.total()).as(name).isEqualTo(total);
  }

  @org.junit.jupiter.api.Test
  void theBlockForFurtherTokensOfAxk1() {
    KnownModel model = KnownModels.named("A.X-K1").orElseThrow();
    model.config().json().put("num_nextn_predict_layers", 1);
    try {
      assertThat(
              ParameterCount.of(Families.architecture(model.config()))
                  .of(Block.MULTI_TOKEN_PREDICTION))
          .isEqualTo(8_705_053_696L);
    } finally {
      model.config().json().remove("num_nextn_predict_layers");
    }
  }
}
