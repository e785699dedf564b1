"""Stopping under load, again and again: SIGTERM, exit status 0 within ten seconds, no reply cut off, and
the next start finds everything in order.

SCROLLBACK_STOP_ROUNDS says how often (default 20).
"""

import json
import os
import pathlib
import random
import re
import tempfile
import threading
import time
import unittest

from harness import BINARY, DOUBLE, Server, record, statuses, write_transcripts

SANITIZED = b"__asan_init" in open(BINARY, "rb").read() or b"__tsan_init" in open(BINARY, "rb").read()
ROUNDS = int(os.environ.get("SCROLLBACK_STOP_ROUNDS", "20"))
SESSIONS, MESSAGES = 24, 60
GROWING = "-home-me-api/growing.jsonl"
REQUESTS = [
    "/search?q=kelp&limit=50",
    "/search?q=kelp&format=ndjson&limit=1000",
    "/search?q=kelp&strategy=worksharing&format=ndjson&limit=1000",
    "/search?q=kelp&format=csv&limit=1000",
    "/stats?by=session&q=kelp",
    "/sessions/s-3/export?format=jsonl",
    "/timeseries?step=1h&by=model",
]


class CachedServer(Server):
    """With an index on disk, which the next one takes over."""

    def __init__(self, cache, root):
        super().__init__("--cache-dir", cache, roots=[root])
        self.options.remove("--no-cache")


def transcripts(folder):
    def line(s, i):
        return record(("user", "assistant")[i % 2], f"kelp number {i} of {s} " + "drifts on " * 30, f"u-{s}-{i}",
                      session=f"s-{s}", time=f"2026-01-02T{s % 24:02}:{i % 60:02}:05.678Z")

    return write_transcripts(folder, {f"-home-me-api/s-{s}.jsonl": [line(s, i) for i in range(MESSAGES)]
                                      for s in range(SESSIONS)})


def receive(s):
    """All that comes; None in the place of the end if the connection broke."""
    data = b""
    while True:
        try:
            part = s.recv(65536)
        except OSError:
            return data, False
        if not part:
            return data, True
        data += part


def chunks(body):
    """The body behind chunked encoding, and whether its last chunk came."""
    whole = b""
    while True:
        size, found, rest = body.partition(b"\r\n")
        if not found or not re.fullmatch(rb"[0-9a-fA-F]+", size):
            return whole, False
        n = int(size, 16)
        if n == 0:
            return whole, rest == b"\r\n"
        if len(rest) < n + 2:
            return whole, False
        whole += rest[:n]
        body = rest[n + 2:]


def fault(data):
    """What is wrong with a reply that began, or None."""
    head, found, body = data.partition(b"\r\n\r\n")
    if not found:
        return "the head is cut"
    if statuses(data)[0] not in (200, 503):
        return f"status {statuses(data)[0]}"
    length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    if length:
        return None if len(body) == int(length.group(1)) else "the body is cut"
    if re.search(rb"(?i)\r\ntransfer-encoding: chunked", head):
        body, complete = chunks(body)
        if not complete:
            return "the last chunk is missing"
    if b"ndjson" in head and b"attachment" not in head:
        last = body.rstrip(b"\n").rpartition(b"\n")[2]
        try:
            kind = json.loads(last)["type"]
        except (ValueError, KeyError):
            return f"the last line is {last[:80]}"
        return None if kind == "end" else f"the last line is of type {kind}"
    return None


class Clients:
    """Threads that ask until the service is gone; two more follow what is appended."""

    def __init__(self, server, count):
        self.server, self.faults, self.whole, self.tails = server, [], 0, 0
        self.lock = threading.Lock()
        self.asked = threading.Semaphore(0)
        targets = [(t, False) for t in random.choices(REQUESTS, k=count)] + [("/tail?q=kelp", True)] * 2
        self.threads = [threading.Thread(target=self.run, args=t) for t in targets]
        for t in self.threads:
            t.start()
        for _ in self.threads:
            self.asked.acquire()

    def run(self, target, is_tail):
        first = True
        while True:
            try:
                with self.server.connect(20) as s:
                    s.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
                    if is_tail:
                        s.recv(1, 2)  # MSG_PEEK: it is under way
                    if first:
                        self.asked.release()
                    first = False
                    data, _ = receive(s)
            except OSError:
                if first:
                    self.asked.release()
                return
            if data:
                wrong = fault(data)
                with self.lock:
                    self.whole += wrong is None
                    self.tails += is_tail and wrong is None
                    if wrong:
                        self.faults.append((target, wrong))
            if is_tail or not data:
                return


class Stop(unittest.TestCase):
    def test_under_load(self):
        with tempfile.TemporaryDirectory(prefix="scrollback-stop-") as folder:
            root = transcripts(pathlib.Path(folder) / "root")
            growing = pathlib.Path(root) / GROWING
            appended, replies, slowest = 0, 0, 0.0
            for number in range(ROUNDS):
                with CachedServer(pathlib.Path(folder) / "cache", root) as server:
                    found = server.search(q="kelp", limit=0)
                    self.assertEqual(found["total"], {"value": SESSIONS * MESSAGES + appended, "relation": "eq"})
                    clients = Clients(server, 8)
                    end = time.monotonic() + random.uniform(0.02, 0.25)
                    while time.monotonic() < end:
                        with open(growing, "a", encoding="utf-8") as f:
                            f.write(json.dumps(record("user", "more kelp", f"g-{appended}", session="growing")) + "\n")
                        appended += 1
                        time.sleep(0.01)
                    status, took = server.stop()
                    for t in clients.threads:
                        t.join()
                    with self.subTest(round=number):
                        self.assertEqual(status, 0)
                        self.assertLess(took, 10)
                        self.assertEqual(clients.faults, [])
                        self.assertEqual(clients.tails, 2)
                        # A cache that the last stop left damaged would be named; requests may be refused.
                        self.assertNotRegex(server.read_log(), r" (warn|error) (?!request )")
                    replies += clients.whole
                    slowest = max(slowest, took)
            print(f"{ROUNDS} stops: {replies} whole replies, the slowest stop took {slowest:.2f} s")

    @unittest.skipIf(SANITIZED, "sanitizers want to be loaded first")
    def test_while_clients_come(self):
        """The library's threads may notice the stop before it has been told to all of them, and then it aborted."""
        for _ in range(3):
            with Server("--no-sandbox", binary=DOUBLE, roots=["/tmp"],
                        env={"LD_PRELOAD": os.environ["SCROLLBACK_SLOW_REMOVAL"]}) as server:
                coming = threading.Semaphore(0)

                def come():
                    try:
                        while True:
                            with server.connect() as s:
                                s.sendall(b"GET /livez HTTP/1.0\r\nHost: localhost\r\n\r\n")
                                receive(s)
                            coming.release()
                    except OSError:
                        pass

                threads = [threading.Thread(target=come) for _ in range(8)]
                for t in threads:
                    t.start()
                for _ in threads:
                    coming.acquire()
                status, _ = server.stop()
                for t in threads:
                    t.join()
                self.assertEqual(status, 0, server.read_log()[-1000:])

    def test_in_the_middle_of_the_first_index(self):
        with tempfile.TemporaryDirectory(prefix="scrollback-stop-") as folder:
            root = pathlib.Path(folder) / "root"
            root.mkdir()
            text = "".join(json.dumps(record("user", f"kelp {i} " * 40, f"u-{i}")) + "\n" for i in range(4000))
            for i in range(24):
                (root / f"{i}.jsonl").write_text(text.replace('"u-', f'"u-{i}-'))
            for _ in range(5):
                with Server(roots=[root]) as server:
                    time.sleep(random.uniform(0, 0.1))
                    status, took = server.stop()
                    self.assertEqual(status, 0)
                    self.assertLess(took, 10)
                    self.assertNotRegex(server.read_log(), r" (warn|error) ")


if __name__ == "__main__":
    unittest.main()
