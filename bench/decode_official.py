"""Decoding and reading a prompt by the official code (transformers on torch), on the checkpoint that MakeDecoder wrote.

Usage: decode_official.py FOLDER float32|bfloat16. The same tokens, threads, greedy choice and cache as DecodeBench; a forward a token
without generate()'s own bookkeeping, so that only the model is timed. Needs `pip install torch transformers`.
"""
import json
import os
import sys
import time

THREADS = int(os.environ.get("STEMMA_BENCH_THREADS", "2"))
os.environ["HF_HUB_OFFLINE"] = "1"
import torch
import transformers

TOKENS, RUNS, PROMPT = 64, 7, 256
torch.set_num_threads(THREADS)
torch.set_grad_enabled(False)
model = transformers.AutoModelForCausalLM.from_pretrained(sys.argv[1], dtype=getattr(torch, sys.argv[2])).eval()


def decode():
    cache, token = transformers.DynamicCache(config=model.config), torch.tensor([[1]])
    began = time.perf_counter()
    for _ in range(TOKENS):
        out = model(input_ids=token, past_key_values=cache, use_cache=True)
        token = out.logits[:, -1:].argmax(-1)
    return TOKENS / (time.perf_counter() - began)


def generate():
    began = time.perf_counter()
    model.generate(torch.tensor([[1]]), max_new_tokens=TOKENS, min_new_tokens=TOKENS, do_sample=False, pad_token_id=0)
    return TOKENS / (time.perf_counter() - began)


def prompt():
    ids = torch.arange(PROMPT)[None] % model.config.vocab_size
    began = time.perf_counter()
    model(input_ids=ids, use_cache=True)
    return PROMPT / (time.perf_counter() - began)


def runs(what, count):
    what(), what()
    rates = sorted(round(what(), 1) for _ in range(count))
    return {"tokensPerSecond": rates, "median": rates[count // 2]}


print(json.dumps({"torch": torch.__version__, "transformers": transformers.__version__, "threads": torch.get_num_threads(),
                  "forward": runs(decode, RUNS), "generate": runs(generate, RUNS), "prompt": runs(prompt, 3)}))
