"""A case is a folder with files as a library writes them and expected.json: the values by name, or the error."""
import hashlib
import json
import pathlib
import shutil

import numpy as np
import torch

ROOT = pathlib.Path("/tmp/formats")
ALL = {}


def case(function):
    """Registers a maker: it fills a folder and returns {name: values} or refused(...)."""
    ALL[function.__module__ + "-" + function.__name__.replace("_", "-")] = function
    return function


def refused(code, *mentions):
    """What reading must end in: the error's code, and texts that its message holds."""
    return {"error": {"code": code, "mentions": list(mentions)}}


def floats(values):
    """Values as float32, rounded once to nearest even; any NaN is the one NaN."""
    if isinstance(values, torch.Tensor):
        values = values.detach()
        if values.dtype in (torch.float64, torch.int64, torch.int32):
            values = values.numpy().astype(np.float32)
        elif values.dtype in (torch.uint16, torch.uint32, torch.uint64):
            values = values.numpy().astype(np.float32)
        else:
            values = values.to(torch.float32).contiguous().numpy()
    array = np.array(values, dtype=np.float32, order="C")
    array[np.isnan(array)] = np.float32("nan")
    return array


def entry(values):
    array = floats(values)
    bits = array.view(np.uint32) if array.ndim else array.reshape(1).view(np.uint32)
    bits = np.where(np.isnan(array).reshape(bits.shape), np.uint32(0x7FC00000), bits).astype("<u4")
    return {"shape": list(array.shape), "sha256": hashlib.sha256(bits.tobytes()).hexdigest()}


def make(name, function):
    folder = ROOT / "cases" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    found = function(folder)
    expected = found if "error" in found and isinstance(found["error"], (dict, bool)) else {
        "tensors": {key: entry(values) for key, values in sorted(found.items())}}
    if expected.get("error") is False:
        expected.pop("error")
    (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
    return expected
