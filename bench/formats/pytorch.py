"""PyTorch's own files in the shapes found in the wild, by torch.save."""
import collections
import json

import torch

from case import case, refused

FLOATS = [torch.float32, torch.float16, torch.bfloat16, torch.float64]
SMALL = [torch.int8, torch.uint8, torch.int16, torch.int32, torch.int64, torch.bool]
EIGHTS = [torch.float8_e4m3fn, torch.float8_e5m2]


def values(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def saved(folder, state, name="pytorch_model.bin", **options):
    torch.save(state, folder / name, **options)
    return state


@case
def every_type(folder):
    state = {str(t)[6:]: (values(3, 5) * 9).to(t) for t in FLOATS + SMALL + EIGHTS}
    state["special"] = torch.tensor([float("nan"), float("inf"), -float("inf"), -0.0, 1e-45, 3e38])
    return saved(folder, state)


@case
def every_eight_bit_float(folder):
    bits = torch.arange(256, dtype=torch.uint8)
    return saved(folder, {"e4m3": bits.view(torch.float8_e4m3fn), "e5m2": bits.view(torch.float8_e5m2)})


@case
def unsigned_types(folder):
    return saved(folder, {
        "u16": torch.tensor([0, 1, 65535], dtype=torch.uint16),
        "u32": torch.tensor([0, 1, 2**32 - 1], dtype=torch.uint32),
        "u64": torch.tensor([0, 1, 2**64 - 1], dtype=torch.uint64)})


@case
def e8m0(folder):
    return saved(folder, {"scales": torch.arange(256, dtype=torch.uint8).view(torch.float8_e8m0fnu)})


@case
def fnuz(folder):
    saved(folder, {"odd": values(2, 2).to(torch.float8_e4m3fnuz)})
    return refused("UNKNOWN_ELEMENT_TYPE", "odd", "fnuz")


@case
def complex_numbers(folder):
    saved(folder, {"waves": torch.complex(values(2, 2), values(2, 2, seed=1))})
    return refused("UNKNOWN_ELEMENT_TYPE", "waves", "Complex")


@case
def tied(folder):
    embedding = values(11, 4)
    return saved(folder, {"embed.weight": embedding, "head.weight": embedding, "part.weight": embedding[2:5]})


@case
def views(folder):
    base = values(4, 6, 5)
    flat = values(60, seed=2)
    return saved(folder, {
        "transposed": flat[:20].view(4, 5).t(),
        "offset": flat[7:31].view(4, 6),
        "every_second": flat[::2],
        "columns": flat.view(10, 6)[:, 1:4],
        "permuted": base.permute(2, 0, 1),
        "one_row": base[2, 3],
        "expanded": flat[3:4].expand(2, 3),
        "expanded_rows": flat[:5].expand(3, 5),
        "one": flat[9],
        "column_of_one": flat.view(10, 6)[:, :1],
        "channels_last": values(1, 3, 4, 4).to(memory_format=torch.channels_last)})


@case
def small_and_empty(folder):
    return saved(folder, {"scalar": torch.tensor(3.5), "none": torch.zeros(0), "no_rows": torch.zeros(0, 7),
                          "no_columns": torch.zeros(7, 0), "one": torch.ones(1, 1)})


@case
def ordered(folder):
    module = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
    state = module.state_dict()
    return dict(saved(folder, state))


@case
def parameters(folder):
    state = {"weight": torch.nn.Parameter(values(3, 2)), "frozen": torch.nn.Parameter(values(2), requires_grad=False)}
    return saved(folder, collections.OrderedDict(state))


@case
def parameter_with_state(folder):
    weight = torch.nn.Parameter(values(3, 2))
    weight.tagged = "by a trainer"
    return saved(folder, {"weight": weight})


@case
def gradients(folder):
    return saved(folder, {"weight": values(3, 2).requires_grad_()})


@case
def backward_hooks(folder):
    weight = values(3, 2).requires_grad_()
    return saved(folder, {"weight": weight, "step": 3, "lr": 1e-4, "name": "x"}) and {"weight": weight}


@case
def checkpoint_with_optimizer(folder):
    model = torch.nn.Linear(4, 3)
    optimizer = torch.optim.AdamW(model.parameters())
    model(values(2, 4)).sum().backward()
    optimizer.step()
    saved(folder, {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3, "loss": 0.25,
                   "rng": torch.get_rng_state()[:16], "shapes": values(2, 3).shape, "big": 2**70, "done": True,
                   "none": None, "where": torch.device("cpu"), "type": torch.float16})
    return dict(model.state_dict())


@case
def lightning(folder):
    model = torch.nn.Linear(4, 3)
    saved(folder, {"epoch": 1, "global_step": 7, "pytorch-lightning_version": "2.1", "loops": {"a": [1, (2, 3)]},
                   "state_dict": collections.OrderedDict(("model." + k, v) for k, v in model.state_dict().items())},
          name="last.pt")
    return {"model." + k: v for k, v in model.state_dict().items()}


@case
def megatron(folder):
    state = {"language_model": {"embedding": {"word_embeddings": {"weight": values(5, 4)}},
                                "encoder": {"final_norm.weight": values(4)}}}
    saved(folder, {"model": state, "iteration": 10, "checkpoint_version": 3.0})
    return {"language_model.embedding.word_embeddings.weight": values(5, 4),
            "language_model.encoder.final_norm.weight": values(4)}


@case
def bytes_and_sets(folder):
    saved(folder, {"weight": values(2, 2), "raw": b"abc", "seen": {1, 2}, "frozen": frozenset("ab")},
          pickle_protocol=4)
    return refused("FORBIDDEN_CONTENT", "opcode 0x43 (C)")


def protocol(number):
    def maker(folder):
        return saved(folder, {"embed.weight": values(6, 3), "layers.0.mlp.weight": values(3, 6).half().t(),
                              "h" * 300: values(2)}, pickle_protocol=number)
    maker.__module__, maker.__name__ = __name__, f"protocol_{number}"
    return case(maker)


for number in (1, 2, 3, 4, 5):
    protocol(number)


@case
def names(folder):
    return saved(folder, {"층.0.가중치": values(2), "x" * 400: values(2), "a/b c": values(1)})


@case
def name_of_three_thousand(folder):
    saved(folder, {"x" * 3000: values(2)})
    return refused("BAD_NAME", "3000 characters")


@case
def empty_name(folder):
    saved(folder, {"": values(2)})
    return refused("BAD_NAME", "an empty name")


@case
def no_tensors(folder):
    saved(folder, {"optimizer": {"lr": 0.1}, "epoch": 3})
    return refused("MALFORMED_HEADER", "optimizer, epoch")


@case
def tensor_with_attributes(folder):
    weight = values(3, 2)
    weight.tagged = "by a trainer"
    return saved(folder, {"weight": weight})


@case
def number_keys(folder):
    saved(folder, {0: values(2), 1: values(3)})
    return {"0": values(2), "1": values(3)}


@case
def other_folder_name(folder):
    import zipfile
    torch.save({"weight": values(2, 3)}, folder / "a.zip")
    with zipfile.ZipFile(folder / "a.zip") as old, zipfile.ZipFile(folder / "model.pt", "w") as new:
        for item in old.infolist():
            if item.filename.endswith(("data.pkl", "data/0")):
                new.writestr("archive/" + item.filename.split("/", 1)[1], old.read(item))
    (folder / "a.zip").unlink()
    return {"weight": values(2, 3)}


@case
def sharded(folder):
    state = {f"layers.{i}.weight": values(2, 3, seed=i) for i in range(4)}
    where = {}
    for shard in (1, 2):
        name = f"pytorch_model-0000{shard}-of-00002.bin"
        part = {k: v for i, (k, v) in enumerate(state.items()) if i % 2 == shard - 1}
        saved(folder, part, name=name)
        where.update({k: name for k in part})
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps({"metadata": {"total_size": 96}, "weight_map": where}))
    return state


@case
def shard_missing(folder):
    sharded(folder)
    (folder / "pytorch_model-00002-of-00002.bin").unlink()
    return refused("INDEX_MISMATCH", "pytorch_model-00002-of-00002.bin")


@case
def shard_lacks_a_tensor(folder):
    state = sharded(folder)
    saved(folder, {"layers.1.weight": state["layers.1.weight"]}, name="pytorch_model-00002-of-00002.bin")
    return refused("INDEX_MISMATCH", "layers.3.weight")


@case
def before_zip(folder):
    base = values(30)
    return saved(folder, {"embed.weight": base.view(5, 6), "tied.weight": base.view(5, 6), "turned": base.view(5, 6).t(),
                          "slice": base[4:9], "half": values(3, 3).half(), "bf16": values(3).bfloat16(),
                          "double": values(3).double(), "ids": torch.arange(4), "flag": torch.tensor([True, False]),
                          "scalar": torch.tensor(2.5), "empty": torch.zeros(0)}, _use_new_zipfile_serialization=False)


@case
def before_zip_module_state(folder):
    module = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.LayerNorm(2))
    return dict(saved(folder, module.state_dict(), _use_new_zipfile_serialization=False))


@case
def before_zip_eights(folder):
    return saved(folder, {"e4m3": values(3).to(torch.float8_e4m3fn), "u16": torch.tensor([1, 65535], dtype=torch.uint16)},
                 _use_new_zipfile_serialization=False)


@case
def big_endian(folder):
    import zipfile
    torch.save({"weight": values(2, 3)}, folder / "a.zip")
    with zipfile.ZipFile(folder / "a.zip") as old, zipfile.ZipFile(folder / "model.pt", "w") as new:
        for item in old.infolist():
            new.writestr(item.filename, b"big" if item.filename.endswith("byteorder") else old.read(item))
    (folder / "a.zip").unlink()
    return refused("UNSUPPORTED_VERSION", "byteorder", "big")


@case
def quantised_tensor(folder):
    saved(folder, {"weight": torch.quantize_per_tensor(values(3, 3), 0.1, 3, torch.qint8)})
    return refused("FORBIDDEN_CONTENT", "_rebuild_qtensor")


@case
def sparse_tensor(folder):
    saved(folder, {"weight": torch.eye(4).to_sparse()})
    return refused("FORBIDDEN_CONTENT", "_rebuild_sparse_tensor")


@case
def whole_module(folder):
    saved(folder, torch.nn.Linear(2, 2))
    return refused("FORBIDDEN_CONTENT", "torch.nn.modules.linear.Linear")


@case
def scripted_module(folder):
    torch.jit.script(torch.nn.Linear(2, 2)).save(str(folder / "model.pt"))
    return refused("FORBIDDEN_CONTENT", "__torch__")
