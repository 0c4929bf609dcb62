"""The user's weight comparison: a float32 copy of both tensors, cosine, mean absolute difference, Pearson."""
import json, struct, sys

library, a, b = sys.argv[1:]
if library == "torch":
    import torch
else:
    import numpy as np


def tensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        start = file.tell()
    return {n: (start + t["data_offsets"][0], t["data_offsets"][1] - t["data_offsets"][0]) for n, t in header.items()}


def read(path, offset, length):
    with open(path, "rb") as file:
        file.seek(offset)
        raw = file.read(length)
    if library == "torch":
        return torch.frombuffer(bytearray(raw), dtype=torch.bfloat16).float().numpy()
    return (np.frombuffer(raw, dtype=np.uint16).astype(np.uint32) << 16).view(np.float32)


import numpy as np

first, second = tensors(a), tensors(b)
for name in first:
    x, y = read(a, *first[name]), read(b, *second[name])
    cosine = float(np.dot(x, y) / (np.linalg.norm(x) * np.linalg.norm(y)))
    difference = float(np.mean(np.abs(x - y)))
    u, v = x - np.mean(x), y - np.mean(y)
    pearson = float(np.dot(u, v) / (np.linalg.norm(u) * np.linalg.norm(v) + 1e-8))
    print(name, cosine, difference, pearson)
