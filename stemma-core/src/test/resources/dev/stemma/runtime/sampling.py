#!/usr/bin/env python3
"""Writes sampling.json beside this file: the probabilities of tokens after the logits processors of transformers
5.18 (torch 2.13), as generate() orders them: repetition penalty, temperature, top-k, top-p, min-p.

    HF_HUB_OFFLINE=1 /tmp/torchenv/bin/python sampling.py
"""
import json
import pathlib

import torch
from transformers import LogitsProcessorList, MinPLogitsWarper, RepetitionPenaltyLogitsProcessor, TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

CASES = [dict(), dict(temperature=0.7), dict(temperature=1.9), dict(top_k=5), dict(top_k=1), dict(top_k=400), dict(top_p=0.9), dict(top_p=0.05),
         dict(top_p=0.999), dict(min_p=0.1), dict(min_p=0.9), dict(repetition_penalty=1.3), dict(repetition_penalty=0.8),
         dict(temperature=0.6, top_k=20, top_p=0.95), dict(temperature=0.6, top_k=8, top_p=0.6), dict(temperature=1.5, top_k=10, top_p=0.8, min_p=0.05),
         dict(temperature=0.7, top_k=20, top_p=0.8, repetition_penalty=1.05), dict(temperature=2.0, min_p=0.2, top_p=0.7), dict(top_k=3, tie=True), dict(top_k=2, top_p=0.5, tie=True)]


def main():
    torch.set_num_threads(1)
    out = []
    for number, case in enumerate(CASES):
        case = dict(case)
        generator = torch.Generator().manual_seed(number)
        logits = (torch.randn(40, generator=generator) * 2.5).float()
        if case.pop("tie", False):
            logits[[3, 9, 11, 20]] = 6.0
        seen = torch.randint(0, 40, (9,), generator=generator)
        steps = LogitsProcessorList()
        if "repetition_penalty" in case:
            steps.append(RepetitionPenaltyLogitsProcessor(case["repetition_penalty"]))
        if "temperature" in case:
            steps.append(TemperatureLogitsWarper(case["temperature"]))
        if "top_k" in case:
            steps.append(TopKLogitsWarper(case["top_k"]))
        if "top_p" in case:
            steps.append(TopPLogitsWarper(case["top_p"]))
        if "min_p" in case:
            steps.append(MinPLogitsWarper(case["min_p"]))
        probabilities = steps(seen[None], logits[None].clone())[0].softmax(-1)
        out.append({"options": case, "logits": logits.tolist(), "seen": seen.tolist(), "probabilities": [float(f"{p:.7g}") for p in probabilities.tolist()]})
    pathlib.Path(__file__).with_name("sampling.json").write_text("[\n" + ",\n".join(json.dumps(o) for o in out) + "\n]\n")
    print(len(out), "cases")


if __name__ == "__main__":
    main()
