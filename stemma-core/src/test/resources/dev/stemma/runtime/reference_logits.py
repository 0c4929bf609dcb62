#!/usr/bin/env python3
"""Writes reference-logits.json beside this file: logits of tiny decoders under configurations that the
shared golden models do not have. Every formula is written anew in numpy float32 from the papers and
the behaviour of transformers 5, so that it and the Java code can only agree by both being right.
Weights come from a counter (splitmix64 of seed and index), so that the file holds none.

    python3 reference_logits.py
"""
import json
import math
import pathlib
import zlib

import numpy as np

F = np.float32
THETA = {"gpt_oss": 150000.0, "mixtral": 1e6, "phimoe": 1e6, "solar_open": 1e6}  # where a configuration is silent
MASK = (1 << 64) - 1


def draw(name, shape):
    """Uniform in [-0.5, 0.5) by 24 bits of splitmix64 of crc32(name) * 2^32 + index."""
    n = int(np.prod(shape))
    with np.errstate(over="ignore"):
        z = (np.uint64(zlib.crc32(name.encode()) << 32) + np.arange(n, dtype=np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    u = (z >> np.uint64(40)).astype(np.float64) / (1 << 24) - 0.5
    u = u.astype(F).reshape(shape)
    if len(shape) == 1:
        return u if name.endswith("bias") or "sinks" in name else F(1) + F(0.4) * u
    return (u * F(2.2 / math.sqrt(shape[-1]))).astype(F)


class Model:
    def __init__(self, config):
        self.c = config
        self.shapes = {}

    def w(self, name, *shape):
        self.shapes[name] = list(shape)
        return draw(name, shape)

    def get(self, key, otherwise=None):
        value = self.c.get(key)
        return otherwise if value is None else value

    # --- parts -----------------------------------------------------------------------------------
    def rms(self, x, name, eps=None, plus=0.0, size=None):
        gain = self.w(name, size or x.shape[-1]) + F(plus)
        eps = self.get("rms_norm_eps", 1e-6) if eps is None else eps
        return gain * (x * (F(1) / np.sqrt((x * x).mean(-1, keepdims=True, dtype=F) + F(eps))))

    def layer_norm(self, x, name):
        gain, bias = self.w(name + ".weight", x.shape[-1]), self.w(name + ".bias", x.shape[-1])
        centred = x - x.mean(-1, keepdims=True)
        scale = np.sqrt((centred * centred).mean(-1, keepdims=True) + F(self.get("rms_norm_eps")))
        return centred / scale * gain + bias

    def linear(self, x, name, rows, bias=False):
        y = x @ self.w(name + ".weight", rows, x.shape[-1]).T
        return y + self.w(name + ".bias", rows) if bias else y

    def rope(self, dim, length, kind=None):
        """cos and sin [length, dim / 2]."""
        p = self.c.get("rope_parameters") or self.c.get("rope_scaling") or {}
        if kind and kind in p:
            p = p[kind]
        if not p and self.c["model_type"] == "gpt_oss":
            p = {"rope_type": "yarn", "factor": 32.0, "truncate": False, "original_max_position_embeddings": 4096}
        base = p.get("rope_theta", self.c.get("rope_theta", THETA.get(self.c["model_type"], 10000.0)))
        kind = p.get("rope_type", p.get("type", "default"))
        longest = self.c["max_position_embeddings"]
        original = self.c.get("original_max_position_embeddings", p.get("original_max_position_embeddings", longest))
        even = np.arange(0, dim, 2).astype(F) / F(dim)
        inverse = (F(1) / (F(base) ** even)).astype(F)
        factor, mscale = p.get("factor"), 1.0
        if factor is None:
            factor = longest / original
        if kind == "linear":
            inverse = inverse / F(factor)
        elif kind == "dynamic":
            n = max(length, longest)
            grown = base * (factor * n / longest - (factor - 1)) ** (dim / (dim - 2))
            inverse = (F(1) / (F(grown) ** even)).astype(F)
        elif kind == "llama3":
            low, high = original / p["low_freq_factor"], original / p["high_freq_factor"]
            out = []
            for f in inverse:
                wave = 2 * math.pi / f
                if wave < high:
                    out.append(f)
                elif wave > low:
                    out.append(f / factor)
                else:
                    s = (original / wave - p["low_freq_factor"]) / (p["high_freq_factor"] - p["low_freq_factor"])
                    out.append((1 - s) * f / factor + s * f)
            inverse = np.array(out, dtype=F)
        elif kind == "yarn":
            def m(scale, k=1.0):
                return 1.0 if scale <= 1 else 0.1 * k * math.log(scale) + 1
            if p.get("attention_factor") is not None:
                mscale = p["attention_factor"]
            elif p.get("mscale") and p.get("mscale_all_dim"):
                mscale = m(factor, p["mscale"]) / m(factor, p["mscale_all_dim"])
            else:
                mscale = m(factor)

            def bound(turns):
                return dim * math.log(original / (turns * 2 * math.pi)) / (2 * math.log(base))
            low, high = bound(p.get("beta_fast") or 32), bound(p.get("beta_slow") or 1)
            if p.get("truncate", True):
                low, high = math.floor(low), math.ceil(high)
            low, high = max(low, 0), min(high, dim - 1)
            high += 0.001 if low == high else 0
            ramp = np.clip((np.arange(dim // 2) - low) / (high - low), 0, 1)
            inverse = (inverse / factor * ramp + inverse * (1 - ramp)).astype(F)
        elif kind == "longrope":
            is_long = length > original
            inverse = inverse / np.array(p["long_factor" if is_long and self.c["model_type"] != "phimoe" else "short_factor"], dtype=F)
            mscale = 1.0 if factor <= 1 else math.sqrt(1 + math.log(factor) / math.log(original))
            mscale = p.get("attention_factor") or mscale
            if self.c["model_type"] == "phimoe":
                mscale = p["long_mscale" if is_long else "short_mscale"]
        elif kind != "default":
            raise ValueError(kind)
        angle = np.arange(length).astype(F)[:, None] * inverse[None, :]
        return (np.cos(angle) * F(mscale)).astype(F), (np.sin(angle) * F(mscale)).astype(F)

    @staticmethod
    def turn(x, cos, sin, interleaved=False):
        """x [length, heads, dim]; the first 2 * cos.shape[1] dimensions are turned."""
        n = 2 * cos.shape[1]
        y = x.copy()
        a, b = (slice(0, n, 2), slice(1, n, 2)) if interleaved else (slice(0, n // 2), slice(n // 2, n))
        y[..., a] = x[..., a] * cos[:, None] - x[..., b] * sin[:, None]
        y[..., b] = x[..., b] * cos[:, None] + x[..., a] * sin[:, None]
        return y

    def attend(self, q, k, v, scale, window=None, cap=None, sinks=None):
        length, heads, _ = q.shape
        group = heads // k.shape[1]
        out = []
        for h in range(heads):
            s = (q[:, h] @ k[:, h // group].T) * F(scale)
            if cap:
                s = F(cap) * np.tanh(s / F(cap))
            i, j = np.arange(length)[:, None], np.arange(length)[None]
            s = np.where((j > i) | ((window is not None) & (j <= i - (window or 0))), F(-np.inf), s)
            if sinks is not None:
                s = np.concatenate([s, np.full((length, 1), sinks[h], F)], 1)
            s = np.exp(s - s.max(-1, keepdims=True))
            s = (s / s.sum(-1, keepdims=True))[:, :length]
            out.append(s @ v[:, h // group])
        return np.stack(out, 1).reshape(length, -1)

    # --- feed-forward ----------------------------------------------------------------------------
    def act(self, x):
        name = self.get("hidden_activation") or self.get("hidden_act", "silu")
        if name == "silu":
            return x / (F(1) + np.exp(-x))
        if name == "gelu":
            return F(0.5) * x * (1 + np.vectorize(math.erf)(x / math.sqrt(2)).astype(F))
        return F(0.5) * x * (1 + np.tanh(F(math.sqrt(2 / math.pi)) * (x + F(0.044715) * x**3)))

    def mlp(self, x, prefix, size, names=("gate_proj", "up_proj", "down_proj"), bias=False):
        g, u, d = names
        inner = self.act(self.linear(x, prefix + g, size, bias)) * self.linear(x, prefix + u, size, bias)
        return self.linear(inner, prefix + d, x.shape[-1], bias)

    def choose(self, logits, prefix):
        """The (expert, weight) pairs of one token."""
        c, t, k = self.c, self.c["model_type"], self.c["num_experts_per_tok"]
        n = len(logits)
        soft = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()

        def top(scores, count):
            return list(np.argsort(-scores, kind="stable")[:count])
        if t == "phimoe":
            eps, pairs, left = c["router_jitter_noise"], [], logits.copy()
            for _ in range(2):
                best = int(left.argmax())
                near = (left[best] - logits) / np.maximum(np.abs(logits), left[best]) <= 2 * eps
                e = np.where(near & np.isfinite(left), np.exp(left - left[best]), 0)
                pairs.append((best, e[best] / e.sum()))
                left[best] = -np.inf
            return pairs
        if t == "gpt_oss":
            best = top(logits, k)
            e = np.exp(logits[best] - logits[best].max())
            return list(zip(best, e / e.sum()))
        if t in ("deepseek_v3", "glm4_moe", "solar_open", "exaone_moe", "axk1"):
            score = 1 / (1 + np.exp(-logits))
            biased = score + self.w(prefix + "gate.e_score_correction_bias", n) * F(self.get("correction_scale", 1))
            groups = biased.reshape(c["n_group"], -1)
            kept = top(np.sort(groups, -1)[:, -2:].sum(-1), c["topk_group"])
            allowed = np.repeat(np.isin(np.arange(c["n_group"]), kept), groups.shape[1])
            best = top(np.where(allowed, biased, -np.inf), k)
            weight = score[best]
            if c.get("norm_topk_prob", True):
                weight = weight / (weight.sum() + 1e-20)
            return list(zip(best, weight * c.get("routed_scaling_factor", 1.0)))
        if t == "deepseek_v2":
            score = soft
            if c["topk_method"] == "group_limited_greedy":
                groups = soft.reshape(c["n_group"], -1)
                kept = top(groups.max(-1), c["topk_group"])
                score = np.where(np.repeat(np.isin(np.arange(c["n_group"]), kept), groups.shape[1]), soft, 0)
            best = top(score, k)
            return list(zip(best, score[best] * c.get("routed_scaling_factor", 1.0)))
        best = top(soft, k)
        weight = soft[best]
        if t == "mixtral" or c.get("norm_topk_prob"):
            weight = weight / weight.sum()
        return list(zip(best, weight))

    def experts(self, x, prefix, n, size):
        t = self.c["model_type"]
        old = t in ("mixtral", "phimoe")
        router = prefix + ("router" if t == "gpt_oss" else "gate")
        logits = self.linear(x, router, n, t == "gpt_oss")
        names = ("w1", "w3", "w2") if old else ("gate_proj", "up_proj", "down_proj")
        h = x.shape[-1]
        if t == "gpt_oss":
            both, both_bias = self.w(prefix + "experts.gate_up_proj", n, h, 2 * size), self.w(prefix + "experts.gate_up_proj_bias", n, 2 * size)
            down, down_bias = self.w(prefix + "experts.down_proj", n, size, h), self.w(prefix + "experts.down_proj_bias", n, h)
        else:
            outs = [self.mlp(x, f"{prefix}experts.{e}.", size, names) for e in range(n)]
        y = np.zeros_like(x)
        for i, row in enumerate(logits):
            for e, weight in self.choose(row, prefix):
                if t == "gpt_oss":
                    gu = x[i] @ both[e] + both_bias[e]
                    limit = 7.0  # whatever the configuration says, as in transformers 5
                    g, u = np.minimum(gu[::2], F(limit)), np.clip(gu[1::2], -limit, limit)
                    one = ((u + 1) * g / (1 + np.exp(-F(1.702) * g))) @ down[e] + down_bias[e]
                else:
                    one = outs[e][i]
                y[i] += F(weight) * one
        if t == "qwen2_moe":
            gate = self.linear(x, prefix + "shared_expert_gate", 1)
            y += 1 / (1 + np.exp(-gate)) * self.mlp(x, prefix + "shared_expert.", self.c["shared_expert_intermediate_size"])
        elif self.get("n_shared_experts", self.get("num_shared_experts", 0)):
            y += self.mlp(x, prefix + "shared_experts.", size * self.get("n_shared_experts", self.get("num_shared_experts")))
        return y

    # --- layers ----------------------------------------------------------------------------------
    def heads_attention(self, x, p, layer):
        c, t = self.c, self.c["model_type"]
        heads, kv = c["num_attention_heads"], self.get("num_key_value_heads", c["num_attention_heads"])
        d = self.get("head_dim", c["hidden_size"] // heads)
        bias = t in ("qwen2", "qwen2_moe") or self.get("attention_bias", t == "gpt_oss")
        n = len(x)
        if t == "phi3":
            qkv = self.linear(x, p + "qkv_proj", (heads + 2 * kv) * d)
            q, k, v = np.split(qkv, [heads * d, (heads + kv) * d], 1)
        else:
            q, k, v = (self.linear(x, p + name, m * d, bias) for name, m in (("q_proj", heads), ("k_proj", kv), ("v_proj", kv)))
        if t == "olmoe":
            q, k = self.rms(q, p + "q_norm.weight"), self.rms(k, p + "k_norm.weight")
            if c.get("clip_qkv"):
                q, k, v = (np.clip(a, -c["clip_qkv"], c["clip_qkv"]) for a in (q, k, v))
        q, k, v = q.reshape(n, heads, d), k.reshape(n, kv, d), v.reshape(n, kv, d)
        if t in ("qwen3", "qwen3_moe", "exaone4", "exaone_moe") or c.get("use_qk_norm"):
            q, k = self.rms(q, p + "q_norm.weight"), self.rms(k, p + "k_norm.weight")
        kinds = c.get("layer_types")
        window = c.get("sliding_window")
        sliding = kinds[layer] == "sliding_attention" if kinds else {
            "gemma2": layer % 2 == 0, "gpt_oss": layer % 2 == 0,
            "qwen2": bool(c.get("use_sliding_window")) and layer >= c.get("max_window_layers", 28),
        }.get(t, t not in ("llama", "glm4_moe", "solar_open", "hyperclovax", "olmoe"))
        if window is None or not sliding:
            window = None
        if not (t in ("exaone4", "exaone_moe") and c.get("sliding_window") is not None and not sliding):
            part = (c.get("rope_parameters") or {}).get("partial_rotary_factor", c.get("partial_rotary_factor", 1.0))
            cos, sin = self.rope(int(d * part), n)
            q, k = self.turn(q, cos, sin), self.turn(k, cos, sin)
        scale = {"gemma2": (c.get("query_pre_attn_scalar") or 1) ** -0.5, "hyperclovax": c.get("attention_multiplier")}.get(t) or d**-0.5
        sinks = self.w(p + "sinks", heads) if t == "gpt_oss" else None
        cap = c.get("attn_logit_softcapping") if t == "gemma2" else None
        y = self.attend(q, k, v, scale, window, cap, sinks)
        out_bias = self.get("attention_bias", t == "gpt_oss") and t not in ("glm4_moe", "solar_open", "qwen2", "qwen2_moe")
        return self.linear(y, p + "o_proj", c["hidden_size"], out_bias)

    def latent_attention(self, x, p):
        c, n, heads = self.c, len(x), self.c["num_attention_heads"]
        plain, turned, vd, rank = c["qk_nope_head_dim"], c["qk_rope_head_dim"], c["v_head_dim"], c["kv_lora_rank"]
        bias = self.get("attention_bias", False)
        if c.get("q_lora_rank") is None:
            q = self.linear(x, p + "q_proj", heads * (plain + turned))
        else:
            low = self.rms(self.linear(x, p + "q_a_proj", c["q_lora_rank"], bias), p + "q_a_layernorm.weight", 1e-6)
            q = self.linear(low, p + "q_b_proj", heads * (plain + turned))
        q = q.reshape(n, heads, -1)
        down = self.linear(x, p + "kv_a_proj_with_mqa", rank + turned, bias)
        up = self.linear(self.rms(down[:, :rank].copy(), p + "kv_a_layernorm.weight", 1e-6), p + "kv_b_proj", heads * (plain + vd))
        up = up.reshape(n, heads, -1)
        cos, sin = self.rope(turned, n)
        inter = c["model_type"] == "deepseek_v2" or c.get("rope_interleave", True)
        qt = self.turn(q[..., plain:], cos, sin, inter)
        kt = np.repeat(self.turn(down[:, None, rank:], cos, sin, inter), heads, 1)
        q, k = np.concatenate([q[..., :plain], qt], -1), np.concatenate([up[..., :plain], kt], -1)
        scale = (plain + turned) ** -0.5
        r = c.get("rope_parameters") or c.get("rope_scaling") or {}
        if r.get("mscale_all_dim") and r.get("rope_type", r.get("type")) != "default":
            scale *= (0.1 * r["mscale_all_dim"] * math.log(r["factor"]) + 1) ** 2
        return self.linear(self.attend(q, k, up[..., plain:].copy(), scale), p + "o_proj", c["hidden_size"], bias)

    def logits(self, ids):
        c, t, h = self.c, self.c["model_type"], self.c["hidden_size"]
        table = self.w("model.embed_tokens.weight", c["vocab_size"], h)
        x = table[np.array(ids)]
        x = x * F({"gemma2": math.sqrt(h), "hyperclovax": c.get("embedding_multiplier")}.get(t) or 1)
        plus = 1.0 if t == "gemma2" else 0.0
        residual = F(c.get("residual_multiplier") or 1)
        for layer in range(c["num_hidden_layers"]):
            p = f"model.layers.{layer}."

            def norm(y, name):
                return self.layer_norm(y, p + name) if t == "phimoe" else self.rms(y, p + name + ".weight", plus=plus)
            y = x if t == "exaone4" else norm(x, "input_layernorm")
            y = self.latent_attention(y, p + "self_attn.") if "kv_lora_rank" in c else self.heads_attention(y, p + "self_attn.", layer)
            if t in ("exaone4", "gemma2"):
                y = norm(y, "post_attention_layernorm")
            if c.get("use_post_norm"):
                y = norm(y, "post_norm1")
            x = x + y * residual
            y = x if t == "exaone4" else norm(x, "pre_feedforward_layernorm" if t == "gemma2" else "post_attention_layernorm")
            dense = "num_experts_per_tok" not in c or layer < c.get("first_k_dense_replace", 0)
            if t == "phi3":
                g, u = np.split(self.linear(y, p + "mlp.gate_up_proj", 2 * c["intermediate_size"]), 2, 1)
                y = self.linear(self.act(g) * u, p + "mlp.down_proj", h)
            elif dense:
                y = self.mlp(y, p + "mlp.", c["intermediate_size"], bias=self.get("mlp_bias", False))
            else:
                prefix = p + ("block_sparse_moe." if t in ("mixtral", "phimoe") else "mlp.")
                n = self.get("n_routed_experts") or self.get("num_local_experts") or self.get("num_experts")
                y = self.experts(y, prefix, n, self.get("moe_intermediate_size") or c["intermediate_size"])
            if t in ("exaone4", "gemma2"):
                y = norm(y, "post_feedforward_layernorm")
            if c.get("use_post_norm"):
                y = norm(y, "post_norm2")
            x = x + y * residual
        x = self.layer_norm(x, "model.norm") if t == "phimoe" else self.rms(x, "model.norm.weight", plus=plus)
        tied = c.get("tie_word_embeddings", t == "gemma2")
        out = x @ (table if tied else self.w("lm_head.weight", c["vocab_size"], h)).T
        if c.get("lm_head_bias"):
            out = out + self.w("lm_head.bias", c["vocab_size"])
        if t == "hyperclovax":
            out = out * F(c.get("logits_scaling") or 1)
        if t == "gemma2" and c.get("final_logit_softcapping"):
            out = F(c["final_logit_softcapping"]) * np.tanh(out / F(c["final_logit_softcapping"]))
        return out


PLAIN = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16,
         "intermediate_size": 48, "vocab_size": 24, "rms_norm_eps": 1e-5, "max_position_embeddings": 64, "hidden_act": "silu",
         "tie_word_embeddings": False}
MOE = {**PLAIN, "moe_intermediate_size": 20, "num_experts_per_tok": 3}
SIGMOID = {**MOE, "n_routed_experts": 8, "n_shared_experts": 1, "n_group": 4, "topk_group": 2, "norm_topk_prob": True,
           "routed_scaling_factor": 1.7, "first_k_dense_replace": 1}
MLA = {**SIGMOID, "kv_lora_rank": 16, "q_lora_rank": 12, "qk_nope_head_dim": 12, "qk_rope_head_dim": 8, "v_head_dim": 10,
       "num_key_value_heads": 4}
del MLA["head_dim"]
YARN = {"type": "yarn", "factor": 8.0, "original_max_position_embeddings": 16}


def rope(kind, **more):
    return {"rope_parameters": {"rope_type": kind, "rope_theta": 10000.0, **more}}


SHORT, LONG = [1.0 + 0.1 * i for i in range(8)], [2.0 + 0.9 * i for i in range(8)]
CASES = {
    "llama, llama3 scaling": {"model_type": "llama", **PLAIN, **rope("llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=32)},
    "llama, linear, old keys": {"model_type": "llama", **PLAIN, "rope_theta": 5000.0, "rope_scaling": {"type": "linear", "factor": 4.0}},
    "llama, dynamic beyond the maximum": {"model_type": "llama", **PLAIN, **rope("dynamic", factor=3.0), "max_position_embeddings": 6},
    "llama, YaRN, plain attention factor": {"model_type": "llama", **PLAIN, **rope("yarn", factor=4.0, original_max_position_embeddings=16)},
    "llama, YaRN, own attention factor and betas": {"model_type": "llama", **PLAIN, **rope("yarn", factor=4.0, attention_factor=1.3, beta_fast=16.0, beta_slow=2.0, original_max_position_embeddings=32)},
    "llama, YaRN without a factor": {"model_type": "llama", **PLAIN, **rope("yarn", original_max_position_embeddings=16)},
    "llama, biases, tied, multi-query": {"model_type": "llama", **PLAIN, "num_key_value_heads": 1, "attention_bias": True, "mlp_bias": True, "tie_word_embeddings": True, "hidden_act": "gelu"},
    "mistral, sliding window": {"model_type": "mistral", **PLAIN, "sliding_window": 5},
    "qwen2, window from a layer on": {"model_type": "qwen2", **PLAIN, "use_sliding_window": True, "sliding_window": 4, "max_window_layers": 1},
    "qwen2, layer types": {"model_type": "qwen2", **PLAIN, "use_sliding_window": True, "sliding_window": 4, "layer_types": ["sliding_attention", "full_attention"]},
    "qwen3, YaRN": {"model_type": "qwen3", **PLAIN, "rope_theta": 1000000.0, "rope_scaling": {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16}},
    "exaone4, no window": {"model_type": "exaone4", **PLAIN, "sliding_window": None, **rope("llama3", factor=16.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=16)},
    "gemma2, no soft caps": {"model_type": "gemma2", **PLAIN, "sliding_window": 4, "attn_logit_softcapping": None, "final_logit_softcapping": None, "query_pre_attn_scalar": 9, "hidden_activation": "gelu_pytorch_tanh", "tie_word_embeddings": True},
    "gemma2, small soft caps": {"model_type": "gemma2", **PLAIN, "sliding_window": 4, "attn_logit_softcapping": 1.5, "final_logit_softcapping": 2.0, "query_pre_attn_scalar": 9, "hidden_activation": "gelu_pytorch_tanh", "tie_word_embeddings": True, "layer_types": ["full_attention", "sliding_attention"]},
    "hyperclovax, all multipliers and post norms": {"model_type": "hyperclovax", **PLAIN, "attention_multiplier": 0.2, "residual_multiplier": 0.6, "embedding_multiplier": 3.0, "logits_scaling": 0.25, "use_post_norm": True},
    "phi3, LongRoPE, short": {"model_type": "phi3", **PLAIN, "rope_scaling": {"type": "longrope", "short_factor": SHORT, "long_factor": LONG}, "original_max_position_embeddings": 32},
    "phi3, LongRoPE, long": {"model_type": "phi3", **PLAIN, "rope_scaling": {"type": "longrope", "short_factor": SHORT, "long_factor": LONG}, "original_max_position_embeddings": 8},
    "phi3, partial rotary": {"model_type": "phi3", **PLAIN, "partial_rotary_factor": 0.5, "original_max_position_embeddings": 64},
    "glm4_moe, q/k norm, groups": {"model_type": "glm4_moe", **SIGMOID, "use_qk_norm": True, "attention_bias": True, "partial_rotary_factor": 0.5},
    "solar_open, YaRN, groups": {"model_type": "solar_open", **{k: v for k, v in SIGMOID.items() if k != "first_k_dense_replace"}, **rope("yarn", factor=2.0, original_max_position_embeddings=32)},
    "solar_open, not normalised": {"model_type": "solar_open", **{k: v for k, v in SIGMOID.items() if k != "first_k_dense_replace"}, "n_group": 1, "topk_group": 1, "norm_topk_prob": False},
    "deepseek_v3, YaRN with both mscales": {"model_type": "deepseek_v3", **MLA, "rope_theta": 10000.0, "rope_scaling": {**YARN, "beta_fast": 32, "beta_slow": 1, "mscale": 0.7, "mscale_all_dim": 1.0}},
    "deepseek_v3, no q LoRA, half-rotated": {"model_type": "deepseek_v3", **MLA, "q_lora_rank": None, "rope_interleave": False},
    "deepseek_v2, group-limited greedy": {"model_type": "deepseek_v2", **MLA, "topk_method": "group_limited_greedy", "norm_topk_prob": False, "routed_scaling_factor": 2.0},
    "deepseek_v2, greedy, no q LoRA, YaRN": {"model_type": "deepseek_v2", **MLA, "topk_method": "greedy", "norm_topk_prob": False, "q_lora_rank": None, "attention_bias": True, "rope_scaling": {**YARN, "mscale": 0.707, "mscale_all_dim": 0.707}},
    "phimoe, LongRoPE, wide sparsemixer": {"model_type": "phimoe", **{k: v for k, v in PLAIN.items() if k != "head_dim"}, "num_local_experts": 4, "num_experts_per_tok": 2, "router_jitter_noise": 0.3, "attention_bias": True, "lm_head_bias": True, "original_max_position_embeddings": 8, "rope_scaling": {"type": "longrope", "short_factor": SHORT[:4], "long_factor": LONG[:4], "short_mscale": 1.1, "long_mscale": 1.4, "original_max_position_embeddings": 8}},
    "gpt_oss, the family's own YaRN": {"model_type": "gpt_oss", **PLAIN, "num_local_experts": 4, "num_experts_per_tok": 2, "sliding_window": 4, "swiglu_limit": 0.5, "attention_bias": True},
    "gpt_oss, no attention biases": {"model_type": "gpt_oss", **PLAIN, "num_local_experts": 4, "num_experts_per_tok": 3, "sliding_window": 4, "attention_bias": False, **rope("default")},
    "olmoe, clipped, normalised": {"model_type": "olmoe", **{k: v for k, v in PLAIN.items() if k != "head_dim"}, "num_experts": 4, "num_experts_per_tok": 2, "clip_qkv": 0.6, "norm_topk_prob": True},
    "mixtral, sliding window": {"model_type": "mixtral", **PLAIN, "num_local_experts": 4, "num_experts_per_tok": 2, "sliding_window": 3},
    "qwen2_moe, normalised": {"model_type": "qwen2_moe", **{k: v for k, v in MOE.items() if k != "head_dim"}, "num_experts": 4, "num_experts_per_tok": 2, "shared_expert_intermediate_size": 28, "norm_topk_prob": True},
}


def main():
    out = {}
    for name, case in CASES.items():
        config = dict(case)
        ids = [(7 * i * i + 3 * i + 5) % config["vocab_size"] for i in range(14)]
        model = Model(config)
        logits = model.logits(ids)
        assert np.isfinite(logits).all() and logits.std() > 0.05, (name, logits.std())
        out[name] = {"config": config, "tensors": model.shapes, "ids": ids,
                     "logits": [[float(f"{v:.7g}") for v in row] for row in logits[[0, len(ids) // 2, len(ids) - 1]]]}
    path = pathlib.Path(__file__).with_name("reference-logits.json")
    path.write_text("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in out.items()) + "\n}\n")
    print(len(out), "cases,", path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
