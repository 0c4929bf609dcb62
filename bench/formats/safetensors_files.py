"""safetensors by the official library, and quantised layouts packed here from their published definitions."""
import json

import torch
import transformers
from safetensors.torch import save_file

from case import case, refused

EIGHT = torch.float8_e4m3fn


def values(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def saved(folder, state, name="model.safetensors", **options):
    save_file(state, folder / name, **options)
    return state


def config(folder, **quantisation):
    (folder / "config.json").write_text(json.dumps({"model_type": "llama", "quantization_config": quantisation}))


@case
def every_type(folder):
    kinds = [torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8,
             torch.uint8, torch.bool, torch.uint16, torch.uint32, torch.uint64]
    state = {str(k)[6:]: (values(3, 5).abs() * 9).to(k) for k in kinds}
    for k in (EIGHT, torch.float8_e5m2, torch.float8_e8m0fnu):
        state[str(k)[6:]] = torch.arange(256, dtype=torch.uint8).view(k)
    return saved(folder, state)


@case
def four_bit_floats(folder):
    raw = torch.arange(256, dtype=torch.uint8).view(16, 16)
    saved(folder, {"x2": raw.view(torch.float4_e2m1fn_x2)})
    lut = torch.tensor([0, .5, 1, 1.5, 2, 3, 4, 6, -0.0, -.5, -1, -1.5, -2, -3, -4, -6])
    return {"x2": torch.stack([lut[(raw & 15).long()], lut[(raw >> 4).long()]], -1).view(16, 32)}


@case
def complex_numbers(folder):
    saved(folder, {"waves": torch.complex(values(2, 2), values(2, 2, seed=1))})
    return refused("UNKNOWN_ELEMENT_TYPE", "waves", "C64")


@case
def small_and_empty(folder):
    return saved(folder, {"scalar": torch.tensor(3.5), "none": torch.zeros(0), "no_rows": torch.zeros(0, 7), "no_columns": torch.zeros(7, 0),
                          "deep": values(1, 2, 1, 3, 1, 2)}, metadata={"format": "pt", "누가": "우리", "json": '{"a": 1}'})


@case
def nothing(folder):
    return saved(folder, {})


@case
def names(folder):
    return saved(folder, {"층.가중치": values(2), "a b/c": values(1), "x" * 400: values(1)})


def sharded(folder):
    torch.manual_seed(3)
    model = transformers.LlamaForCausalLM(transformers.LlamaConfig(
        vocab_size=24, hidden_size=8, intermediate_size=12, num_hidden_layers=2, num_attention_heads=2))
    model.save_pretrained(folder, max_shard_size="2KB")
    return dict(model.state_dict())


@case
def shards(folder):
    return sharded(folder)


def edit(folder, change):
    path = folder / "model.safetensors.index.json"
    index = json.loads(path.read_text())
    change(index["weight_map"])
    path.write_text(json.dumps(index))


@case
def index_names_a_missing_tensor(folder):
    sharded(folder)
    edit(folder, lambda where: where.update({"model.extra.weight": where["model.norm.weight"]}))
    return refused("INDEX_MISMATCH", "model.extra.weight")


@case
def index_names_the_wrong_shard(folder):
    # As transformers does, all tensors of all listed shards are read.
    state = sharded(folder)
    edit(folder, lambda where: where.update({"model.norm.weight": where["model.embed_tokens.weight"]}))
    return state


@case
def index_leaves_one_out(folder):
    state = sharded(folder)
    edit(folder, lambda where: where.pop("model.norm.weight"))
    return state


@case
def tensor_in_two_shards(folder):
    sharded(folder)
    first, second = sorted(folder.glob("*.safetensors"))[:2]
    from safetensors.torch import load_file
    saved(folder, {**load_file(second), **dict(list(load_file(first).items())[:1])}, name=second.name)
    return refused("DUPLICATE_NAME")


def eight(weight, rows=128, columns=128):
    """DeepSeek-V3: one scale for each block of 128 x 128, multiplied (its name says inverse)."""
    out, width = weight.shape
    scale = torch.zeros(-(-out // rows), -(-width // columns))
    full = torch.zeros_like(weight)
    for i in range(scale.shape[0]):
        for j in range(scale.shape[1]):
            block = weight[i * rows:(i + 1) * rows, j * columns:(j + 1) * columns]
            scale[i, j] = block.abs().max() / 448
            full[i * rows:(i + 1) * rows, j * columns:(j + 1) * columns] = scale[i, j]
    stored = (weight / full).to(EIGHT)
    return stored, scale, stored.float() * full


def deepseek(name, rows, columns, **quantisation):
    def maker(folder):
        stored, scale, back = eight(values(150, 140), rows, columns)
        saved(folder, {"w.weight": stored, "w.weight_scale_inv": scale, "plain.weight": values(3, 3)})
        config(folder, quant_method="fp8", fmt="e4m3", **quantisation)
        return {"w.weight": back, "plain.weight": values(3, 3)}
    maker.__module__, maker.__name__ = __name__, "deepseek_" + name
    case(maker)


deepseek("blocks", 128, 128, weight_block_size=[128, 128])
deepseek("blocks_unstated", 128, 128)
deepseek("blocks_of_64_by_32", 64, 32, weight_block_size=[64, 32])


@case
def eight_bit_floats_by_row_and_tensor(folder):
    row, one = values(6, 1).abs() + 0.1, torch.tensor(0.25)
    a, b = (values(6, 5) / row).to(EIGHT), (values(4, 3) * 4).to(EIGHT)
    saved(folder, {"a.weight": a, "a.weight_scale": row, "b.weight": b, "b.weight_scale": one, "b.input_scale": one.clone()})
    return {"a.weight": a.float() * row, "b.weight": b.float() * one, "b.input_scale": one}


@case
def eight_bit_floats_in_blocks_by_compressed_tensors(folder):
    stored, scale, back = eight(values(150, 140))
    saved(folder, {"w.weight": stored, "w.weight_scale": scale})
    config(folder, quant_method="compressed-tensors", format="float-quantized", config_groups={"group_0": {"weights": {
        "num_bits": 8, "type": "float", "strategy": "block", "block_structure": [128, 128]}}})
    return {"w.weight": back}


@case
def eight_bit_integers_by_row(folder):
    row = values(6, 1).abs() + 0.01
    a = torch.randint(-127, 128, (6, 5), dtype=torch.int8)
    saved(folder, {"a.weight": a, "a.weight_scale": row})
    config(folder, quant_method="compressed-tensors", format="int-quantized")
    return {"a.weight": a.float() * row}


def packed(numbers, bits, axis, order=None):
    """int32 words; the number at position order[p] of each run lies at bit p * bits."""
    each = 32 // bits
    order = order or list(range(each))
    runs = numbers.movedim(axis, 0).reshape(-1, each, numbers.shape[1 - axis]).long()
    words = torch.zeros(runs.shape[0], runs.shape[2], dtype=torch.long)
    for place, which in enumerate(order):
        words |= runs[:, which] << (bits * place)
    words = torch.where(words >= 2**31, words - 2**32, words).to(torch.int32)
    return words.movedim(0, axis).contiguous()


def gptq(name, bits, group, version="gptq", symmetric=False, act_order=False):
    """AutoGPTQ: qweight [in * bits / 32, out], qzeros [groups, out * bits / 32] less one, scales [groups, out], g_idx [in]."""
    def maker(folder):
        inputs, outputs = 64, 32
        g = torch.Generator().manual_seed(bits)
        groups = 1 if group == -1 else inputs // group
        q = torch.randint(0, 2**bits, (inputs, outputs), generator=g)
        zero = torch.full((groups, outputs), 2**(bits - 1)) if symmetric else torch.randint(1, 2**bits, (groups, outputs), generator=g)
        scale = (torch.rand(groups, outputs, generator=g) * 0.1 + 0.01).half()
        index = torch.arange(inputs) // (inputs // groups)
        if act_order:
            index = index[torch.randperm(inputs, generator=g)]
        saved(folder, {"w.qweight": packed(q, bits, 0), "w.qzeros": packed(zero - int(version == "gptq"), bits, 1),
                       "w.scales": scale, "w.g_idx": index.to(torch.int32)})
        config(folder, quant_method="gptq", bits=bits, group_size=group, desc_act=act_order, sym=symmetric, checkpoint_format=version)
        return {"w.weight": ((q - zero[index]).double() * scale[index].double()).float().t()}
    maker.__module__, maker.__name__ = __name__, "gptq_" + name
    case(maker)


gptq("4_bits", 4, 16)
gptq("4_bits_symmetric_version_2", 4, 32, version="gptq_v2", symmetric=True)
gptq("4_bits_in_order_of_activation", 4, 16, act_order=True)
gptq("4_bits_one_group", 4, -1)
gptq("8_bits", 8, 16)
gptq("2_bits", 2, 32)


@case
def gptq_3_bits(folder):
    saved(folder, {"w.qweight": torch.zeros(6, 32, dtype=torch.int32), "w.qzeros": torch.zeros(2, 3, dtype=torch.int32),
                   "w.scales": torch.ones(2, 32).half(), "w.g_idx": torch.zeros(64, dtype=torch.int32)})
    config(folder, quant_method="gptq", bits=3, group_size=32)
    return refused("BAD_SHAPE", "w.qweight", "3 bits")


@case
def awq_4_bits(folder):
    """AutoAWQ's GEMM: qweight [in, out / 8], outputs 0 2 4 6 1 3 5 7 in each word's nibbles; qzeros alike, as they are."""
    inputs, outputs, group = 64, 32, 16
    g = torch.Generator().manual_seed(4)
    q = torch.randint(0, 16, (inputs, outputs), generator=g)
    zero = torch.randint(0, 16, (inputs // group, outputs), generator=g)
    scale = (torch.rand(inputs // group, outputs, generator=g) * 0.1 + 0.01).half()
    order = [0, 2, 4, 6, 1, 3, 5, 7]
    saved(folder, {"w.qweight": packed(q, 4, 1, order), "w.qzeros": packed(zero, 4, 1, order), "w.scales": scale})
    config(folder, quant_method="awq", bits=4, group_size=group, version="gemm", zero_point=True)
    index = torch.arange(inputs) // group
    return {"w.weight": ((q - zero[index]).double() * scale[index].double()).float().t()}


@case
def awq_gemv(folder):
    saved(folder, {"w.qweight": torch.zeros(32, 8, dtype=torch.int32), "w.qzeros": torch.zeros(32, 1, dtype=torch.int32),
                   "w.scales": torch.ones(32, 8).half()})
    config(folder, quant_method="awq", bits=4, group_size=16, version="gemv", zero_point=True)
    return refused("BAD_SHAPE", "w.qweight")


@case
def shared_exponents_of_gpt_oss(folder):
    """Values by transformers' own function."""
    from transformers.integrations.mxfp4 import convert_moe_packed_tensors
    g = torch.Generator().manual_seed(5)
    blocks = torch.randint(0, 256, (2, 6, 3, 16), dtype=torch.uint8, generator=g)
    scales = torch.randint(110, 135, (2, 6, 3), dtype=torch.uint8, generator=g)
    saved(folder, {"mlp.experts.gate_up_proj_blocks": blocks, "mlp.experts.gate_up_proj_scales": scales})
    return {"mlp.experts.gate_up_proj": convert_moe_packed_tensors(blocks.clone(), scales.clone(), dtype=torch.float32)}
