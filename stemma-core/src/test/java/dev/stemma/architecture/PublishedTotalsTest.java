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

  /** Sizes that the facts do not have; where keys are missing the official class fills them in. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          GPT-2 medium | 354823168 | {"model_type":"gpt2","n_embd":1024,"n_layer":24,"n_head":16}
          GPT-2 large | 774030080 | {"model_type":"gpt2","n_embd":1280,"n_layer":36,"n_head":20}
          Qwen2.5-7B | 7615616512 | {"model_type":"qwen2","vocab_size":152064,"hidden_size":3584,"intermediate_size":18944,"num_hidden_layers":28,"num_attention_heads":28,"num_key_value_heads":4,"tie_word_embeddings":false}
          Qwen2.5-32B | 32763876352 | {"model_type":"qwen2","vocab_size":152064,"hidden_size":5120,"intermediate_size":27648,"num_hidden_layers":64,"num_attention_heads":40,"num_key_value_heads":8}
          Qwen3-32B | 32762123264 | {"model_type":"qwen3","vocab_size":151936,"hidden_size":5120,"intermediate_size":25600,"num_hidden_layers":64,"num_attention_heads":64,"num_key_value_heads":8,"head_dim":128}
          Qwen3-235B-A22B | 235093634560 | {"model_type":"qwen3_moe","vocab_size":151936,"hidden_size":4096,"intermediate_size":12288,"moe_intermediate_size":1536,"num_hidden_layers":94,"num_attention_heads":64,"num_key_value_heads":4,"head_dim":128,"num_experts":128,"num_experts_per_tok":8,"norm_topk_prob":true}
          Qwen3-Coder-480B-A35B | 480154875392 | {"model_type":"qwen3_moe","vocab_size":151936,"hidden_size":6144,"moe_intermediate_size":2560,"num_hidden_layers":62,"num_attention_heads":96,"num_key_value_heads":8,"head_dim":128,"num_experts":160,"num_experts_per_tok":8}
          Qwen1.5-MoE-A2.7B | 14315784192 | {"model_type":"qwen2_moe","vocab_size":151936}
          Llama-3.2-3B | 3212749824 | {"model_type":"llama","vocab_size":128256,"hidden_size":3072,"intermediate_size":8192,"num_hidden_layers":28,"num_attention_heads":24,"num_key_value_heads":8,"head_dim":128,"tie_word_embeddings":true}
          Llama-3.1-70B | 70553706496 | {"model_type":"llama","vocab_size":128256,"hidden_size":8192,"intermediate_size":28672,"num_hidden_layers":80,"num_attention_heads":64,"num_key_value_heads":8}
          Llama-3.1-405B | 405853388800 | {"model_type":"llama","vocab_size":128256,"hidden_size":16384,"intermediate_size":53248,"num_hidden_layers":126,"num_attention_heads":128,"num_key_value_heads":8}
          Llama-2-13B | 13015864320 | {"model_type":"llama","hidden_size":5120,"intermediate_size":13824,"num_hidden_layers":40,"num_attention_heads":40}
          Mistral-7B | 7241732096 | {"model_type":"mistral"}
          Mistral-Nemo-12B | 12247782400 | {"model_type":"mistral","vocab_size":131072,"hidden_size":5120,"intermediate_size":14336,"num_hidden_layers":40,"num_attention_heads":32,"head_dim":128,"sliding_window":null}
          Mixtral-8x7B | 46702792704 | {"model_type":"mixtral"}
          Mixtral-8x22B | 140620634112 | {"model_type":"mixtral","vocab_size":32000,"hidden_size":6144,"intermediate_size":16384,"num_hidden_layers":56,"num_attention_heads":48,"num_key_value_heads":8}
          Gemma-2B | 2506172416 | {"model_type":"gemma","hidden_size":2048,"intermediate_size":16384,"num_hidden_layers":18,"num_attention_heads":8,"num_key_value_heads":1}
          Gemma-7B | 8537680896 | {"model_type":"gemma"}
          Gemma-2-2B | 2614341888 | {"model_type":"gemma2"}
          Gemma-2-9B | 9241705984 | {"model_type":"gemma2","hidden_size":3584,"intermediate_size":14336,"num_hidden_layers":42,"num_attention_heads":16,"num_key_value_heads":8}
          Gemma-2-27B | 27227128320 | {"model_type":"gemma2","hidden_size":4608,"intermediate_size":36864,"num_hidden_layers":46,"num_attention_heads":32,"num_key_value_heads":16,"head_dim":128,"query_pre_attn_scalar":144}
          Gemma-3-1B | 999885952 | {"model_type":"gemma3_text","vocab_size":262144,"hidden_size":1152,"intermediate_size":6912,"num_hidden_layers":26,"num_attention_heads":4,"num_key_value_heads":1,"head_dim":256,"sliding_window":512}
          Gemma-3-12B | 12187325040 | {"model_type":"gemma3","text_config":{"hidden_size":3840,"intermediate_size":15360,"model_type":"gemma3_text","num_attention_heads":16,"num_hidden_layers":48,"num_key_value_heads":8,"sliding_window":1024},"vision_config":{"hidden_size":1152,"image_size":896,"intermediate_size":4304,"model_type":"siglip_vision_model","num_attention_heads":16,"num_hidden_layers":27,"patch_size":14}}
          Gemma-3-27B | 27432406640 | {"model_type":"gemma3","text_config":{"head_dim":128,"hidden_size":5376,"intermediate_size":21504,"model_type":"gemma3_text","num_attention_heads":32,"num_hidden_layers":62,"num_key_value_heads":16,"query_pre_attn_scalar":168,"sliding_window":1024},"vision_config":{"hidden_size":1152,"image_size":896,"intermediate_size":4304,"model_type":"siglip_vision_model","num_attention_heads":16,"num_hidden_layers":27,"patch_size":14}}
          Phi-2 | 2779683840 | {"model_type":"phi","hidden_size":2560,"intermediate_size":10240,"num_hidden_layers":32,"num_attention_heads":32,"partial_rotary_factor":0.4}
          Phi-3-mini | 3821079552 | {"model_type":"phi3"}
          Phi-3-medium | 13960238080 | {"model_type":"phi3","hidden_size":5120,"intermediate_size":17920,"num_hidden_layers":40,"num_attention_heads":40,"num_key_value_heads":10}
          Phi-4-mini | 3836021760 | {"model_type":"phi3","vocab_size":200064,"hidden_size":3072,"intermediate_size":8192,"num_hidden_layers":32,"num_attention_heads":24,"num_key_value_heads":8,"tie_word_embeddings":true}
          Phi-3.5-MoE | 41873153344 | {"model_type":"phimoe","attention_bias":true,"lm_head_bias":true}
          OLMo-2-1B | 1484916736 | {"model_type":"olmo2","vocab_size":100352,"hidden_size":2048,"intermediate_size":8192,"num_hidden_layers":16,"num_attention_heads":16,"num_key_value_heads":16}
          OLMo-2-32B | 32234279936 | {"model_type":"olmo2","vocab_size":100352,"hidden_size":5120,"intermediate_size":27648,"num_hidden_layers":64,"num_attention_heads":40,"num_key_value_heads":8}
          Falcon-7B | 6921720704 | {"model_type":"falcon"}
          Falcon-40B | 41303293952 | {"model_type":"falcon","hidden_size":8192,"num_hidden_layers":60,"num_attention_heads":128,"num_kv_heads":8,"new_decoder_architecture":true}
          BLOOM-1B1 | 1065314304 | {"model_type":"bloom","n_embed":1536,"n_layer":24,"num_attention_heads":16}
          BLOOM-7B1 | 7069016064 | {"model_type":"bloom","n_embed":4096,"n_layer":30,"num_attention_heads":32}
          BLOOM | 176247271424 | {"model_type":"bloom","n_embed":14336,"n_layer":70,"num_attention_heads":112}
          OPT-125M from the defaults | 125239296 | {"model_type":"opt"}
          OPT-1.3B | 1315758080 | {"model_type":"opt","hidden_size":2048,"num_hidden_layers":24,"num_attention_heads":32,"ffn_dim":8192}
          OPT-6.7B | 6658473984 | {"model_type":"opt","hidden_size":4096,"num_hidden_layers":32,"num_attention_heads":32,"ffn_dim":16384}
          Pythia-410M | 405334016 | {"model_type":"gpt_neox","vocab_size":50304,"hidden_size":1024,"num_hidden_layers":24,"num_attention_heads":16,"intermediate_size":4096}
          Pythia-6.9B | 6857302016 | {"model_type":"gpt_neox","vocab_size":50432,"hidden_size":4096,"num_hidden_layers":32,"num_attention_heads":32,"intermediate_size":16384}
          GPT-NeoX-20B | 20554567680 | {"model_type":"gpt_neox"}
          gpt-oss-20b | 20914757184 | {"model_type":"gpt_oss","num_hidden_layers":24,"num_local_experts":32}
          StarCoder2-15B | 15957889024 | {"model_type":"starcoder2","hidden_size":6144,"intermediate_size":24576,"num_hidden_layers":40,"num_attention_heads":48,"num_key_value_heads":4,"tie_word_embeddings":false}
          SmolLM2-360M | 361821120 | {"model_type":"llama","vocab_size":49152,"hidden_size":960,"intermediate_size":2560,"num_hidden_layers":32,"num_attention_heads":15,"num_key_value_heads":5,"tie_word_embeddings":true}
          InternLM2-20B | 19861149696 | {"model_type":"internlm2","vocab_size":92544,"hidden_size":6144,"intermediate_size":16384,"num_hidden_layers":48,"num_attention_heads":48,"num_key_value_heads":8,"bias":false}
          InternLM2-1.8B | 1889110016 | {"model_type":"internlm2","vocab_size":92544,"hidden_size":2048,"intermediate_size":8192,"num_hidden_layers":24,"num_attention_heads":16,"num_key_value_heads":8,"bias":false}
          Command-R+ | 103810674688 | {"model_type":"cohere","hidden_size":12288,"intermediate_size":33792,"num_hidden_layers":64,"num_attention_heads":96,"num_key_value_heads":8,"use_qk_norm":true}
          Qwen2.5-VL-72B | 73410777344 | {"model_type":"qwen2_5_vl","hidden_size":8192,"intermediate_size":29568,"num_hidden_layers":80,"num_attention_heads":64,"num_key_value_heads":8,"vocab_size":152064,"vision_config":{"depth":32,"hidden_size":1280,"intermediate_size":3456,"out_hidden_size":8192,"num_heads":16}}
          DeepSeek-V3 from the defaults | 671026404352 | {"model_type":"deepseek_v3"}
          BERT-base from the defaults | 109482240 | {"model_type":"bert"}
          SmolLM3-3B from the defaults | 3075098624 | {"model_type":"smollm3"}
          Command-R from the defaults | 34980831232 | {"model_type":"cohere"}
          StarCoder2-3B from the defaults | 3030371328 | {"model_type":"starcoder2"}
          Solar-Open-100B from the defaults | 102651793408 | {"model_type":"solar_open"}
          GLM-4.5-Air, head dimension stated | 106852245504 | {"model_type":"glm4_moe","head_dim":128,"attention_bias":true}
          gpt-oss-120b from the defaults | 116829156672 | {"model_type":"gpt_oss"}
          """)
  void anotherSizeComesOut(String name, long total, String config) {
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
