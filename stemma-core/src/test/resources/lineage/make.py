"""Makes the bundled family: layers and tokens of the project's own development family.

Usage: python3 make.py ../shared/lineages/dev FOLDER (standard library only).
"""
import json, os, struct, sys

TOKENS = 512
KEPT = {"alpha": [0, 1, 3], "twin": [0, 1, 3], "sameinit": [0, 1]}

for name, layers in KEPT.items():
    with open(f"{sys.argv[1]}/{name}/model.safetensors", "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        start = file.tell()
        tensors = {}
        for tensor, entry in header.items():
            if tensor == "__metadata__":
                continue
            begin, end = entry["data_offsets"]
            shape = entry["shape"]
            words = tensor.split(".")
            if words[1] == "layers":
                if int(words[2]) not in layers:
                    continue
                words[2] = str(layers.index(int(words[2])))
            elif len(shape) == 2:
                end = begin + (end - begin) // shape[0] * TOKENS
                shape = [TOKENS, shape[1]]
            file.seek(start + begin)
            tensors[".".join(words)] = (entry["dtype"], shape, file.read(end - begin))
    out, at = {}, 0
    for tensor, (dtype, shape, data) in sorted(tensors.items()):
        out[tensor] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + len(data)]}
        at += len(data)
    text = json.dumps(out).encode()
    text += b" " * (-len(text) % 8)
    os.makedirs(f"{sys.argv[2]}/{name}", exist_ok=True)
    with open(f"{sys.argv[2]}/{name}/model.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for _, (_, _, data) in sorted(tensors.items()):
            file.write(data)
    config = json.load(open(f"{sys.argv[1]}/{name}/config.json"))
    config.update(num_hidden_layers=len(layers), vocab_size=TOKENS)
    json.dump(config, open(f"{sys.argv[2]}/{name}/config.json", "w"), indent=1)
