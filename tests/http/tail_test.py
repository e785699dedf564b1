"""/tail: what lands is told at once, once, in order; the stream ends with a last line."""

import json
import threading
import time
import unittest

from harness import DOUBLE, Server, read_all, read_until, record, statuses, wait_for, write_transcripts

FILE = "-home-me-api/11111111-1111-4111-8111-111111111111.jsonl"


class Lines(threading.Thread):
    """Reads lines of a stream in the background."""

    def __init__(self, server, target, headers=""):
        super().__init__(daemon=True)
        self.socket = server.connect(30)
        self.socket.sendall(f"GET {target} HTTP/1.0\r\nHost: localhost\r\n{headers}\r\n".encode())
        self.file = self.socket.makefile("rb")
        self.lines = []
        self.ended = False
        self.head = []
        while (line := self.file.readline().strip()):
            self.head.append(line)
        self.start()

    def run(self):
        for line in self.file:
            self.lines.append((time.monotonic(), line.decode().rstrip("\n")))
        self.ended = True

    def wait(self, count, timeout=30):
        end = time.monotonic() + timeout
        while time.monotonic() < end and len(self.full()) < count:
            time.sleep(0.01)
        return self.full()

    def full(self):
        return [(t, line) for t, line in list(self.lines) if line]


def append(folder, *records):
    with open(f"{folder}/{FILE}", "a", encoding="utf-8") as f:
        f.write("".join(json.dumps(r) + "\n" for r in records))


class Tail(unittest.TestCase):
    def setUp(self):
        import tempfile
        self.folder = tempfile.TemporaryDirectory()
        write_transcripts(self.folder.name, {FILE: [record("user", "old news", "u-old")]})

    def tearDown(self):
        self.folder.cleanup()

    def test_ndjson(self):
        with Server(roots=[self.folder.name]) as server:
            tail = Lines(server, "/tail?role=user")
            self.assertIn(b"200", tail.head[0])  # and so it knows what is old
            for i in range(5):
                append(self.folder.name, record("user", f"news {i}", f"u-{i}"), record("assistant", "other", f"a-{i}"))
                got = tail.wait(i + 1)
                self.assertEqual(len(got), i + 1)
            hits = [json.loads(line) for _, line in got]
            self.assertEqual([h["id"] for h in hits], [f"u-{i}" for i in range(5)])
            self.assertEqual({h["type"] for h in hits}, {"message"})
            self.assertEqual(hits[0]["snippets"][0]["segments"], [["news 0", 0]])
            status, took = server.stop()
            self.assertEqual(status, 0)
            self.assertLess(took, 10)
            self.assertEqual(json.loads(tail.wait(6)[-1][1]), {"type": "end"})

    def test_events_go_on_where_they_broke_off(self):
        sse = "Accept: text/event-stream\r\n"
        with Server(roots=[self.folder.name]) as server:
            tail = Lines(server, "/tail", sse)
            self.assertIn(b"Content-Type: text/event-stream", tail.head)
            append(self.folder.name, record("user", "first", "u-1"))
            got = [line for _, line in tail.wait(3)]
            data = [json.loads(line[6:]) for line in got if line.startswith("data: ")]
            while not data:
                data = [json.loads(line[6:]) for _, line in tail.full() if line.startswith("data: ")]
            last = [line[4:] for _, line in tail.full() if line.startswith("id: ")][-1]
            self.assertEqual(data[0]["id"], "u-1")
            tail.socket.close()
            append(self.folder.name, record("user", "second", "u-2"), record("user", "third", "u-3"))
            again = Lines(server, "/tail", sse + f"Last-Event-ID: {last}\r\n")
            data = lambda: [json.loads(line[6:])["id"] for _, line in again.full() if line.startswith("data: ")]
            wait_for(lambda: len(data()) >= 2)
            self.assertEqual(data(), ["u-2", "u-3"])

    def events(self, tail, count):
        """[(id of the event, id of its message)], as soon as there are so many."""
        def found():
            ids, last = [], None
            for _, line in tail.full():
                if line.startswith("id: "):
                    last = line[4:]
                elif line.startswith("data: "):
                    ids.append((last, json.loads(line[6:])["id"]))
            return ids
        wait_for(lambda: len(found()) >= count)
        return found()

    def test_every_event_is_a_place_to_go_on_from(self):
        sse = "Accept: text/event-stream\r\n"
        other = FILE.replace("1111", "2222")
        write_transcripts(self.folder.name, {other: [record("user", "old too", "o-old")]})
        with Server(roots=[self.folder.name]) as server:
            tail = Lines(server, "/tail", sse)
            # Several at once, in two files, with the same time: one piece of the stream.
            with open(f"{self.folder.name}/{other}", "a", encoding="utf-8") as f:
                f.write("".join(json.dumps(record("user", "x", f"o-{i}")) + "\n" for i in range(3)))
                append(self.folder.name, *[record("user", "x", f"u-{i}") for i in range(3)])
            events = self.events(tail, 6)
            messages = [m for _, m in events]
            self.assertEqual(sorted(messages), ["o-0", "o-1", "o-2", "u-0", "u-1", "u-2"])
            self.assertEqual(len({e for e, _ in events}), 6)
            # What comes later, a great many states later, does not change what lies behind an id.
            append(self.folder.name, record("user", "x", "u-3"))
            self.assertEqual([m for _, m in self.events(tail, 7)], messages + ["u-3"])
            for i in range(100):
                append(self.folder.name, record("assistant", "filler", f"a-{i}"))
                self.assertEqual(server.search(limit=1)["total"]["value"], 10 + i)
            for i, (event, _) in enumerate(events):
                again = Lines(server, "/tail?role=user", sse + f"Last-Event-ID: {event}\r\n")
                expected = messages[i + 1:] + ["u-3"]
                self.assertEqual([m for _, m in self.events(again, len(expected))], expected)
                again.socket.close()

    def append_to(self, name, *records):
        with open(f"{self.folder.name}/{name}", "a", encoding="utf-8") as f:
            f.write("".join(json.dumps(r) + "\n" for r in records))

    def test_a_message_in_two_files_is_told_once(self):
        """Also when the copies come at different times, and to who comes back."""
        sse = "Accept: text/event-stream\r\n"
        copies = [FILE.replace("1111", c * 4) for c in "023"]
        write_transcripts(self.folder.name, {c: [record("user", "old too", f"o-{c[-8]}")] for c in copies})
        with Server(roots=[self.folder.name]) as server:
            server.wait_ready()
            once, each = Lines(server, "/tail", sse), Lines(server, "/tail?dedupe=false", sse)
            both = record("user", "news", "u-1")
            with open(f"{self.folder.name}/{copies[0]}", "a", encoding="utf-8") as f:
                append(self.folder.name, both)
                f.write(json.dumps(both) + "\n")
            self.assertEqual([m for _, m in self.events(each, 2)], ["u-1", "u-1"])
            self.append_to(copies[1], both)
            self.assertEqual([m for _, m in self.events(each, 3)], ["u-1"] * 3)
            # A fork copies what is old and goes on.
            self.append_to(copies[2], record("user", "old news", "u-old"), both, record("user", "its own", "u-2"))
            events = self.events(once, 2)
            self.assertEqual([m for _, m in events], ["u-1", "u-2"])
            self.assertEqual([m for _, m in self.events(each, 6)], ["u-1"] * 3 + ["u-old", "u-1", "u-2"])
            for i, (event, _) in enumerate(events):
                self.append_to(copies[1], both, record("user", "last", f"u-last{i}", time=f"2026-01-02T03:05:0{i}.000Z"))
                again = Lines(server, "/tail", sse + f"Last-Event-ID: {event}\r\n")
                expected = ["u-1", "u-2"][i + 1:] + [f"u-last{k}" for k in range(i + 1)]
                self.assertEqual([m for _, m in self.events(again, len(expected))], expected)
                again.socket.close()

    def test_a_copy_counts_only_if_it_matches(self):
        fork = "22222222-2222-4222-8222-222222222222"
        with Server(roots=[self.folder.name]) as server:
            server.wait_ready()
            tail = Lines(server, f"/tail?session={fork}")
            write_transcripts(self.folder.name, {f"-home-me-api/{fork}.jsonl": [record("user", "old news", "u-old", fork)]})
            self.assertEqual([json.loads(line)["id"] for _, line in tail.wait(1)], ["u-old"])

    def test_a_wrong_query_is_refused_before_the_stream(self):
        with Server(roots=[self.folder.name]) as server:
            refused = server.get("/tail", q="a AND")
            self.assertEqual((refused.status, refused.code), (400, "invalid_query"))
            refused = server.get("/tail", since="whenever")
            self.assertEqual((refused.status, refused.code), (400, "invalid_parameter"))

    def test_an_id_of_another_time_begins_now(self):
        """Browsers come back with the id of a service that is gone; refusing would end them for good."""
        with Server(roots=[self.folder.name]) as server:
            tail = Lines(server, "/tail", "Last-Event-ID: nonsense\r\n")
            self.assertIn(b"200", tail.head[0])
            append(self.folder.name, record("user", "news", "u-1"))
            self.assertEqual([json.loads(line)["id"] for _, line in tail.wait(1)], ["u-1"])


class ManyTails(unittest.TestCase):
    def test_busy_streams_end_with_a_last_line(self):
        with Server(binary=DOUBLE, roots=["/tmp"]) as server:
            sockets = []
            for i in range(30):
                s = server.connect(20)
                q = "busy" if i % 2 else "idle"
                s.sendall(f"GET /tail?q={q} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
                sockets.append(s)
            for s in sockets:
                self.assertEqual(statuses(read_until(s, b"\r\n\r\n")), [200])
            for s in sockets[:10]:
                s.close()
            result = []
            stopper = threading.Thread(target=lambda: result.append(server.stop()))
            stopper.start()
            for s in sockets[10:]:
                data = read_all(s, 10)
                self.assertTrue((b"\n" + data).endswith(b'\n{"type":"end"}\n'), data[-200:])
            stopper.join()
            self.assertEqual(result[0][0], 0)
            self.assertLess(result[0][1], 10)

    def test_a_full_queue_does_not_cut_streams(self):
        with Server("--queue", "1", binary=DOUBLE, roots=["/tmp"]) as server:
            tails = []
            for _ in range(5):
                s = server.connect()
                s.sendall(b"GET /tail?q=busy&strategy=serial HTTP/1.0\r\nHost: localhost\r\n\r\n")
                self.assertEqual(statuses(read_until(s, b"\r\n\r\n")), [200])
                tails.append(s)
            # More than one that lasts: one is worked on, at most one waits beside the tails' next pieces.
            slow = [server.connect() for _ in range(3)]
            for s in slow:
                s.sendall(b"GET /search?q=sleep+60000&timeout_ms=30000&strategy=serial HTTP/1.0\r\nHost: localhost\r\n\r\n")
            running = 'scrollback_requests_running{lane="files"}'
            self.assertTrue(wait_for(lambda: server.metric('scrollback_rejected_total{reason="overloaded"}') > 0))
            for s in slow:
                s.close()
            self.assertTrue(wait_for(lambda: server.metric(running) == 0))
            for s in tails:
                read_all(s, 0.01)  # what came before
                self.assertIn(b"\n{", read_until(s, b"\n{"))
                s.close()

    def test_clients_that_leave_are_let_go(self):
        import os
        with Server(binary=DOUBLE, roots=["/tmp"]) as server:
            count = lambda: len(os.listdir(f"/proc/{server.process.pid}/fd"))
            self.assertEqual(server.get("/livez").status, 200)
            before = count()
            sockets = []
            for _ in range(50):
                s = server.connect()
                s.sendall(b"GET /tail HTTP/1.1\r\nHost: localhost\r\n\r\n")
                sockets.append(s)
            self.assertTrue(wait_for(lambda: count() >= before + 45), count())
            for s in sockets:
                s.close()
            self.assertTrue(wait_for(lambda: count() <= before + 2), count())


if __name__ == "__main__":
    unittest.main()
