"""A service to measure, in a process of its own on a free port."""

import http.client
import json
import os
import pathlib
import re
import subprocess
import time
import urllib.parse

TOP = pathlib.Path(__file__).resolve().parents[1]
PROGRAM = TOP / "build/release/scrollback"


class Service:
    """Serves the transcripts below ROOT, with the cache folder CACHE. Use it in a with statement."""

    def __init__(self, root, cache, threads):
        self.start = time.perf_counter()
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--root", root, "--listen", "127.0.0.1:0", "--cache-dir", cache]
            + ["--threads", str(threads), "--log-level", "error"],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = int(re.search(r":(\d+)$", self.process.stdout.readline().strip()).group(1))
        self.connection = self.connect()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()
        self.process.terminate()
        self.process.wait()

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def url(self, path, **params):
        return f"http://127.0.0.1:{self.port}{path}?{urllib.parse.urlencode(params)}"

    def get(self, path, connection=None, **params):
        connection = connection or self.connection
        target = path + "?" + urllib.parse.urlencode(params)
        try:
            connection.request("GET", target)
            reply = connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):  # it was idle for so long that it was closed
            connection.close()
            connection.request("GET", target)
            reply = connection.getresponse()
        return reply.status, reply.read()

    def search(self, connection=None, **params):
        """The whole answer to a query; anything but an answer is an error."""
        status, body = self.get("/search", connection, **params)
        answer = json.loads(body)
        if status != 200 or not answer["complete"]:
            raise RuntimeError(f"/search {params}: {status} {body[:300]}")
        return answer

    def elapsed_ms(self):
        """Since the process was started."""
        return (time.perf_counter() - self.start) * 1000

    def wait_ready(self):
        """Milliseconds from the start of the process until the index is complete."""
        while self.get("/readyz")[0] != 200:
            time.sleep(max(0.002, self.elapsed_ms() * 2e-5))  # asking costs time too
        return self.elapsed_ms()

    def engine_ms(self, runs, **params):
        """The engine's own time for a query, RUNS times; two runs before warm what is cached."""
        return [self.search(limit=20, **params)["took_ms"] for _ in range(runs + 2)][2:]

    def answer_cpu_ms(self, runs, **params):
        """Processor time that the process spends for an answer, HTTP included."""
        before = self.cpu_ms()
        for _ in range(runs):
            self.search(limit=20, **params)
        return (self.cpu_ms() - before) / runs

    def gauge(self, name):
        """A number of /metrics."""
        return float(re.search(rf"^{name} (\S+)$", self.get("/metrics")[1].decode(), re.M).group(1))

    def cpu_ms(self):
        """Processor time that the process has used, user's and system's."""
        return self.gauge("process_cpu_seconds_total") * 1000

    def private_bytes(self):
        """Memory that is no file's and nobody else's."""
        text = pathlib.Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        return int(re.search(r"^Private_Dirty:\s+(\d+) kB", text, re.M).group(1)) * 1024

    def index(self):
        """What /stats says of the index and of its sources."""
        engine = json.loads(self.get("/stats")[1])["engine"]
        return engine["index"] | {"source_bytes": engine["sources"]["bytes"]}


def timed(*command):
    """Wall and processor milliseconds that a process takes, whatever it finds."""
    start = time.perf_counter()
    process = subprocess.Popen([str(c) for c in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0
    return (time.perf_counter() - start) * 1000, (used.ru_utime + used.ru_stime) * 1000
