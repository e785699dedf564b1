"""schemathesis against a running service: all phases and checks, without a token and with one.

usage: fuzz_test.py [--cases N] [--seed N]

N (default 500) is the least number of requests of each of the two runs (the phase "coverage", which
makes some four thousand, is part of it from 5,000 on); the transcripts are made by
tests/gen. /tail is left out, for its replies do not end: service_test.py and tests/http hold it.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from support import Server

TOKEN = "0123456789abcdef0123456789abcdef"
HOOKS = pathlib.Path(__file__).with_name("hooks.py")
OPERATIONS = 19
LINE_SHOWN = 6000  # of what schemathesis says when it finds something


def transcripts(folder):
    """Small ones, with damage of every sort."""
    generator = pathlib.Path(os.environ["SCROLLBACK_BINARY"]).with_name("scrollback-gen")
    subprocess.run([generator, "--out", folder, "--size", "1M", "--tiny-files", "20", "--pitfalls"], check=True,
                   stdout=subprocess.DEVNULL)
    return folder / "projects"


def run(server, examples, coverage, seed, folder, token):
    """Return the exit status and the number of cases."""
    command = [pathlib.Path(sys.executable).with_name("schemathesis"), "run",
               f"http://127.0.0.1:{server.port}/openapi.json", "--checks", "all",
               # hooks.py has finer ones
               "--exclude-checks", "positive_data_acceptance,negative_data_rejection,not_a_server_error",
               "--exclude-path", "/tail", "--max-examples", str(examples), "--seed", str(seed),
               "--request-timeout", "60", "--continue-on-failure", "--suppress-health-check", "all",
               "--output-sanitize", "false",  # a session is no secret here
               "--phases", "examples,fuzzing,stateful" + (",coverage" if coverage else "")]
    if token:
        command += ["--header", f"Authorization: Bearer {token}"]
    done = subprocess.run(command, cwd=folder, env={**os.environ, "SCHEMATHESIS_HOOKS": str(HOOKS), "NO_COLOR": "1"},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    found = re.search(r"(\d+) generated", done.stdout)
    cases = int(found.group(1)) if found else 0
    if done.returncode != 0 or cases == 0:
        print("\n".join(line[:LINE_SHOWN] for line in done.stdout.splitlines()))
    return done.returncode, cases


def fuzz(options, folder, root, token):
    """Run until there were enough cases; return whether all went well."""
    folder.mkdir()
    failed, total, seed = 0, 0, options.seed
    with Server(*(["--token-file", folder.with_name("token")] if token else []), roots=[root]) as server:
        server.wait_ready()
        while total < options.cases and not failed:
            examples = max(1, min(100, options.cases // OPERATIONS // 3))
            status, cases = run(server, examples, options.cases >= 5000, seed, folder, token)
            failed |= status != 0 or cases == 0
            total += cases
            seed += 1
        failed |= server.process.poll() is not None
    print(f"{total} cases {'with' if token else 'without'} a token, {'FAILED' if failed else 'no failure'}", flush=True)
    return not failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scrollback-contract-") as name:
        folder = pathlib.Path(name)
        (folder / "token").write_text(TOKEN + "\n")
        root = transcripts(folder)
        # Side by side, each a process of its own: in one, Python 3.11 confuses the trees that two threads parse
        # (github.com/python/cpython/issues/106905).
        with concurrent.futures.ThreadPoolExecutor() as pool:
            runs = [pool.submit(fuzz, options, folder / sort, root, token)
                    for sort, token in (("open", None), ("guarded", TOKEN))]
            return 0 if all([r.result() for r in runs]) else 1


if __name__ == "__main__":
    sys.exit(main())
