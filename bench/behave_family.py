"""Behaviour on a family of models whose tree is known: what the paired test and the output layer say of each.

Usage: python3 bench/behave_family.py STEMMA FAMILY [prompts] (standard library only)
FAMILY holds model folders and truth.json (by name: "parent", a name or null, and "how"). A model with a parent is asked
against its oldest ancestor and one unrelated model as a second candidate, the others that were trained from scratch being
controls. A model without (a student too) is asked against each one from scratch, the rest being controls: these pairs
share no weights. Answers are kept in one transcript, so each model is asked once. One JSON object a line goes to stdout.
"""
import json, os, subprocess, sys, tempfile

stemma, family = sys.argv[1], sys.argv[2].rstrip("/")
prompts = sys.argv[3] if len(sys.argv) > 3 else "3000"
truth = json.load(open(os.path.join(family, "truth.json")))
founders = [name for name, one in truth.items() if one["how"].startswith("from scratch")]


def root(name):
    while truth[name]["parent"]:
        name = truth[name]["parent"]
    return name


def asked(target, candidates, controls, tests, transcript):
    command = [stemma, "behave", f"{family}/{target}", "--json", "--quiet", "--tests", tests]
    for name in candidates:
        command += ["--against", f"{family}/{name}"]
    for name in controls:
        command += ["--control", f"{family}/{name}"]
    if transcript:
        command += ["--transcript", transcript, "--prompts", prompts]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{target}: {done.returncode} {done.stderr}")
    report = json.loads(done.stdout)
    return report, {found["id"]: found for found in report["evidence"]}


def line(target, candidates, controls, transcript):
    report, evidence = asked(target, candidates, controls, "next-token", transcript)
    found = evidence["behaviour.next-token"]
    print(json.dumps({
        "test": "next-token", "target": target, "related": bool(truth[target]["parent"]), "candidates": candidates,
        "controls": controls, "relation": report["verdict"]["relation"], "nearest": os.path.basename(report["b"]["reference"]),
        "log10p": found.get("log10p"), "statistic": found.get("statistic"), "values": found.get("values"),
        "controlShares": {one["model"]: one["value"] for one in found.get("controls", [])}}), flush=True)


def image(target, candidates, controls):
    _, evidence = asked(target, candidates, controls, "output-layer", None)
    found, rank = evidence["behaviour.output-image"], evidence["behaviour.output-rank"]
    print(json.dumps({
        "test": "output-layer", "target": target, "candidates": candidates,
        "outcome": found["outcome"], "residual": (found.get("statistic") or {}).get("value"), "values": found.get("values"),
        "controls": {one["model"]: one["value"] for one in found.get("controls", [])},
        "rank": (rank.get("statistic") or {}).get("value"), "why": found.get("why")}), flush=True)


with tempfile.TemporaryDirectory() as folder:
    kept = os.path.join(folder, "answers.jsonl")
    for target in truth:
        if truth[target]["parent"]:
            oldest = root(target)
            others = [name for name in founders if name != oldest]
            line(target, [oldest, others[-1]], others[:-1], kept)
            image(target, [oldest, others[-1]], others[:-1])
        else:
            others = [name for name in founders if name != target]
            for candidate in others:
                line(target, [candidate], [name for name in others if name != candidate], kept)
            image(target, others[:1], others[1:])
