"""What the benchmarks share: timing processes, cold pages, marks in the documents, peers."""

import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import time

TOP = pathlib.Path(__file__).resolve().parents[1]
BUILD = TOP / "build/release"
PROGRAM = BUILD / "scrollback"
PEERS = TOP / "build/peers"


def timed(command):
    """Wall and processor milliseconds of a process. That it finds nothing is no failure."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run([str(c) for c in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    wall = (time.perf_counter() - start) * 1000
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        sys.exit(f"{command[0]} failed: {done.stderr.decode(errors='replace')}")
    return wall, (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1000


def transcripts(root):
    return sorted(f for f in pathlib.Path(root).rglob("*.jsonl") if f.is_file())


def find_root(given):
    """The folder to measure on: the one that was named, else one's own transcripts, else generated ones."""
    own, made = pathlib.Path.home() / ".claude/projects", TOP / "build/bench"
    if given:
        return pathlib.Path(given)
    if next(own.glob("**/*.jsonl"), None):
        return own
    if not (made / "projects").exists():
        print("no transcripts of your own: generating 200 MB", file=sys.stderr)
        made.mkdir(parents=True, exist_ok=True)
        subprocess.run([BUILD / "scrollback-gen", "--out", made, "--size", "200M", "--seed", "1"], check=True)
    return made / "projects"


def drop(files):
    """Give back the pages of these files, and of no others."""
    for name in files:
        fd = os.open(name, os.O_RDONLY)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(fd)


def warm(files):
    """Read them once."""
    for name in files:
        with open(name, "rb") as f:
            while f.read(1 << 20):
                pass


def interleaved(commands, runs, files=None):
    """{name: [(wall, processor)]}: all COMMANDS once in each turn; cold if FILES are given, else one turn goes
    before that does not count."""
    times = {}
    for turn in range(runs + (0 if files else 1)):
        for name, command in commands:
            if files:
                drop(files)
            result = timed(command)
            if files or turn > 0:
                times.setdefault(name, []).append(result)
    return times


def middle(runs, which=0):
    return statistics.median(r[which] for r in runs)


def spread(runs):
    return max(r[0] for r in runs) / max(min(r[0] for r in runs), 0.001)


def rg(text, root, threads, regex=False):
    return ["rg", "-c", "-i", "--no-ignore", "--hidden", "-j", threads, "-g", "*.jsonl"] + (
        [] if regex else ["-F"]) + ["-e", text, root]


def scan(text, root, threads, strategy, mode="literal"):
    return [PROGRAM, "scan", "--count", "--mode", mode, "--root", root, "--threads", threads, "--strategy", strategy,
            text]


def jq(text, files, threads):
    """What one writes with jq to find messages rather than lines, on THREADS processes."""
    program = f'fromjson? | select((.message.content? // "" | tostring | ascii_downcase | contains("{text.lower()}")))'
    return ["sh", "-c", f"printf '%s\\0' \"$@\" | xargs -0 -n 16 -P {threads} jq -Rc '{program}'", "sh", *files]


def ccms():
    """(path, "") of the program ccms, or (None, why there is none). Cargo installs it if the registry has it."""
    found = shutil.which("ccms") or shutil.which("ccms", path=str(PEERS / "bin"))
    if found:
        return found, ""
    if not shutil.which("cargo"):
        return None, "ccms: not measured, there is no cargo to fetch it"
    try:
        said = subprocess.run(["cargo", "info", "--quiet", "ccms"], capture_output=True, text=True, check=False, timeout=60)
    except subprocess.TimeoutExpired:
        return None, "ccms: not measured, crates.io did not answer"
    if said.returncode != 0 or "mkusaka/ccms" not in said.stdout:
        return None, "ccms: not measured, cargo finds no such package on crates.io (a ccms in the PATH is measured)"
    done = subprocess.run(["cargo", "install", "--quiet", "--locked", "--root", str(PEERS), "ccms"], check=False)
    if done.returncode != 0:
        return None, "ccms: not measured, cargo could not build it"
    return str(PEERS / "bin/ccms"), ""


def write_between(name, mark, lines):
    """Put LINES into docs/NAME between the marks of MARK."""
    path = TOP / "docs" / name
    begin, end = f"<!-- {mark}: begin -->", f"<!-- {mark}: end -->"
    content = path.read_text(encoding="utf-8")
    head, rest = content.split(begin, 1)
    path.write_text(head + begin + "\n" + "\n".join(lines).strip("\n") + "\n" + end + rest.split(end, 1)[1], encoding="utf-8")


def machine():
    """What it is, and how busy."""
    model = "unknown processor"
    for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return f"{model}, {os.cpu_count()} cores; load when this began {os.getloadavg()[0]:.1f}"
