"""Trains a small family whose tree is known, as ../shared/lineages/dev is one, from another seed and with other sizes.

Usage: train_family.py FOLDER [SEED]. Writes a checkpoint a model and FOLDER/truth.json for `stemma lab bench --truth FOLDER`; goes on
where it stopped. Texts are what this machine has (Python's library, manuals, licences). Needs torch and transformers
(2.13 and 5.18 were used); some fifteen minutes on one thread.
"""
import glob
import gzip
import json
import os
import random
import sys

os.environ["HF_HUB_OFFLINE"] = "1"
import torch
from tokenizers import ByteLevelBPETokenizer
from transformers import LlamaConfig, LlamaForCausalLM, MixtralConfig, MixtralForCausalLM

FOLDER, SEED = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 7001
torch.set_num_threads(int(os.environ.get("STEMMA_BENCH_THREADS", "1")))
HIDDEN, FEED, LAYERS, HEADS, KEY_VALUE, VOCABULARY, BATCH, LENGTH = 144, 400, 7, 6, 3, 2304, 12, 96
LONG, SHORT, LIGHT = 240, 90, 50
LARGE = 3_000_000


def text(paths):
    out, size = [], 0
    for path in paths:
        try:
            data = gzip.open(path, "rt", errors="ignore").read() if path.endswith(".gz") else open(path, errors="ignore").read()
        except OSError:
            continue
        out.append(data)
        size += len(data)
        if size > LARGE:
            break
    return "\n".join(out)


library = sorted(glob.glob(os.path.dirname(os.__file__) + "/*.py"))
manuals = sorted(glob.glob("/usr/share/man/man*/*.gz") + glob.glob("/usr/share/perl/*/pod/*.pod") + glob.glob("/usr/share/common-licenses/*"))
others = sorted(glob.glob(os.path.dirname(torch.__file__) + "/nn/modules/*.py") + glob.glob("/usr/share/doc/*/copyright"))
TEXTS = [text(library), text(manuals), text(others)]


def tokenizer(name, corpus, size):
    folder = f"{FOLDER}/.tokenizer-{name}"
    os.makedirs(folder, exist_ok=True)
    if not os.path.exists(folder + "/tokenizer.json"):
        built = ByteLevelBPETokenizer()
        built.train_from_iterator(corpus.split("\n"), vocab_size=size, show_progress=False)
        built.save(folder + "/tokenizer.json")
    from tokenizers import Tokenizer

    return Tokenizer.from_file(folder + "/tokenizer.json"), folder


def ids(built, corpus):
    return torch.tensor([i for part in built.encode_batch([corpus[at:at + 20000] for at in range(0, len(corpus), 20000)]) for i in part.ids])


OURS, OUR_FOLDER = tokenizer("ours", TEXTS[0] + TEXTS[1], VOCABULARY)
THEIRS, THEIR_FOLDER = tokenizer("theirs", TEXTS[1] + TEXTS[2], VOCABULARY)
DATA = [ids(OURS, t) for t in TEXTS]
THEIR_DATA = ids(THEIRS, TEXTS[1])


def config(**changes):
    return LlamaConfig(**(dict(hidden_size=HIDDEN, intermediate_size=FEED, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
                               num_key_value_heads=KEY_VALUE, head_dim=HIDDEN // HEADS, vocab_size=VOCABULARY,
                               tie_word_embeddings=False, rms_norm_eps=1e-5, max_position_embeddings=1024) | changes))


def fresh(seed, **changes):
    torch.manual_seed(seed)
    return LlamaForCausalLM(config(**changes))


def experts(seed):
    torch.manual_seed(seed)
    return MixtralForCausalLM(MixtralConfig(**{k: v for k, v in config().to_dict().items() if k in (
        "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads", "head_dim", "vocab_size",
        "rms_norm_eps", "max_position_embeddings")}, num_local_experts=4, num_experts_per_tok=2, tie_word_embeddings=False, sliding_window=None))


def train(model, data, steps, rate, seed, teacher=None):
    generator = torch.Generator().manual_seed(seed)
    optimiser = torch.optim.AdamW(model.parameters(), lr=rate, betas=(0.9, 0.95), weight_decay=0.1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps, pct_start=0.1)
    model.train()
    for _ in range(steps):
        at = torch.randint(0, len(data) - LENGTH - 1, (BATCH,), generator=generator)
        batch = torch.stack([data[i:i + LENGTH] for i in at.tolist()])
        if teacher is None:
            loss = model(input_ids=batch, labels=batch).loss
        else:
            with torch.no_grad():
                wanted = teacher(input_ids=batch).logits.log_softmax(-1)
            loss = torch.nn.functional.kl_div(model(input_ids=batch).logits.log_softmax(-1), wanted, log_target=True, reduction="batchmean") / LENGTH
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
    return model, loss.item()


TRUTH = {}


def make(name, parent, how, kinds, build, folder=OUR_FOLDER, others=()):
    path = f"{FOLDER}/{name}"
    TRUTH[name] = {"parent": parent, "parents": list(others), "how": how, "kinds": kinds}
    if not os.path.exists(path + "/config.json"):
        model, loss = build()
        model.eval().to(torch.bfloat16).save_pretrained(path + ".partial")
        os.system(f"cp {folder}/tokenizer.json {path}.partial/")
        os.rename(path + ".partial", path)
        print(name, loss, flush=True)
    json.dump(TRUTH, open(f"{FOLDER}/truth.json", "w"), indent=1)


def load(name):
    kind = MixtralForCausalLM if "mixtral" in open(f"{FOLDER}/{name}/config.json").read().lower() else LlamaForCausalLM
    return kind.from_pretrained(f"{FOLDER}/{name}", dtype=torch.float32)


def layers(model, which):
    """The same with these layers, in this order."""
    state, out = model.state_dict(), fresh(0, num_hidden_layers=len(which), vocab_size=model.config.vocab_size)
    new = {k: v for k, v in state.items() if ".layers." not in k}
    for to, layer in enumerate(which):
        new |= {k.replace(f".layers.{layer}.", f".layers.{to}."): v for k, v in state.items() if f".layers.{layer}." in k}
    out.load_state_dict(new)
    return out


def narrow(model, hidden, feed, heads, seed):
    """Random subsets of hidden axes, neurons and whole key-value groups, in order."""
    generator = torch.Generator().manual_seed(seed)
    keep = lambda n, k: torch.randperm(n, generator=generator)[:k].sort().values
    axes, per, width = keep(HIDDEN, hidden), HEADS // KEY_VALUE, HIDDEN // HEADS
    groups = keep(KEY_VALUE, heads // per)
    key_rows = torch.cat([torch.arange(g * width, (g + 1) * width) for g in groups])
    query_rows = torch.cat([torch.arange(g * per * width, (g + 1) * per * width) for g in groups])
    new, neurons = {}, None
    for name, value in model.state_dict().items():
        if "gate_proj" in name:
            neurons = keep(FEED, feed)
        if name.endswith(("embed_tokens.weight", "lm_head.weight")):
            value = value[:, axes]
        elif "norm" in name:
            value = value[axes]
        elif "q_proj" in name:
            value = value[query_rows][:, axes]
        elif "k_proj" in name or "v_proj" in name:
            value = value[key_rows][:, axes]
        elif "o_proj" in name:
            value = value[axes][:, query_rows]
        elif "gate_proj" in name or "up_proj" in name:
            value = value[neurons][:, axes]
        elif "down_proj" in name:
            value = value[axes][:, neurons]
        new[name] = value.clone()
    out = fresh(0, hidden_size=hidden, intermediate_size=feed, num_attention_heads=heads, num_key_value_heads=len(groups), head_dim=width)
    out.load_state_dict(new)
    return out


def upcycle(model, seed):
    out = experts(seed)
    state, new = model.state_dict(), out.state_dict()
    for name in new:
        if name in state:
            new[name] = state[name].clone()
        elif "gate_up_proj" in name:  # experts stacked
            at = name.split(".mlp.")[0] + ".mlp."
            new[name] = torch.stack([torch.cat([state[at + "gate_proj.weight"], state[at + "up_proj.weight"]])] * 4)
        elif name.endswith("experts.down_proj"):
            new[name] = torch.stack([state[name.split(".mlp.")[0] + ".mlp.down_proj.weight"]] * 4)
    out.load_state_dict(new)
    return out


def disguise(model, seed):
    """Hidden axes permuted and flipped, neurons permuted and rescaled: the same function, up to rounding."""
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(HIDDEN, generator=generator)
    sign = torch.randint(0, 2, (HIDDEN,), generator=generator) * 2.0 - 1
    state, new = model.state_dict(), {}
    for name, value in state.items():
        if name.endswith(("embed_tokens.weight", "lm_head.weight")) or any(p in name for p in ("q_proj", "k_proj", "v_proj", "gate_proj", "up_proj")):
            value = value[:, order] * sign
        elif "norm" in name:
            value = value[order]
        else:
            value = value[order] * sign[:, None]
        new[name] = value.clone()
    for layer in range(LAYERS):
        at = f"model.layers.{layer}.mlp."
        neurons = torch.randperm(FEED, generator=generator)
        scale = torch.exp(torch.randn(FEED, generator=generator) * 0.5)
        new[at + "gate_proj.weight"] = new[at + "gate_proj.weight"][neurons]
        new[at + "up_proj.weight"] = new[at + "up_proj.weight"][neurons] * scale[:, None]
        new[at + "down_proj.weight"] = new[at + "down_proj.weight"][:, neurons] / scale
    model.load_state_dict(new)
    return model


def rotate(model, seed):
    generator = torch.Generator().manual_seed(seed)
    turn = torch.linalg.qr(torch.randn(HIDDEN, HIDDEN, generator=generator))[0]
    state = model.state_dict()
    for layer in range(LAYERS):
        at = f"model.layers.{layer}."
        for gain, readers in (("input_layernorm", ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj")),
                              ("post_attention_layernorm", ("mlp.gate_proj", "mlp.up_proj"))):
            for reader in readers:
                state[at + reader + ".weight"] = state[at + reader + ".weight"] * state[at + gain + ".weight"] @ turn
            state[at + gain + ".weight"] = torch.ones(HIDDEN)
        for writer in ("self_attn.o_proj", "mlp.down_proj"):
            state[at + writer + ".weight"] = turn.T @ state[at + writer + ".weight"]
    state["lm_head.weight"] = state["lm_head.weight"] * state["model.norm.weight"] @ turn
    state["model.norm.weight"] = torch.ones(HIDDEN)
    state["model.embed_tokens.weight"] = state["model.embed_tokens.weight"] @ turn
    model.load_state_dict(state)
    return model


def low_rank(model, rank, seed):
    generator = torch.Generator().manual_seed(seed)
    for name, value in model.named_parameters():
        if ".layers." in name and value.dim() == 2:
            update = torch.randn(value.shape[0], rank, generator=generator) @ torch.randn(rank, value.shape[1], generator=generator)
            value.data += update * (0.1 * value.data.norm() / update.norm())
    return model


def mixed(first, second, share):
    other = second.state_dict()
    first.load_state_dict({k: share * v + (1 - share) * other[k] for k, v in first.state_dict().items()})
    return first


def rounded(model):
    for name, value in model.named_parameters():
        if ".layers." in name and value.dim() == 2:
            flat = value.data.flatten()
            blocks = flat[:len(flat) // 32 * 32].view(-1, 32)
            step = blocks.abs().amax(1, keepdim=True) / 7
            blocks.copy_((blocks / step.clamp_min(1e-12)).round().clamp(-7, 7) * step)
    return model


def other_rows(model, rows, data_folder_seed):
    """Another vocabulary's embeddings, fresh."""
    torch.manual_seed(data_folder_seed)
    model.model.embed_tokens.weight.data.normal_(0, 0.02)
    model.lm_head.weight.data.normal_(0, 0.02)
    return model


def extend(model, more, seed):
    torch.manual_seed(seed)
    model.resize_token_embeddings(model.config.vocab_size + more, mean_resizing=False)
    return model


def chimera(host, guest, which):
    state, other = host.state_dict(), guest.state_dict()
    for name in state:
        if any(f".layers.{layer}." in name for layer in which):
            state[name] = other[name].clone()
    host.load_state_dict(state)
    return host


S, HOT = SEED, 3e-3
random.seed(S)
make("alpha", None, "from scratch", [], lambda: train(fresh(S), DATA[0], LONG, HOT, S))
make("twin", None, "from scratch, another seed", [], lambda: train(fresh(S + 1), DATA[0], LONG, HOT, S + 1))
make("sameinit", None, "from scratch, but from alpha's very initial weights, on other data", [], lambda: train(fresh(S), DATA[1], LONG, HOT, S + 2))
make("stranger", None, "from scratch, another tokenizer and data", [], lambda: train(fresh(S + 3), THEIR_DATA, LONG, HOT, S + 3), THEIR_FOLDER)
make("cpt", "alpha", "continued as long and as hot", ["continued"], lambda: train(load("alpha"), DATA[1], LONG, HOT, S + 4))
make("sft", "alpha", "fine-tuned, low rate", ["fine-tuned"], lambda: train(load("alpha"), DATA[2], LIGHT, 3e-4, S + 5))
make("lora", "alpha", "rank 5 added to every matrix", ["low-rank"], lambda: (low_rank(load("alpha"), 5, S), 0))
make("disguised", "cpt", "permuted, flipped, rescaled", ["permuted", "rescaled"], lambda: (disguise(load("cpt"), S), 0))
make("rotated", "sft", "gains folded, rotated", ["rotated"], lambda: (rotate(load("sft"), S), 0))
make("merged", "sft", "0.7 sft + 0.3 cpt", ["merged"], lambda: (mixed(load("sft"), load("cpt"), 0.7), 0), others=["cpt"])
make("quantised", "sft", "4 bits, blocks of 32", ["quantised"], lambda: (rounded(load("sft")), 0))
make("shallow", "alpha", "layers 0,1,2,4,6, then healed", ["depth-pruned"], lambda: train(layers(load("alpha"), [0, 1, 2, 4, 6]), DATA[0], SHORT, 1e-3, S + 6))
make("upscaled", "alpha", "layers 0-4 and 2-6 stacked, then continued", ["depth-up-scaled"],
     lambda: train(layers(load("alpha"), [0, 1, 2, 3, 4, 2, 3, 4, 5, 6]), DATA[0], SHORT, 1e-3, S + 7))
make("narrow", "alpha", "144 to 108 wide, 400 to 288 neurons, then healed", ["width-pruned"], lambda: train(narrow(load("alpha"), 108, 288, 4, S), DATA[0], SHORT, 1e-3, S + 8))
make("extended", "alpha", "128 more rows, then continued", ["vocabulary-extended"], lambda: train(extend(load("alpha"), 128, S), DATA[0], SHORT, 1e-3, S + 9))
make("transplant", "alpha", "new tokenizer and embeddings, then continued", ["vocabulary-replaced"],
     lambda: train(other_rows(load("alpha"), VOCABULARY, S), THEIR_DATA, SHORT, 1e-3, S + 10), THEIR_FOLDER)
make("franken", "stranger", "stranger with alpha's layers 3 and 4, then healed", ["layers-transplanted"],
     lambda: train(chimera(load("stranger"), load("alpha"), [3, 4]), THEIR_DATA, SHORT, 1e-3, S + 11), THEIR_FOLDER, ["alpha"])
make("upcycled", "alpha", "dense MLPs copied into 4 experts, then continued", ["upcycled"], lambda: train(upcycle(load("alpha"), S), DATA[0], SHORT, 1e-3, S + 12))
make("mixture", None, "from scratch, experts", [], lambda: train(experts(S + 13), DATA[0], LONG, HOT, S + 13))
make("distilled", None, "fresh weights, alpha's distribution", [], lambda: train(fresh(S + 14), DATA[0], LONG, HOT, S + 14, load("alpha")))
