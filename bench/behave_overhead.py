"""What asking costs beyond the server's own time: 3,000 prompts, each twice, to one local server.

Usage: python3 bench/behave_overhead.py STEMMA TARGET CANDIDATE CONTROL (standard library only)
STEMMA is the launcher. TARGET is served by `stemma run --server`, whose Server-Timing header tells how long the model
worked on an answer, without waiting for its turn. The answers of the others, which run in-process, are gathered into
the transcript before. Wall time is from the first request sent to the last answer, the probe of what the interface can
do included; HTTP, JSON and the transcript are the overhead, the server's share of them too, and the warming up of both.
"""
import datetime, json, os, re, socket, subprocess, sys, tempfile, time

stemma, target, candidate, control = sys.argv[1:5]
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
server = None
try:
    with tempfile.TemporaryDirectory() as folder:
        transcript = os.path.join(folder, "t.jsonl")
        common = ["--tests", "next-token", "--transcript", transcript, "--quiet", "--json"]
        subprocess.run([stemma, "behave", candidate, "--against", control] + common, stdout=subprocess.DEVNULL, check=True)
        server = subprocess.Popen([stemma, "run", target, "--server", str(port)],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        load = open("/proc/loadavg").read().split()[:3]
        reference = f"openai:http://127.0.0.1:{port}/v1#{os.path.basename(target)}"
        subprocess.run([stemma, "behave", reference, "--against", candidate, "--control", control] + common,
                       stdout=subprocess.DEVNULL, check=True)
        own = requests = first = last = 0
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
        "target": os.path.basename(target), "prompts": 3000, "requests": requests, "load": load, "cores": os.cpu_count(),
        "secondsFromFirstToLast": round(last - first, 3), "secondsOfTheModel": round(own, 3),
        "millisecondsOfTheModelARequest": round(1000 * own / requests, 3), "overhead": round((last - first) / own - 1, 4)}))
finally:
    if server:
        server.terminate()
