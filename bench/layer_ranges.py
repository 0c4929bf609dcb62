"""Byte ranges of some layers of a safetensors file, one a layer. Usage: layer_ranges.py FILE 4,9,14,19"""
import json
import struct
import sys

with open(sys.argv[1], "rb") as file:
    length = struct.unpack("<Q", file.read(8))[0]
    header = json.loads(file.read(length))
for layer in sys.argv[2].split(","):
    places = [entry["data_offsets"] for name, entry in header.items() if name.startswith(f"model.layers.{layer}.")]
    print(f"{8 + length + min(p[0] for p in places)}-{7 + length + max(p[1] for p in places)}")
