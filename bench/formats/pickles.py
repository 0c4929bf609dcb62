"""Hostile .bin and .pt files: nothing runs, nothing is allocated in bulk, and the error names what was found."""
import builtins
import os
import pickle
import struct
import zipfile

import torch

from case import case, refused

PROTO = b"\x80\x02"


class Runs:
    """Python's pickle calls this function with these arguments on loading."""

    def __init__(self, function, *arguments):
        self.reduced = (function, arguments)

    def __reduce__(self):
        return self.reduced


def text(value):
    data = value.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def archive(folder, data, storages=None, name="pytorch_model.bin", method=zipfile.ZIP_STORED):
    """A zip as PyTorch's, around any pickle."""
    with zipfile.ZipFile(folder / name, "w", method) as out:
        out.writestr("archive/data.pkl", data)
        out.writestr("archive/byteorder", "little")
        for key, content in (storages or {}).items():
            out.writestr("archive/data/" + key, content)
        out.writestr("archive/version", "3\n")


def tensor(storage=b"ctorch\nFloatStorage\n", key="0", elements=4, offset=0, size=(4,), stride=(1,)):
    """A state dictionary of one tensor, by hand."""
    number = lambda n: b"\x8a\x08" + struct.pack("<q", n)
    numbers = lambda ns: b"(" + b"".join(map(number, ns)) + b"t"
    return (PROTO + b"}" + text("weight") + b"ctorch._utils\n_rebuild_tensor_v2\n(("
            + text("storage") + storage + text(key) + text("cpu") + number(elements) + b"tQ"
            + number(offset) + numbers(size) + numbers(stride) + b"\x89" + b"ccollections\nOrderedDict\n)R" + b"tRs.")


def reduced(name, function, *arguments, protocols=(0, 1, 2, 3, 4, 5), mentions=()):
    for protocol in protocols:
        def maker(folder, protocol=protocol):
            archive(folder, pickle.dumps({"weight": Runs(function, *arguments)}, protocol=protocol))
            return refused("FORBIDDEN_CONTENT", "opcode 0x93" if protocol >= 4 else "opcode 0x63 (c)", *mentions)
        maker.__module__, maker.__name__ = __name__, f"{name}_protocol_{protocol}"
        case(maker)


reduced("system", os.system, "touch /tmp/formats/OWNED", mentions=["posix.system"])
reduced("eval", builtins.eval, "open('/tmp/formats/OWNED','w')", mentions=["eval"])
reduced("getattr", builtins.getattr, torch.Tensor, "numpy", protocols=(2, 3, 4, 5), mentions=["getattr"])


@case
def system_before_zip(folder):
    torch.save({"weight": Runs(os.system, "true")}, folder / "pytorch_model.bin", _use_new_zipfile_serialization=False)
    return refused("FORBIDDEN_CONTENT", "opcode 0x63 (c)", "posix.system")


@case
def system_by_torch_save(folder):
    torch.save({"weight": torch.ones(2), "extra": Runs(os.system, "true")}, folder / "model.pt")
    return refused("FORBIDDEN_CONTENT", "opcode 0x63 (c)", "posix.system")


@case
def plain_pickle(folder):
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps({"weight": Runs(os.system, "true")}, protocol=4))
    return refused("FORBIDDEN_CONTENT", "opcode 0x93", "posix.system")


@case
def inside_a_tensors_arguments(folder):
    data = tensor().replace(b"ccollections\nOrderedDict\n)R", b"cposix\nsystem\n(" + text("true") + b"tR")
    archive(folder, data, {"0": bytes(16)})
    return refused("FORBIDDEN_CONTENT", "opcode 0x63 (c)", "posix.system")


@case
def storage_class_that_runs(folder):
    archive(folder, tensor(storage=b"cos\nFloatStorage\n"), {"0": bytes(16)})
    return refused("FORBIDDEN_CONTENT", "os.FloatStorage")


@case
def name_with_dots(folder):
    archive(folder, PROTO + b"}" + text("a") + b"\x8c\x05torch\x8c\x13_utils._rebuild_all\x93s.")
    return refused("FORBIDDEN_CONTENT", "opcode 0x93", "torch._utils._rebuild_all")


@case
def storage_found_by_dots(folder):
    archive(folder, PROTO + b"}" + text("a") + b"\x8c\x05torch\x8c\x11os.system.Storage\x93s.")
    return refused("FORBIDDEN_CONTENT", "opcode 0x93", "torch.os.system.Storage")


@case
def stack_global_of_lists(folder):
    # Each list holds the one before twice: its text would have 2^40 parts.
    lists = b"]q\x00" + b"".join(b"](h" + bytes([i]) + b"h" + bytes([i]) + b"eq" + bytes([i + 1]) for i in range(40))
    archive(folder, PROTO + lists + b"h\x28h\x28\x93.")
    return refused("MALFORMED_HEADER", "data.pkl")


@case
def stack_global_of_a_circle(folder):
    archive(folder, PROTO + b"]q\x00](h\x00eq\x01h\x00h\x01ah\x00h\x01\x93.")
    return refused("MALFORMED_HEADER", "data.pkl")


@case
def stack_global_of_a_global(folder):
    archive(folder, PROTO + b"ccollections\nOrderedDict\n" + text("system") + b"\x93.")
    return refused("MALFORMED_HEADER", "data.pkl")


@case
def calls_what_it_was_given(folder):
    archive(folder, PROTO + text("posix.system") + b"(" + text("true") + b"tR.")
    return refused("FORBIDDEN_CONTENT", "opcode 0x52 (R)")


@case
def calls_a_dtype(folder):
    archive(folder, PROTO + b"ctorch\nfloat32\n(" + text("true") + b"tR.")
    return refused("FORBIDDEN_CONTENT", "opcode 0x52 (R)", "torch.float32")


@case
def calls_a_storage(folder):
    archive(folder, PROTO + b"ctorch\nFloatStorage\n(K\x09tR.")
    return refused("FORBIDDEN_CONTENT", "opcode 0x52 (R)", "torch.FloatStorage")


@case
def instance_opcode(folder):
    archive(folder, b"(" + text("true") + b"iposix\nsystem\n.")
    return refused("FORBIDDEN_CONTENT", "opcode 0x69 (i)", "posix.system")


@case
def object_opcode(folder):
    archive(folder, b"(ccollections\nOrderedDict\no.")
    return refused("FORBIDDEN_CONTENT", "opcode 0x6f (o)")


@case
def new_object_opcode(folder):
    archive(folder, PROTO + b"ccollections\nOrderedDict\n)\x81.")
    return refused("FORBIDDEN_CONTENT", "opcode 0x81")


@case
def extension_opcode(folder):
    archive(folder, PROTO + b"\x82\x01.")
    return refused("FORBIDDEN_CONTENT", "opcode 0x82")


@case
def builds_upon_a_class(folder):
    archive(folder, PROTO + b"ccollections\nOrderedDict\n}" + text("__setstate__") + text("eval") + b"sb.")
    return refused("FORBIDDEN_CONTENT", "opcode 0x62 (b)")


@case
def type_that_runs(folder):
    data = (PROTO + b"ctorch._tensor\n_rebuild_from_type_v2\n(cposix\nsystem\nctorch\nTensor\n("
            + text("true") + b"t}tR.")
    archive(folder, data)
    return refused("FORBIDDEN_CONTENT", "opcode 0x63 (c)", "posix.system")


@case
def type_that_calls_itself(folder):
    rebuild = b"ctorch._tensor\n_rebuild_from_type_v2\n"
    inner = b"h\x00](h\x00h\x00h\x01h\x01eq\x01"
    archive(folder, PROTO + rebuild + b"q\x00]q\x01(h\x00h\x00h\x01h\x01eR.")
    return refused("FORBIDDEN_CONTENT", "opcode 0x52 (R)", "_rebuild_from_type_v2")


@case
def text_of_two_gigabytes(folder):
    archive(folder, PROTO + b"X\xff\xff\xff\x7fabc.")
    return refused("BAD_NAME")


@case
def text_of_eight_exabytes(folder):
    archive(folder, PROTO + b"\x8d" + b"\xff" * 7 + b"\x7fabc.")
    return refused("BAD_NAME")


@case
def text_of_negative_length(folder):
    archive(folder, PROTO + b"\x8d" + b"\xff" * 8 + b"abc.")
    return refused("BAD_NAME")


@case
def huge_memo_index(folder):
    archive(folder, PROTO + b"}r\xff\xff\xff\xffj\xff\xff\xff\xff0.")
    return refused("FORBIDDEN_CONTENT", "opcode 0x30 (0)")


@case
def memo_never_set(folder):
    archive(folder, PROTO + b"j\xff\xff\xff\x7f.")
    return refused("MALFORMED_HEADER", "remembered as 2147483647")


@case
def frame_past_the_end(folder):
    archive(folder, b"\x80\x04\x95" + b"\xff" * 7 + b"\x7f}.")
    return {}


@case
def no_stop(folder):
    archive(folder, PROTO + b"}")
    return refused("TRUNCATED")


@case
def empty_stack(folder):
    archive(folder, PROTO + b".")
    return refused("MALFORMED_HEADER", "data.pkl")


@case
def a_list(folder):
    archive(folder, PROTO + b"].")
    return refused("MALFORMED_HEADER", "dictionary")


@case
def dictionary_inside_itself(folder):
    archive(folder, PROTO + b"}q\x00" + text("model") + b"h\x00s.")
    return refused("MALFORMED_HEADER", "data.pkl")


def many_ways(folder, leaf, ways, levels):
    """Each of so many levels is a dictionary whose keys all lead to the same next one."""
    down = b"".join(b"}(" + b"".join(text(chr(97 + way)) + b"h" + bytes([i]) for way in range(ways)) + b"uq" + bytes([i + 1])
                    for i in range(levels))
    archive(folder, PROTO + leaf + b"q\x00" + down + b"}" + text("model") + b"h" + bytes([levels]) + b"s.",
            {"0": bytes(16)})


@case
def many_ways_to_a_tensor(folder):
    many_ways(folder, tensor()[2:-1], 8, 8)
    return refused("TOO_MANY_ENTRIES", "data.pkl")


@case
def many_ways_to_nothing(folder):
    many_ways(folder, b"}", 26, 12)
    return refused("TOO_MANY_ENTRIES", "data.pkl")


@case
def deeper_than_any_model(folder):
    many_ways(folder, b"}", 1, 40)
    return refused("MALFORMED_HEADER", "16 dictionaries deep")


@case
def storage_larger_than_its_entry(folder):
    archive(folder, tensor(elements=1 << 40, size=(1 << 40,)), {"0": bytes(16)})
    return refused("SIZE_MISMATCH", "tensor weight")


@case
def storage_of_negative_size(folder):
    archive(folder, tensor(elements=-4), {"0": bytes(16)})
    return refused("BAD_SHAPE", "tensor weight")


@case
def storage_of_too_many_bytes(folder):
    archive(folder, tensor(elements=(1 << 62) + 4), {"0": bytes(16)})
    return refused("BAD_SHAPE", "tensor weight")


@case
def storage_missing(folder):
    archive(folder, tensor(key="7"), {"0": bytes(16)})
    return refused("MALFORMED_ARCHIVE", "archive/data/7")


@case
def storage_outside(folder):
    archive(folder, tensor(key="../../../../etc/passwd"), {"0": bytes(16)})
    return refused("MALFORMED_ARCHIVE", "etc/passwd")


@case
def offset_outside(folder):
    archive(folder, tensor(offset=1), {"0": bytes(16)})
    return refused("OUT_OF_FILE", "tensor weight")


@case
def offset_negative(folder):
    archive(folder, tensor(offset=-1), {"0": bytes(16)})
    return refused("OUT_OF_FILE", "tensor weight")


@case
def offset_that_overflows(folder):
    archive(folder, tensor(offset=(1 << 63) - 2), {"0": bytes(16)})
    return refused("OUT_OF_FILE", "tensor weight")


@case
def stride_outside(folder):
    archive(folder, tensor(size=(2, 2), stride=(3, 1)), {"0": bytes(16)})
    return refused("OUT_OF_FILE", "tensor weight")


@case
def stride_negative(folder):
    archive(folder, tensor(size=(2, 2), stride=(-1, 1)), {"0": bytes(16)})
    return refused("OUT_OF_FILE", "tensor weight")


@case
def stride_that_overflows(folder):
    archive(folder, tensor(size=(2, 2), stride=((1 << 62), (1 << 62))), {"0": bytes(16)})
    return refused("OUT_OF_FILE", "tensor weight")


@case
def size_from_nothing(folder):
    archive(folder, tensor(size=(1 << 20, 1 << 20), stride=(0, 0)), {"0": bytes(16)})
    return refused("OUT_OF_FILE", "tensor weight")


@case
def compressed(folder):
    archive(folder, tensor(), {"0": bytes(16)}, method=zipfile.ZIP_DEFLATED)
    return refused("MALFORMED_ARCHIVE", "archive/data.pkl", "compressed")


@case
def compressed_bomb(folder):
    archive(folder, tensor(elements=1 << 22, size=(1 << 22,)), {"0": bytes(1 << 24)}, method=zipfile.ZIP_DEFLATED)
    return refused("MALFORMED_ARCHIVE", "compressed")


@case
def entry_twice(folder):
    archive(folder, tensor(), {"0": bytes(16)})
    with zipfile.ZipFile(folder / "pytorch_model.bin", "a") as out:
        out.writestr("archive/data/0", bytes(range(16)))
    return refused("DUPLICATE_NAME", "archive/data/0")


@case
def two_pickles(folder):
    archive(folder, tensor(), {"0": bytes(16)})
    with zipfile.ZipFile(folder / "pytorch_model.bin", "a") as out:
        out.writestr("other/data.pkl", tensor())
        out.writestr("other/data/0", bytes(16))
    return refused("MALFORMED_ARCHIVE", "data.pkl")


@case
def entry_above_the_folder(folder):
    archive(folder, tensor(), {"0": bytes(16), "../../../../tmp/formats/OWNED": b"x"})
    return {"weight": torch.zeros(4)}


@case
def directory_that_lies(folder):
    archive(folder, tensor(), {"0": bytes(16)})
    data = bytearray((folder / "pytorch_model.bin").read_bytes())
    at = data.rindex(b"PK\x05\x06")
    data[at + 8:at + 12] = b"\xfe\xff\xfe\xff"
    (folder / "pytorch_model.bin").write_bytes(data)
    return refused("TRUNCATED")


@case
def cut_short(folder):
    archive(folder, tensor(), {"0": bytes(16)})
    data = (folder / "pytorch_model.bin").read_bytes()
    (folder / "pytorch_model.bin").write_bytes(data[:len(data) // 2])
    return refused("TRUNCATED", "archive end")


def before_zip(folder, storages):
    torch.save({"weight": torch.arange(4.0)}, folder / "pytorch_model.bin", _use_new_zipfile_serialization=False)
    data = (folder / "pytorch_model.bin").read_bytes()
    (folder / "pytorch_model.bin").write_bytes(storages(data))


@case
def before_zip_cut_short(folder):
    before_zip(folder, lambda data: data[:-1])
    return refused("OUT_OF_FILE", "storage")


@case
def before_zip_without_storages(folder):
    before_zip(folder, lambda data: data[:-24])
    return refused("OUT_OF_FILE", "storage")


@case
def before_zip_storage_that_lies(folder):
    before_zip(folder, lambda data: data[:-24] + struct.pack("<q", 1 << 40) + data[-16:])
    return refused("OUT_OF_FILE", "storage")


@case
def before_zip_keys_unknown(folder):
    before_zip(folder, lambda data: data[:-24 - 1 - 1] + b"K\x05a." + data[-24:])
    return refused("MALFORMED_HEADER", "")
