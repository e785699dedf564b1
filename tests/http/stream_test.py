"""Replies in lines: as fast as the client reads and no faster, with a last line that says that all is there."""

import csv
import gzip
import io
import json
import socket
import threading
import unittest
import urllib.parse

from harness import DOUBLE, Server, read_until, statuses, wait_for
from load_test import open_files, resident_bytes

HITS = 4000
LINE = 4000  # about; all of it sixteen megabytes


def ask(server, form):
    """A client with little room, that has read no more than the head."""
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
    s.settimeout(60)
    s.connect(("127.0.0.1", server.port))
    q = urllib.parse.quote_plus(f"many {HITS} " + "x" * LINE)
    s.sendall(f"GET /search?q={q}&format={form}&strategy=serial HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += s.recv(1)
    return s, head


class Streams(unittest.TestCase):
    def test_a_slow_reader_costs_no_memory_and_no_thread(self):
        with Server(binary=DOUBLE, roots=["/tmp"]) as server:
            self.assertEqual(server.get("/search", q="x", strategy="serial").status, 200)
            before = resident_bytes(server)
            clients = [ask(server, "ndjson")[0] for _ in range(3)]
            # The only thread of this lane is free as soon as nobody reads.
            self.assertEqual(server.get("/search", q="x", strategy="serial").status, 200)
            self.assertTrue(wait_for(lambda: server.metric('scrollback_requests_running{lane="files"}') == 0))
            # Each reply is sixteen megabytes; its hits, which the engine keeps, are less than two.
            self.assertLess(resident_bytes(server) - before, 3 * (4 << 20))
            for s in clients:
                lines = [json.loads(line) for line in s.makefile("rb")]
                self.assertEqual([line["type"] for line in lines], ["hit"] * HITS + ["end"])
                self.assertEqual([line["line"] for line in lines[:-1]], list(range(1, HITS + 1)))
                self.assertEqual(lines[-1]["total"], {"value": HITS, "relation": "eq"})
                s.close()

    def test_csv_is_whole(self):
        with Server(binary=DOUBLE, roots=["/tmp"]) as server:
            s, head = ask(server, "csv")
            self.assertIn(b"text/csv", head)
            rows = list(csv.reader(io.StringIO(s.makefile("rb").read().decode(), newline="")))
            self.assertEqual(len(rows), HITS + 1)
            self.assertEqual({len(row) for row in rows}, {len(rows[0])})
            s.close()

    def test_many_pieces_are_one_gzip(self):
        with Server(binary=DOUBLE, roots=["/tmp"]) as server:
            params = {"q": f"many {HITS} " + "x" * LINE, "format": "csv", "strategy": "serial"}
            plain, packed = server.get("/search", **params), server.get("/search", {"Accept-Encoding": "gzip"}, **params)
            self.assertEqual(packed.headers["Content-Encoding"], "gzip")
            self.assertLess(len(packed.body), len(plain.body) / 10)
            self.assertEqual(gzip.decompress(packed.body), plain.body)

    def test_a_reader_that_leaves_is_forgotten(self):
        with Server(binary=DOUBLE, roots=["/tmp"]) as server:
            self.assertEqual(server.get("/search", q="x").status, 200)
            files, memory = open_files(server), 0
            for i in range(60):
                s, _ = ask(server, ("ndjson", "csv")[i % 2])
                for _ in range(i % 5):
                    s.recv(10000)
                s.close()
                if i == 20:
                    self.assertTrue(wait_for(lambda: open_files(server) <= files + 1), open_files(server))
                    memory = resident_bytes(server)
            self.assertTrue(wait_for(lambda: open_files(server) <= files + 1), open_files(server))
            self.assertLess(resident_bytes(server), memory + (16 << 20))  # one such reply

    def test_stopping_sends_what_was_begun(self):
        """A reader that goes on reading gets all of it while the service stops."""
        with Server(binary=DOUBLE, roots=["/tmp"]) as server:
            s, _ = ask(server, "ndjson")
            stopper = threading.Thread(target=server.stop)
            stopper.start()
            last = s.makefile("rb").read().splitlines()[-1]
            self.assertEqual(json.loads(last)["type"], "end")
            stopper.join()
            s.close()

    def test_an_error_in_a_stream_is_its_last_line(self):
        with Server(binary=DOUBLE, roots=["/tmp"]) as server:
            for accept, mark in (("application/x-ndjson", b""), ("text/event-stream", b"data: ")):
                s = server.connect()
                s.sendall(f"GET /tail?q=fail+2 HTTP/1.0\r\nHost: localhost\r\nAccept: {accept}\r\n\r\n".encode())
                self.assertEqual(statuses(read_until(s, b"\r\n\r\n")), [200])
                lines = [line for line in s.makefile("rb").read().splitlines() if b"{" in line]
                self.assertEqual([line[:len(mark)] for line in lines], [mark])
                told = json.loads(lines[0][len(mark):])
                self.assertEqual((told["type"], told["problem"]["code"]), ("error", "internal"))
                self.assertNotIn("asked to fail", told["problem"]["detail"])
                s.close()


if __name__ == "__main__":
    unittest.main()
