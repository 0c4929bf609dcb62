"""Adapters as PEFT writes them, against PEFT's own merge_and_unload."""
import json

import peft
import torch
import transformers
from safetensors.torch import save_file

from case import case, refused

SMALL = dict(vocab_size=24, hidden_size=8, intermediate_size=12, num_hidden_layers=2, num_attention_heads=2,
             num_key_value_heads=1, max_position_embeddings=32)


def llama(**more):
    torch.manual_seed(7)
    return transformers.LlamaForCausalLM(transformers.LlamaConfig(**{**SMALL, **more}))


def qwen2():
    torch.manual_seed(8)
    model = transformers.Qwen2ForCausalLM(transformers.Qwen2Config(**SMALL))
    for name, parameter in model.named_parameters():
        if name.endswith("bias"):
            torch.nn.init.normal_(parameter)
    return model


def gpt2():
    torch.manual_seed(9)
    return transformers.GPT2LMHeadModel(transformers.GPT2Config(vocab_size=24, n_positions=8, n_embd=8, n_layer=2, n_head=2))


def adapter(folder, model, config, safe=True, change=None):
    """Saves the base and an adapter with random factors; merged by PEFT into expected.safetensors."""
    model.save_pretrained(folder / "base")
    torch.manual_seed(11)
    wrapped = peft.get_peft_model(model, config)
    for name, parameter in wrapped.named_parameters():
        if parameter.requires_grad:
            torch.nn.init.normal_(parameter, std=0.2)
    if change:
        change(wrapped)
    wrapped.save_pretrained(folder / "adapter", safe_serialization=safe)
    (folder / "adapter" / "README.md").unlink(missing_ok=True)
    return wrapped


def merged(folder, *arguments, **options):
    state = adapter(folder, *arguments, **options).merge_and_unload().state_dict()
    stored = {k for k in (folder / "base").glob("*.safetensors")}
    from safetensors.torch import load_file
    names = set().union(*(load_file(file).keys() for file in stored))
    save_file({k: v.contiguous().clone() for k, v in state.items() if k in names}, folder / "expected.safetensors")
    return {"error": False, "close": "expected.safetensors", "model": "adapter", "base": "base"}


def lora(**options):
    return peft.LoraConfig(**{**dict(r=3, lora_alpha=5, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM",
                                     init_lora_weights=False), **options})


def works(name, model, safe=True, **options):
    def maker(folder):
        return merged(folder, model(), lora(**options), safe=safe)
    maker.__module__, maker.__name__ = __name__, name
    case(maker)


def refuses(name, model, config, *mentions, code="BAD_ARGUMENT"):
    def maker(folder):
        adapter(folder, model(), config)
        return {**refused(code, *mentions), "model": "adapter", "base": "base"}
    maker.__module__, maker.__name__ = __name__, name
    case(maker)


works("plain", llama)
works("plain_as_bin", llama, safe=False)
works("every_linear_layer", llama, target_modules="all-linear")
works("rank_stabilised", llama, use_rslora=True)
works("patterns_by_name", llama, rank_pattern={"q_proj": 2}, alpha_pattern={"v_proj": 9})
works("patterns_by_expression", llama, target_modules="all-linear",
      rank_pattern={r"model\.layers\.0\..*_proj": 1, r"layers.1.mlp.(gate|up)_proj": 6},
      alpha_pattern={r"^model\.layers\.1\.self_attn\.[qk]_proj": 2, "mlp.down_proj": 11})
works("targets_by_expression", llama, target_modules=r".*layers\.1\.(self_attn|mlp)\.(o|up)_proj")
works("some_layers", llama, layers_to_transform=[1], layers_pattern="layers")
works("modules_to_save", llama, modules_to_save=["lm_head", "input_layernorm"])
works("embedding", llama, target_modules=["embed_tokens", "q_proj"])
works("bias_all", qwen2, bias="all")
works("bias_of_adapted", qwen2, bias="lora_only")
works("factor_bias", qwen2, lora_bias=True)
works("fan_in_fan_out", gpt2, target_modules=["c_attn", "c_proj"], fan_in_fan_out=True)
works("tied_embedding_head_saved", lambda: llama(tie_word_embeddings=True), modules_to_save=["embed_tokens"])
refuses("dora", llama, lora(use_dora=True), "use_dora")
refuses("pissa", llama, lora(init_lora_weights="pissa"), "init_lora_weights", "pissa")
refuses("olora", llama, lora(init_lora_weights="olora"), "init_lora_weights", "olora")
refuses("layer_replication", llama, lora(layer_replication=[[0, 2], [1, 2]]), "layer_replication")
refuses("some_tokens", llama, lora(trainable_token_indices=[3, 5, 23]), "trainable_token_indices")
refuses("loha", llama, peft.LoHaConfig(r=2, target_modules=["q_proj"]), "peft_type", "LOHA")
refuses("lokr", llama, peft.LoKrConfig(r=2, target_modules=["q_proj"]), "peft_type", "LOKR")
refuses("ia3", llama, peft.IA3Config(target_modules=["q_proj", "down_proj"], feedforward_modules=["down_proj"]), "peft_type", "IA3")
refuses("vera", llama, peft.VeraConfig(r=2, target_modules=["q_proj"]), "peft_type", "VERA")
refuses("prefix_tuning", llama, peft.PrefixTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=3), "peft_type", "PREFIX_TUNING")


@case
def gaussian_start(folder):
    return merged(folder, llama(), lora(init_lora_weights="gaussian"))


@case
def expression_that_never_ends(folder):
    adapter(folder, llama(), lora())
    path = folder / "adapter/adapter_config.json"
    config = json.loads(path.read_text())
    config["alpha_pattern"] = {"(([a-z_.0-9]+)+)+!": 3}
    path.write_text(json.dumps(config))
    return {**refused("BAD_ARGUMENT", "alpha_pattern"), "model": "adapter", "base": "base"}


@case
def expression_that_is_none(folder):
    adapter(folder, llama(), lora())
    path = folder / "adapter/adapter_config.json"
    config = json.loads(path.read_text())
    config["rank_pattern"] = {"(q_proj": 3}
    path.write_text(json.dumps(config))
    return {**refused("BAD_ARGUMENT", "rank_pattern"), "model": "adapter", "base": "base"}


@case
def fused_experts(folder):
    torch.manual_seed(7)
    model = transformers.MixtralForCausalLM(transformers.MixtralConfig(**SMALL, num_local_experts=3))
    adapter(folder, model, lora(target_modules=["q_proj"], target_parameters=["mlp.experts.down_proj"]))
    return {**refused("BAD_ARGUMENT", "target_parameters"), "model": "adapter", "base": "base"}
