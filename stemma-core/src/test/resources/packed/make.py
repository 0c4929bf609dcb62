"""Packs a small matrix as AutoGPTQ and AutoAWQ (GEMM) lay it out, and writes what it must be read as.

Written from the layouts' definitions, apart from Stemma's reader: every word is a sum of shifted
integers. GPTQ: eight inputs a word, lowest bits first; zero points less one, eight outputs a word;
g_idx names each input's group. AWQ: eight outputs a word in the order 0 2 4 6 1 3 5 7; zero points
likewise, not lessened; groups are consecutive inputs. Run: python3 make.py (needs numpy)."""
import json
import struct

import numpy

INPUTS, OUTPUTS, GROUP = 32, 16, 8
random = numpy.random.default_rng(4)
q = random.integers(0, 16, (INPUTS, OUTPUTS))
z = random.integers(1, 16, (INPUTS // GROUP, OUTPUTS))
s = random.uniform(0.01, 0.02, z.shape).astype(numpy.float16)
order = random.permutation(INPUTS) // GROUP  # groups in act-order


def words(nibbles):  # [..., 8], lowest first
    total = sum(int(n) << (4 * k) for k, n in enumerate(nibbles))
    return total - (1 << 32) if total >= 1 << 31 else total


def along_columns(matrix, places):
    return numpy.array(
        [[words([row[c + p] for p in places]) for c in range(0, len(row), 8)] for row in matrix],
        dtype=numpy.int32)


plain, awq = range(8), [0, 2, 4, 6, 1, 3, 5, 7]
gptq_words = along_columns(q.T, plain).T
tensors = {
    "gptq.qweight": gptq_words,
    "gptq.qzeros": along_columns(z - 1, plain),
    "gptq.scales": s,
    "gptq.g_idx": order.astype(numpy.int32),
    "awq.qweight": along_columns(q, awq),
    "awq.qzeros": along_columns(z, awq),
    "awq.scales": s,
}
consecutive = numpy.arange(INPUTS) // GROUP
expected = {
    "gptq": ((q - z[order]) * s[order].astype(numpy.float32)).T,
    "awq": ((q - z[consecutive]) * s[consecutive].astype(numpy.float32)).T,
}

header, data = {}, b""
for name, array in tensors.items():
    raw = numpy.ascontiguousarray(array).tobytes()
    header[name] = {"dtype": {"int32": "I32", "float16": "F16"}[str(array.dtype)],
                    "shape": list(array.shape), "data_offsets": [len(data), len(data) + len(raw)]}
    data += raw
text = json.dumps(header).encode()
with open("model.safetensors", "wb") as out:
    out.write(struct.pack("<Q", len(text)) + text + data)
with open("expected.json", "w") as out:
    json.dump({name: [float(numpy.float32(v)) for v in values.ravel()]
               for name, values in expected.items()}, out)
with open("config.json", "w") as out:
    json.dump({"quantization_config": {"bits": 4, "group_size": GROUP}}, out)
