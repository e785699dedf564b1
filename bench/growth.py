"""How the costs of the index grow with what it holds: the same generator at 1x, 4x and 16x the size."""

import json
import shutil
import statistics
import subprocess

from service import TOP, Service

GENERATOR = TOP / "build/release/scrollback-gen"
WORD = "zebracorn"  # in three messages of each corpus, however large it is
TOLERANCE = 1.1  # of a measurement; what grows by less than this more than the data grows like the data


def parse_size(text):
    """Bytes of 16M and the like."""
    factor = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}.get(text[-1:].upper(), 1)
    return int(text[:-1] if factor > 1 else text) * factor


def generate(folder, *options):
    """Generate transcripts in FOLDER; where they lie."""
    subprocess.run([str(o) for o in (GENERATOR, "--out", folder, *options)], check=True, stdout=subprocess.DEVNULL)
    return folder / "projects"


def plant(root):
    """Three messages that hold WORD."""
    folder = root / "planted"
    folder.mkdir()
    with open(folder / "planted.jsonl", "w", encoding="utf-8") as out:
        for i in range(3):
            record = {
                "type": "user", "uuid": f"planted-{i}", "sessionId": "planted", "cwd": "/planted",
                "timestamp": f"2026-01-02T03:04:0{i}.000Z",
                "message": {"role": "user", "content": f"the {WORD} number {i}"},
            }
            out.write(json.dumps(record) + "\n")


def measure(folder, size, threads, runs):
    root = generate(folder, "--size", size, "--seed", 5)
    plant(root)
    cpu = []
    for _ in range(3):
        shutil.rmtree(folder / "cache", ignore_errors=True)
        with Service(root, folder / "cache", threads) as service:
            service.wait_ready()
            cpu.append(service.cpu_ms())
            memory = service.private_bytes()
            rare = service.engine_ms(runs, q=WORD, mode="literal")
            common = dict(q="error", mode="literal", facets="role,tool,model")
            service.engine_ms(1, **common)
            common = min(service.answer_cpu_ms(runs, **common) for _ in range(3))
            if service.search(q=WORD, mode="literal")["total"]["value"] != 3:
                raise RuntimeError(f"{WORD} is not found three times")
            source_bytes = service.index()["source_bytes"]
    disk = sum(f.stat().st_size for f in (folder / "cache").rglob("*") if f.is_file())
    shutil.rmtree(folder)
    return {
        "data": source_bytes / 1e6,
        "building, processor time": min(cpu),
        "private memory": memory / 1e6,
        "index on disk": disk / 1e6,
        "rare word, latency": statistics.median(rare),
        "common word, 3 facets, processor time": common,
    }


UNITS = {"data": "MB", "private memory": "MB", "index on disk": "MB"}


def bench_growth(table, args, folder):
    base = parse_size(args.growth)
    steps = [measure(folder / f"growth-{k}", base * k, args.threads, args.runs * 3) for k in (1, 4, 16)]
    data = steps[2]["data"] / steps[0]["data"]
    print(f"growth, generated transcripts of {', '.join(format(s['data'], '.0f') for s in steps)} MB "
          f"({data:.1f}x from the first to the last):")
    for what in steps[0]:
        if what == "data":
            continue
        grown = steps[2][what] / steps[0][what]
        unit = UNITS.get(what, "ms")
        values = ", ".join(format(s[what], ".3g") for s in steps)
        # The bar for rare words is that they grow slower; for all others that they grow no faster.
        limit = data if what.startswith("rare word") else data * TOLERANCE
        how = "faster than the data" if grown > data * TOLERANCE else (
            "slower than the data" if grown < data / TOLERANCE else "with the data")
        table.line(f"growth: {what}", f"{grown:.2f}x", "", "", f"<= {limit:.1f}x", "",
                   "met" if grown <= limit else "MISSED", f"{values} {unit}: grows {how}")
