"""GGUF by llama.cpp's own Python package: every type it knows, row orders, splits, other architectures."""
import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as Type

from case import case, refused

WRITTEN = [Type.F32, Type.F16, Type.BF16, Type.Q8_0, Type.Q4_0, Type.Q4_1, Type.Q5_0, Type.Q5_1, Type.MXFP4,
           Type.TQ1_0, Type.TQ2_0]
GIVEN = [Type.Q2_K, Type.Q3_K, Type.Q4_K, Type.Q5_K, Type.Q6_K, Type.IQ4_NL, Type.IQ4_XS, Type.Q4_0, Type.Q5_1,
         Type.Q8_0, Type.MXFP4, Type.TQ1_0, Type.TQ2_0]
NOT_READ = [Type.IQ2_XXS, Type.IQ2_XS, Type.IQ2_S, Type.IQ3_XXS, Type.IQ3_S, Type.IQ1_S, Type.IQ1_M, Type.NVFP4,
            Type.Q8_1, Type.Q8_K, Type.Q1_0]
# Where each type has half-precision scales, in bytes from its block's start.
HALVES = {Type.Q4_0: [0], Type.Q4_1: [0, 2], Type.Q5_0: [0], Type.Q5_1: [0, 2], Type.Q8_0: [0], Type.Q2_K: [80, 82],
          Type.Q3_K: [108], Type.Q4_K: [0, 2], Type.Q5_K: [0, 2], Type.Q6_K: [208], Type.IQ4_NL: [0],
          Type.IQ4_XS: [0], Type.TQ1_0: [52], Type.TQ2_0: [64]}
NAME = "model.layers.0.mlp.down_proj.weight"


def values(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32) * np.float32(0.05)


def writer(path, arch="llama", heads=4, kv_heads=2, **options):
    w = gguf.GGUFWriter(path, arch, **options)
    w.add_name("made by gguf")
    w.add_context_length(128)
    w.add_embedding_length(32)
    w.add_block_count(1)
    w.add_feed_forward_length(32)
    w.add_head_count(heads)
    w.add_head_count_kv(kv_heads)
    w.add_layer_norm_rms_eps(1e-5)
    w.add_rope_freq_base(10000.0)
    w.add_vocab_size(16)
    return w


def done(w):
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


def add(w, name, data, type=Type.F32):
    if type == Type.F32 or type == Type.F16:
        w.add_tensor(name, data.astype(np.float32 if type == Type.F32 else np.float16))
    else:
        w.add_tensor(name, data, raw_dtype=type)


def written(kind):
    def maker(folder):
        data = values(4, 512)
        data[1, :32], data[2, 5] = 0, -0.0
        packed = gguf.quants.quantize(data, kind)
        w = writer(folder / "model.gguf")
        w.add_file_type(gguf.LlamaFileType.ALL_F32)
        add(w, "blk.0.ffn_down.weight", packed, kind)
        done(w)
        return {NAME: gguf.quants.dequantize(packed, kind)}
    maker.__module__, maker.__name__ = __name__, "written_" + kind.name.lower()
    case(maker)


def blocks(kind, rows=4, columns=512, seed=1):
    """Any bytes are a block, but for scales, which are finite here: some tiny, some zero, some negative."""
    elements, size = gguf.GGML_QUANT_SIZES[kind]
    random = np.random.default_rng(seed)
    raw = random.integers(0, 256, (rows * columns // elements, size), dtype=np.uint8)
    for at in HALVES.get(kind, []):
        scale = random.standard_normal(len(raw)).astype(np.float16)
        scale[1::4] *= np.float16(1e-5)
        scale[2] = 0
        raw[:, at:at + 2] = scale.view(np.uint8).reshape(-1, 2)
    if kind == Type.MXFP4:
        raw[:, 0] = random.integers(100, 140, len(raw))
        raw[:4, 0] = [0, 1, 2, 254]
    return raw.reshape(rows, columns // elements * size)


def given(kind):
    def maker(folder):
        packed = blocks(kind)
        w = writer(folder / "model.gguf")
        add(w, "blk.0.ffn_down.weight", packed, kind)
        done(w)
        with np.errstate(all="ignore"):
            return {NAME: gguf.quants.dequantize(packed, kind)}
    maker.__module__, maker.__name__ = __name__, "given_" + kind.name.lower()
    case(maker)


def not_read(kind):
    def maker(folder):
        w = writer(folder / "model.gguf")
        elements, size = gguf.GGML_QUANT_SIZES[kind]
        add(w, "blk.0.ffn_down.weight", np.zeros((4, 512 // elements * size), dtype=np.uint8), kind)
        done(w)
        return refused("UNKNOWN_ELEMENT_TYPE", "blk.0.ffn_down.weight", kind.name)
    maker.__module__, maker.__name__ = __name__, "not_read_" + kind.name.lower()
    case(maker)


for each in WRITTEN:
    written(each)
for each in GIVEN:
    given(each)
for each in NOT_READ:
    not_read(each)


def permuted(weights, heads):
    """llama.cpp's converter does this to the rows of Q and K (LlamaModel.permute)."""
    return (weights.reshape(heads, 2, weights.shape[0] // heads // 2, *weights.shape[1:])
            .swapaxes(1, 2).reshape(weights.shape))


def layer(seed=3, width=32, kv=16, inner=32):
    names = {"self_attn.q_proj": ((width, width), "attn_q"), "self_attn.k_proj": ((kv, width), "attn_k"),
             "self_attn.v_proj": ((kv, width), "attn_v"), "self_attn.o_proj": ((width, width), "attn_output"),
             "mlp.gate_proj": ((inner, width), "ffn_gate"), "mlp.up_proj": ((inner, width), "ffn_up"),
             "mlp.down_proj": ((width, inner), "ffn_down"), "input_layernorm": ((width,), "attn_norm"),
             "post_attention_layernorm": ((width,), "ffn_norm")}
    return {name: (values(*shape, seed=seed + i), short) for i, (name, (shape, short)) in enumerate(names.items())}


def llama(folder, kind, heads=4, kv_heads=2, biases=False, arch="llama", turned=True, file="model.gguf", **options):
    w = writer(folder / file, arch, heads, kv_heads, **options)
    expected = {}

    def put(name, short, data, of=kind):
        of = Type.F32 if data.ndim == 1 else of
        count = {"attn_q": heads, "attn_k": kv_heads}.get(short.split(".")[-2])
        stored = permuted(data, count) if count and turned else data
        packed = gguf.quants.quantize(stored, of)
        add(w, short, packed, of)
        back = gguf.quants.dequantize(packed, of)
        if count and turned:
            back = back.reshape(count, back.shape[0] // count // 2, 2, *back.shape[1:]).swapaxes(1, 2).reshape(back.shape)
        expected[name] = back

    put("model.embed_tokens.weight", "token_embd.weight", values(16, 32, seed=1))
    put("model.norm.weight", "output_norm.weight", values(32, seed=2))
    for name, (data, short) in layer(kv=32 // heads * kv_heads).items():
        put(f"model.layers.0.{name}.weight", f"blk.0.{short}.weight", data)
        if biases and short in ("attn_q", "attn_k", "attn_v"):
            put(f"model.layers.0.{name}.bias", f"blk.0.{short}.bias", values(len(data), seed=99))
    put("lm_head.weight", "output.weight", values(16, 32, seed=5))
    done(w)
    return expected


@case
def llama_f32(folder):
    return llama(folder, Type.F32)


@case
def llama_f16_one_key_head(folder):
    return llama(folder, Type.F16, heads=4, kv_heads=1)


@case
def llama_q8_0_all_heads(folder):
    return llama(folder, Type.Q8_0, heads=8, kv_heads=8)


@case
def llama_biases(folder):
    return llama(folder, Type.BF16, biases=True)


@case
def qwen2_is_not_turned(folder):
    return llama(folder, Type.F16, biases=True, arch="qwen2", turned=False)


@case
def qwen3_is_not_turned(folder):
    return llama(folder, Type.Q4_0, arch="qwen3", turned=False)


@case
def version_2(folder):
    expected = llama(folder, Type.F16)
    data = bytearray((folder / "model.gguf").read_bytes())
    data[4] = 2
    (folder / "model.gguf").write_bytes(data)
    return expected


@case
def version_1(folder):
    llama(folder, Type.F16)
    data = bytearray((folder / "model.gguf").read_bytes())
    data[4] = 1
    (folder / "model.gguf").write_bytes(data)
    return refused("UNSUPPORTED_VERSION", "version 1")


@case
def big_endian(folder):
    llama(folder, Type.F32, endianess=gguf.GGUFEndian.BIG)
    return refused("UNSUPPORTED_VERSION", "little-endian", "big-endian")


@case
def split_in_three(folder):
    return llama(folder, Type.F16, split_max_tensors=5)


@case
def split_lacks_one(folder):
    llama(folder, Type.F16, split_max_tensors=5)
    sorted(folder.glob("*.gguf"))[1].unlink()
    return refused("INDEX_MISMATCH", "3")


@case
def alignment_of_128(folder):
    w = writer(folder / "model.gguf")
    w.add_custom_alignment(128)
    add(w, "output_norm.weight", values(7))
    add(w, "token_embd.weight", values(16, 32))
    done(w)
    return {"model.norm.weight": values(7), "model.embed_tokens.weight": values(16, 32)}


@case
def plain_integers(folder):
    w = writer(folder / "model.gguf")
    expected = {}
    for kind in (np.int8, np.int16, np.int32, np.int64, np.float64):
        data = (values(3, 8) * 1000).astype(kind)
        w.add_tensor("extra." + np.dtype(kind).name, data)
        expected["extra." + np.dtype(kind).name] = data.astype(np.float32)
    done(w)
    return expected


@case
def metadata_of_every_kind(folder):
    w = writer(folder / "model.gguf")
    for name in ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64"):
        getattr(w, "add_" + name)("x." + name, 7)
    w.add_bool("x.bool", True)
    w.add_array("x.texts", ["a", "b"])
    w.add_array("x.numbers", list(range(1500)))
    w.add_array("x.fractions", [0.5] * 3)
    add(w, "output_norm.weight", values(8))
    done(w)
    return {"model.norm.weight": values(8)}


@case
def lists_of_lists(folder):
    w = writer(folder / "model.gguf")
    w.add_array("x.nested", [[1, 2], [3, 4]])
    done(w)
    return refused("MALFORMED_HEADER", "x.nested", "flat list")


@case
def mixtral(folder):
    w = writer(folder / "model.gguf")
    w.add_expert_count(3)
    w.add_expert_used_count(2)
    expected = {"model.layers.0.block_sparse_moe.gate.weight": values(3, 32)}
    add(w, "blk.0.ffn_gate_inp.weight", values(3, 32))
    for part, short, shape in (("w1", "ffn_gate_exps", (64, 32)), ("w3", "ffn_up_exps", (64, 32)),
                               ("w2", "ffn_down_exps", (32, 64))):
        stack = np.stack([values(*shape, seed=e + 10) for e in range(3)])
        packed = gguf.quants.quantize(stack, Type.Q4_1)
        add(w, f"blk.0.{short}.weight", packed, Type.Q4_1)
        for e, back in enumerate(gguf.quants.dequantize(packed, Type.Q4_1)):
            expected[f"model.layers.0.block_sparse_moe.experts.{e}.{part}.weight"] = back
    done(w)
    return expected


@case
def gemma_norms(folder):
    w = writer(folder / "model.gguf", arch="gemma2")
    add(w, "output_norm.weight", values(32) + 1)
    add(w, "blk.0.attn_norm.weight", values(32, seed=1) + 1)
    add(w, "blk.0.ffn_norm.weight", values(32, seed=2) + 1)
    add(w, "blk.0.post_ffw_norm.weight", values(32, seed=4) + 1)
    add(w, "token_embd.weight", values(16, 32), Type.F16)
    done(w)
    back = lambda seed: (values(32, seed=seed) + np.float32(1)) - np.float32(1)
    return {"model.norm.weight": back(0), "model.layers.0.input_layernorm.weight": back(1),
            "model.layers.0.pre_feedforward_layernorm.weight": back(2),
            "model.layers.0.post_feedforward_layernorm.weight": back(4),
            "model.embed_tokens.weight": values(16, 32).astype(np.float16)}


@case
def tokenizer_inside(folder):
    w = writer(folder / "model.gguf")
    w.add_tokenizer_model("gpt2")
    w.add_tokenizer_pre("default")
    w.add_token_list(["a", "b", "ab", "<s>"])
    w.add_token_types([1, 1, 1, 3])
    w.add_token_merges(["a b"])
    w.add_bos_token_id(3)
    add(w, "token_embd.weight", values(4, 32), Type.F16)
    done(w)
    return {"model.embed_tokens.weight": values(4, 32).astype(np.float16)}
