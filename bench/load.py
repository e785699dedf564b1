"""Figures of the service under requests: how long a client waits, how many requests fit into a second, what
a heavy query does to the others, and what it costs to look for changes before each answer."""

import json
import re
import shutil
import statistics
import subprocess
import threading

UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3}


def wrk(url, connections, seconds):
    """Run wrk; its latencies in milliseconds and requests a second. Anything but answers is an error."""
    threads = min(2, connections)
    text = subprocess.run(
        ["wrk", "-t", str(threads), "-c", str(connections), "-d", f"{seconds}s", "--latency", url],
        stdout=subprocess.PIPE, check=True, text=True,
    ).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise RuntimeError(f"wrk {url}:\n{text}")
    latency = {
        int(percent): float(value) * UNITS[unit]
        for percent, value, unit in re.findall(r"^ +(50|75|90|99)% +([\d.]+)(us|ms|s)$", text, re.M)
    }
    return latency, float(re.search(r"^Requests/sec: +([\d.]+)", text, re.M).group(1))


class Heavy:
    """One client that asks a heavy query again and again, for as long as a with statement lasts."""

    def __init__(self, service, **params):
        self.service, self.params = service, params
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.answers = 0

    def run(self):
        connection = self.service.connect()
        while not self.stopping.is_set():
            self.service.search(connection, **self.params)
            self.answers += 1
        connection.close()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join()


def bench_requests(table, service, rare, heavy, seconds):
    if shutil.which("wrk") is None:
        for what in ("over HTTP", "requests a second", "p99 beside a heavy query"):
            table.missing(what, "wrk is not installed")
        return
    url = service.url("/search", limit=20, **rare)
    engine = statistics.median(service.engine_ms(200, **rare))
    alone, beside, answers = [], [], 0
    for _ in range(3):
        alone.append(wrk(url, 1, seconds)[0])
        with Heavy(service, limit=20, timeout_ms=30000, **heavy) as client:
            beside.append(wrk(url, 1, seconds)[0])
        answers += client.answers
    p50, p99 = (statistics.median(t[p] for t in alone) for p in (50, 99))
    loaded = statistics.median(t[99] for t in beside)
    table.figure("over HTTP, rare literal: p50 beyond the engine's time", max(p50 - engine, 0), "ms", 0.3,
                 note=f"p50 {p50:.3f} ms, engine {engine:.3f} ms, one connection, kept")
    rates = [wrk(url, 16, seconds)[1] for _ in range(3)]
    table.figure("over HTTP, rare literal: requests a second", statistics.median(rates), "/s", 5000, 15000,
                 at_least=True, note="16 connections, kept; the client takes part of the machine")
    table.figure("one heavy query running: p99 of rare ones", loaded / p99, "x", 5, 2,
                 note=f"{loaded:.2f} against {p99:.2f} ms; {answers} heavy answers meanwhile")


def bench_freshness(table, service, rare, count):
    """${count} requests on folders in which nothing changes: how long the look for changes takes."""
    times = []
    for _ in range(count):
        service.search(limit=0, **rare)
        times.append(service.gauge("scrollback_refresh_duration_seconds") * 1000)
    files = json.loads(service.get("/stats")[1])["engine"]["sources"]["files"]
    table.figure(f"nothing changed: freshness a request, {files:,} files", statistics.median(times), "ms", 0.1, 0.02,
                 note=f"of {count} requests the slowest {max(times):.3f} ms")
