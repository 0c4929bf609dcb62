"""`stemma compare` on what the libraries make of one trained model, and on what no model should be.

    STEMMA=./stemma /tmp/torchenv/bin/python bench/formats/compare.py BASE [OUT.json]

BASE is a Llama checkpoint in safetensors (issue 5's alpha). Models go to /tmp/formats/pairs; a table to standard output;
the verdicts to OUT.json. Made with torch 2.13.0, transformers 5.18, gguf 0.19.0, peft 0.21.0.
"""
import datetime
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as Type
from safetensors.torch import load_file, save_file

PAIRS = pathlib.Path("/tmp/formats/pairs")
STEMMA = os.environ.get("STEMMA", "./stemma").split()
SHORT = {"self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
         "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down", "input_layernorm": "attn_norm",
         "post_attention_layernorm": "ffn_norm"}


def turned(weights, heads):
    return weights.reshape(heads, 2, weights.shape[0] // heads // 2, *weights.shape[1:]).swapaxes(1, 2).reshape(weights.shape)


def to_gguf(state, config, path, kind, keep=()):
    """As llama.cpp's converter: rows of Q and K turned, one-dimensional tensors in F32; `keep` stay F16."""
    w = gguf.GGUFWriter(path, "llama")
    heads, kv = config["num_attention_heads"], config.get("num_key_value_heads", config["num_attention_heads"])
    w.add_context_length(config.get("max_position_embeddings", 256))
    w.add_embedding_length(config["hidden_size"])
    w.add_block_count(config["num_hidden_layers"])
    w.add_feed_forward_length(config["intermediate_size"])
    w.add_head_count(heads)
    w.add_head_count_kv(kv)
    w.add_layer_norm_rms_eps(config["rms_norm_eps"])
    w.add_vocab_size(config["vocab_size"])
    for name, tensor in state.items():
        data = tensor.float().numpy()
        parts = name.split(".")
        if name == "model.embed_tokens.weight":
            short = "token_embd.weight"
        elif name == "model.norm.weight":
            short = "output_norm.weight"
        elif name == "lm_head.weight":
            short = "output.weight"
        else:
            short = f"blk.{parts[2]}.{SHORT['.'.join(parts[3:-1])]}.{parts[-1]}"
        if ".q_proj." in name or ".k_proj." in name:
            data = turned(data, heads if ".q_proj." in name else kv)
        of = Type.F32 if data.ndim == 1 else Type.F16 if short in keep or data.shape[-1] % gguf.GGML_QUANT_SIZES[kind][0] else kind
        if of in (Type.F32, Type.F16):
            w.add_tensor(short, data.astype(np.float32 if of == Type.F32 else np.float16))
        else:
            w.add_tensor(short, gguf.quants.quantize(data, of), raw_dtype=of)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


def folder(name, state, config, like):
    path = PAIRS / name
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    save_file({k: v.contiguous().clone() for k, v in state.items()}, path / "model.safetensors", metadata={"format": "pt"})
    (path / "config.json").write_text(json.dumps(config))
    return path


def run(name, *arguments):
    begun = time.time()
    done = subprocess.run([*STEMMA, "compare", *map(str, arguments), "--json"], capture_output=True, text=True)
    row = {"case": name, "exit": done.returncode, "seconds": round(time.time() - begun, 1)}
    try:
        report = json.loads(done.stdout)
        row["relation"] = report["verdict"]["relation"]
        row["components"] = {c["component"]: [c["relation"], c["kinds"], c.get("parent"),
                                              {k: v for k, v in c.get("details", {}).items() if v is not None}]
                             for c in report["components"]}
        row["summary"] = report["verdict"]["summary"]
    except (ValueError, KeyError):
        row["message"] = done.stderr.strip()[-400:]
    row["trace"] = "\tat " in done.stderr or "Exception in" in done.stderr
    print(json.dumps(row, ensure_ascii=False), flush=True)
    return row


def main(base, out=None):
    torch.set_num_threads(1)
    base = pathlib.Path(base)
    state = load_file(base / "model.safetensors")
    config = json.loads((base / "config.json").read_text())
    rows = []
    PAIRS.mkdir(parents=True, exist_ok=True)
    for kind in (Type.F32, Type.F16, Type.BF16, Type.Q8_0, Type.Q4_0, Type.Q4_1, Type.Q5_0, Type.Q5_1):
        path = PAIRS / f"base-{kind.name}.gguf"
        to_gguf(state, config, path, kind)
        rows.append(run(f"gguf {kind.name}", base, path))
    path = PAIRS / "base-Q8_0-but-two.gguf"
    to_gguf(state, config, path, Type.Q8_0, keep=("token_embd.weight", "blk.0.ffn_down.weight"))
    rows.append(run("gguf Q8_0, two tensors F16", base, path))
    torch.save(state, PAIRS / "model.bin")
    rows.append(run("torch.save", base, PAIRS / "model.bin"))
    torch.save(state, PAIRS / "old.bin", _use_new_zipfile_serialization=False)
    rows.append(run("torch.save before 1.6", base, PAIRS / "old.bin"))
    rows += adapters(base, state, config) + bad(base, state, config)
    if out:
        document = {"date": datetime.date.today().isoformat(), "base": base.name, "commit": subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip(), "compare": rows}
        pathlib.Path(out).write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def adapters(base, state, config):
    import peft
    import transformers
    rows = []
    made = {}
    for name, options in {"one": {}, "other": {"target_modules": ["q_proj", "up_proj"], "r": 2}}.items():
        torch.manual_seed(len(name))
        model = transformers.AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
        lora = peft.LoraConfig(**{**dict(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"], init_lora_weights=False), **options})
        wrapped = peft.get_peft_model(model, lora)
        for parameter_name, parameter in wrapped.named_parameters():
            if parameter.requires_grad:
                torch.nn.init.normal_(parameter, std=0.02)
        wrapped.save_pretrained(PAIRS / f"adapter-{name}")
        merged = wrapped.merge_and_unload().state_dict()
        made[name] = folder(f"merged-{name}", {k: merged[k] for k in state}, config, base)
    rows.append(run("adapter on its base", base, PAIRS / "adapter-one"))
    rows.append(run("base ++ adapter, and PEFT's merge", f"{base}++{PAIRS / 'adapter-one'}", made["one"]))
    rows.append(run("base and PEFT's merge", base, made["one"]))
    rows.append(run("two adapters on one base", f"{base}++{PAIRS / 'adapter-one'}", f"{base}++{PAIRS / 'adapter-other'}"))
    rows.append(run("two adapters without a base", PAIRS / "adapter-one", PAIRS / "adapter-other"))
    return rows


def bad(base, state, config):
    rows = []
    one = "model.layers.1.mlp.up_proj.weight"

    def altered(name, change=None, **settings):
        new = {k: v.clone() for k, v in state.items()}
        if change:
            change(new)
        return run(name, base, folder(name.replace(" ", "-").replace(",", ""), new, {**config, **settings}, base))

    def all_of(value):
        return lambda s: s.update({k: torch.full_like(v, value) for k, v in s.items()})

    rows.append(altered("config: twice the width", hidden_size=config["hidden_size"] * 2))
    rows.append(altered("config: more layers", num_hidden_layers=config["num_hidden_layers"] + 3))
    rows.append(altered("config: heads that do not divide", num_attention_heads=7))
    rows.append(altered("config: no heads", num_attention_heads=0))
    rows.append(altered("config: texts for numbers", hidden_size="big", num_hidden_layers=None))
    rows.append(altered("one tensor of another shape", lambda s: s.update({one: s[one][:-3]})))
    rows.append(altered("one tensor a vector", lambda s: s.update({one: s[one].flatten()})))
    rows.append(altered("a NaN in one tensor", lambda s: s[one].view(-1)[:1].fill_(float("nan"))))
    rows.append(altered("an infinity in one tensor", lambda s: s[one].view(-1)[:1].fill_(float("inf"))))
    rows.append(altered("one tensor all NaN", lambda s: s.update({one: torch.full_like(s[one], float("nan"))})))
    rows.append(altered("all NaN", all_of(float("nan"))))
    rows.append(altered("all zero", all_of(0.0)))
    rows.append(altered("all one", all_of(1.0)))
    rows.append(altered("one tensor zero", lambda s: s.update({one: torch.zeros_like(s[one])})))
    rows.append(altered("largest floats", all_of(3e38)))
    rows.append(altered("embeddings missing", lambda s: s.pop("model.embed_tokens.weight")))
    rows.append(altered("half the vocabulary", lambda s: s.update({k: v[: v.shape[0] // 2] for k, v in s.items() if v.shape[0] == config["vocab_size"]}), vocab_size=config["vocab_size"] // 2))
    rows.append(run("no tensors", base, folder("none", {}, config, base)))
    zero = run("zero and zero", PAIRS / "all-zero", PAIRS / "all-zero")
    rows += [zero, run("zero and one", PAIRS / "all-zero", PAIRS / "all-one"), run("NaN and NaN", PAIRS / "all-NaN", PAIRS / "all-NaN")]
    rows.append(run("empty and empty", PAIRS / "none", PAIRS / "none"))
    torch.manual_seed(1)
    vision = {f"vision_model.encoder.layers.{i}.{n}": torch.randn(*shape) * 0.02 for i in range(2) for n, shape in
              {"self_attn.q_proj.weight": (32, 32), "self_attn.k_proj.weight": (32, 32), "self_attn.v_proj.weight": (32, 32),
               "self_attn.out_proj.weight": (32, 32), "mlp.fc1.weight": (64, 32), "mlp.fc2.weight": (32, 64)}.items()}
    rows.append(run("a vision encoder", base, folder("vision", vision, {"model_type": "clip_vision_model", "hidden_size": 32,
                "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}, base)))
    import transformers
    speech = transformers.WhisperModel(transformers.WhisperConfig(vocab_size=60, d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=2,
                                       decoder_attention_heads=2, encoder_ffn_dim=64, decoder_ffn_dim=64, num_mel_bins=16, max_source_positions=20,
                                       max_target_positions=20, pad_token_id=0, bos_token_id=1, eos_token_id=2, decoder_start_token_id=1))
    speech.save_pretrained(PAIRS / "speech")
    rows.append(run("a speech model", base, PAIRS / "speech"))
    (PAIRS / "text").mkdir(exist_ok=True)
    (PAIRS / "text" / "model.safetensors").write_text("not a model")
    rows.append(run("a text by the name of safetensors", base, PAIRS / "text"))
    rows.append(run("nothing there", base, PAIRS / "absent"))
    return rows


if __name__ == "__main__":
    main(*sys.argv[1:])
