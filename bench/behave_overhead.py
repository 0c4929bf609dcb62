"""What asking costs beyond the server's own time: 3,000 prompts, each twice, to three local servers.

Usage: python3 bench/behave_overhead.py STEMMA TARGET CANDIDATE CONTROL (standard library only)
STEMMA is the launcher. Each model is served by `stemma run --server`, whose Server-Timing header tells how long the
model worked on an answer, without waiting for its turn. Wall time is from the first request sent to the last answer, the
probe of what each can do included, from the transcript; HTTP, JSON and the transcript are the overhead, the server's
share of them too, and the warming up of both.
"""
import datetime, json, os, re, socket, subprocess, sys, tempfile, time

stemma, models = sys.argv[1], sys.argv[2:5]
servers, references = [], []
try:
    for model in models:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        servers.append(subprocess.Popen([stemma, "run", model, "--server", str(port)],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        references.append(f"openai:http://127.0.0.1:{port}/v1#{os.path.basename(model)}")
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
    with tempfile.TemporaryDirectory() as folder:
        transcript = os.path.join(folder, "t.jsonl")
        command = [stemma, "behave", references[0], "--against", references[1], "--control", references[2],
                   "--tests", "next-token", "--transcript", transcript, "--quiet", "--json"]
        load = open("/proc/loadavg").read().split()[:3]
        begun = time.time()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        whole = time.time() - begun
        own = first = last = requests = 0
        for line in open(transcript):
            row = json.loads(line)
            if "status" not in row:
                continue
            requests += 1
            end = datetime.datetime.fromisoformat(row["time"].replace("Z", "+00:00")).timestamp()
            start = end - row["milliseconds"] / 1000
            first = start if not first else min(first, start)
            last = max(last, end)
            headers = {name.lower(): value for name, value in row["headers"].items()}
            match = re.search(r"dur=([\d.]+)", headers.get("server-timing", ""))
            own += float(match.group(1)) / 1000 if match else 0
    print(json.dumps({
        "prompts": 3000, "models": len(models), "requests": requests, "load": load, "cores": os.cpu_count(),
        "secondsFromFirstToLast": round(last - first, 3), "secondsOfTheModels": round(own, 3),
        "overhead": round((last - first) / own - 1, 4), "secondsOfTheWholeCommand": round(whole, 3)}))
finally:
    for server in servers:
        server.terminate()
