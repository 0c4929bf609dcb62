"""Makes the cases that Stemma's readers are held against, with the libraries that write such files.

    /tmp/torchenv/bin/python bench/formats/make.py [NAME...]     into /tmp/formats/cases, about a minute
    cd stemma-core && mvn -q -Dstemma.formats=/tmp/formats/cases -Dtest=LibraryFormatsTest test

Made with Python 3.11, torch 2.13.0, transformers 5.18, safetensors, gguf 0.19.0, peft 0.21.0, onnx 1.23.1,
onnxruntime 1.30.0. The small ones are kept as test resources (stemma-core/src/test/resources/formats, by `--bundle`).
"""
import importlib
import pathlib
import shutil
import sys
import warnings

import torch

import case

MODULES = ["pytorch", "pickles", "gguf_files", "adapters", "onnx_files", "safetensors_files"]
BUNDLED = pathlib.Path(__file__).resolve().parents[2] / "stemma-core/src/test/resources/formats"
LARGEST_BUNDLED_BYTES = 24_000


def main(wanted):
    torch.set_num_threads(1)
    torch.manual_seed(0)
    warnings.filterwarnings("ignore")
    for module in MODULES:
        if (pathlib.Path(__file__).parent / (module + ".py")).exists():
            importlib.import_module(module)
    bundle = "--bundle" in wanted
    wanted = [name for name in wanted if not name.startswith("--")]
    for name, function in case.ALL.items():
        if wanted and not any(name.startswith(part) for part in wanted):
            continue
        expected = case.make(name, function)
        folder = case.ROOT / "cases" / name
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        kept = bundle and size <= LARGEST_BUNDLED_BYTES
        if kept:
            shutil.rmtree(BUNDLED / name, ignore_errors=True)
            shutil.copytree(folder, BUNDLED / name)
        print(f"{name}: {len(expected.get('tensors', {})) or expected.get('error', {}).get('code')}, "
              f"{size} bytes{', bundled' if kept else ''}")


main(sys.argv[1:])
