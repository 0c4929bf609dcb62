#!/usr/bin/env python3
"""Decoding of the same shapes as MakeDecoder writes, float32, by numpy (its BLAS on two threads): tokens/s of seven runs.
torch is not on this machine; numpy's matrix-vector products stand in for the official code's."""
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")
import json
import time

import numpy as np

H, FF, LAYERS, V, HEADS, TOKENS = 768, 2304, 12, 16000, 12, 64
rng = np.random.default_rng(1)


def matrix(rows, columns):
    return (rng.standard_normal((rows, columns), dtype=np.float32) / np.float32(columns**0.5))


layers = [{n: matrix(H, H) for n in "qkvo"} | {"gate": matrix(FF, H), "up": matrix(FF, H), "down": matrix(H, FF)} for _ in range(LAYERS)]
embedding, head = matrix(V, H), matrix(V, H)
even = np.arange(0, 64, 2, dtype=np.float32) / 64
inverse = (1 / np.float32(10000) ** even).astype(np.float32)


def norm(x):
    return x / np.sqrt((x * x).mean() + np.float32(1e-5))


def turn(x, cos, sin):
    a, b = x[:, :32], x[:, 32:]
    return np.concatenate([a * cos - b * sin, b * cos + a * sin], 1)


def decode():
    caches = [(np.empty((TOKENS, HEADS, 64), np.float32), np.empty((TOKENS, HEADS, 64), np.float32)) for _ in layers]
    token, start = 1, time.perf_counter()
    for t in range(TOKENS):
        x, cos, sin = embedding[token], np.cos(t * inverse), np.sin(t * inverse)
        for w, (keys, values) in zip(layers, caches):
            y = norm(x)
            q, k, v = ((w[n] @ y).reshape(HEADS, 64) for n in "qkv")
            q, keys[t], values[t] = turn(q, cos, sin), turn(k, cos, sin), v
            s = np.einsum("hd,thd->ht", q, keys[: t + 1]) * np.float32(0.125)
            s = np.exp(s - s.max(1, keepdims=True))
            s /= s.sum(1, keepdims=True)
            x = x + w["o"] @ np.einsum("ht,thd->hd", s, values[: t + 1]).reshape(-1)
            y = norm(x)
            g = w["gate"] @ y
            x = x + w["down"] @ (g / (1 + np.exp(-g)) * (w["up"] @ y))
        token = int((head @ norm(x)).argmax())
    return TOKENS / (time.perf_counter() - start)


decode()
rates = [round(decode(), 2) for _ in range(7)]
print(json.dumps({"numpyTokensPerSecond": rates, "median": sorted(rates)[3], "numpy": np.__version__}))
