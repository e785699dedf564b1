"""The service under stress: full queues, clients that leave, slow clients, stopping in the middle."""

import os
import random
import signal
import socket
import threading
import time
import unittest

from harness import DOUBLE, Server, read_all, read_reply, read_until, statuses, wait_for

HOST = b"Host: localhost\r\n"
SLOW = b"GET /search?q=sleep+%d&timeout_ms=30000&strategy=%s HTTP/1.1\r\n" + HOST + b"\r\n"


def leave(s, how):
    """End a connection as clients do: close, reset, or half-close."""
    if how == "reset":
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    if how == "half-close":
        s.shutdown(socket.SHUT_WR)
        return
    s.close()


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def resident_bytes(server):
    """What it keeps in memory; 0 under AddressSanitizer, which keeps what was freed on purpose."""
    with open(f"/proc/{server.process.pid}/statm", encoding="ascii") as f:
        reserved, resident = (int(n) * os.sysconf("SC_PAGESIZE") for n in f.read().split()[:2])
    return 0 if reserved > 1 << 40 else resident


def open_files(server):
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


class Load(unittest.TestCase):
    def time_of(self, server):
        start = time.monotonic()
        self.assertEqual(server.get("/livez").status, 200)
        return time.monotonic() - start

    def test_a_full_queue_says_come_back_later(self):
        with Server("--queue", "4", binary=DOUBLE, roots=["/tmp"]) as server:
            depth, running = 'scrollback_queue_depth{lane="files"}', 'scrollback_requests_running{lane="files"}'
            waiting = []
            # The first is worked on, the next four wait; each is where it shall be before the next comes.
            for name, value in [(running, 1)] + [(depth, n) for n in range(1, 5)]:
                waiting.append(server.connect())
                waiting[-1].sendall(SLOW % (60000, b"serial"))
                self.assertTrue(wait_for(lambda: server.metric(name) == value), (name, server.metric(name)))
            for _ in range(7):
                s = server.connect()
                s.sendall(SLOW % (60000, b"serial"))
                refused = read_reply(s)
                self.assertEqual(statuses(refused), [503])
                self.assertIn(b"Retry-After: ", refused)
                self.assertIn(b'"code":"overloaded"', refused)
                s.close()
            # The other lane is free meanwhile.
            self.assertEqual(server.get("/search", q="x").status, 200)
            self.assertEqual(server.metric(depth), 4)
            self.assertEqual(server.metric('scrollback_rejected_total{reason="overloaded"}'), 7)
            for s in waiting:
                s.close()
            self.assertTrue(wait_for(lambda: server.metric(depth) == 0))

    def test_clients_that_leave_free_their_worker(self):
        with Server(binary=DOUBLE, roots=["/tmp"]) as server:
            waits, alive, undisturbed = [], [], []

            def timed(into, path, **params):
                start = time.monotonic()
                self.assertEqual(server.get(path, **params).status, 200)
                into.append(time.monotonic() - start)

            for i in range(1000):
                # How long the same takes on this machine at this moment, with nobody leaving.
                timed(undisturbed, "/search", q="x", strategy="serial")
                s = server.connect()
                s.sendall(SLOW % (20000, b"serial"))
                how = "half-close" if i % 50 == 0 else ("close", "reset")[i % 2]
                if how == "half-close":
                    # Before it is worked on, the library takes the end of the request's stream for a client that left.
                    running = 'scrollback_requests_running{lane="files"}'
                    self.assertTrue(wait_for(lambda: server.metric(running) == 1))
                else:
                    time.sleep(random.uniform(0, 0.02))
                leave(s, how)
                timed(waits, "/search", q="x", strategy="serial")
                timed(alive, "/livez")
                if how == "half-close":
                    # Whoever only stopped sending still gets an answer, marked as it is.
                    self.assertIn(b'"incomplete_reason":"cancelled"', read_until(s, b"}\n"))
                    s.close()
                if i == 300:
                    memory, descriptors = resident_bytes(server), open_files(server)
            machine = percentile(undisturbed, 0.99)
            # Who takes the worker over waits for three more threads: the one that sees that the client left, the worker
            # that sees that it is told, and its own again; on a busy machine each waits for its turn.
            self.assertLess(percentile(waits, 0.99), 0.1 + 5 * machine)
            self.assertLess(max(waits), 10)  # nobody's twenty seconds were waited for
            self.assertLess(percentile(alive, 0.99), 0.05 + machine)
            self.assertLess(resident_bytes(server), memory + (4 << 20))
            self.assertTrue(wait_for(lambda: open_files(server) <= descriptors + 2), open_files(server))

    def test_leaving_at_any_moment_leaks_nothing(self):
        with Server(binary=DOUBLE, roots=["/tmp"]) as server:
            self.assertEqual(server.get("/search", q="x").status, 200)
            before = open_files(server)
            request = b"POST /search HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n" \
                      b"Content-Length: 28\r\n\r\n" + b'{"q":"sleep 30","limit":  1}'
            for i in range(1000):
                s = server.connect()
                s.sendall(request[:random.randint(0, len(request))])
                if i % 7 == 0:
                    time.sleep(random.uniform(0, 0.02))
                leave(s, "reset" if i % 2 else "close")
            self.assertTrue(wait_for(lambda: open_files(server) <= before + 2), open_files(server))
            self.assertEqual(server.get("/search", q="x").status, 200)

    def test_slow_connections_do_not_keep_others_out(self):
        with Server(binary=DOUBLE, roots=["/tmp"]) as server, Server(binary=DOUBLE, roots=["/tmp"]) as other:
            slow = []
            for i in range(1000):
                s = server.connect()
                s.sendall(b"GET /livez HTTP/1.1\r\nHost: loc"[:1 + i % 26])
                slow.append(s)
            # In turns with one that has nobody else: how long a request takes on this machine at this moment.
            waits = [(self.time_of(server), self.time_of(other)) for _ in range(50)]
            busy, quiet = (percentile(times, 0.9) for times in zip(*waits))
            self.assertLess(busy, 0.05 + quiet)
            # A byte now and then does not keep them alive.
            alive = slow[:20]
            end = time.monotonic() + 40
            while alive and time.monotonic() < end:
                time.sleep(0.3)
                for s in list(alive):
                    try:
                        s.settimeout(0.01)
                        s.sendall(b"x")
                        if s.recv(1) == b"":
                            alive.remove(s)
                    except (TimeoutError, socket.timeout):
                        pass
                    except OSError:
                        alive.remove(s)
            self.assertEqual(alive, [])
            for s in slow:
                s.close()

    def test_a_deadline_ends_the_work(self):
        with Server(binary=DOUBLE, roots=["/tmp"]) as server:
            start = time.monotonic()
            reply = server.search(q="sleep 10000", timeout_ms=100)
            self.assertLess(time.monotonic() - start, 5)  # of the ten seconds that it wants
            self.assertFalse(reply["complete"])
            self.assertEqual(reply["incomplete_reason"], "timeout")
            self.assertEqual(reply["total"]["relation"], "gte")
            denied = server.get("/search", q="sleep 10000", timeout_ms=100, partial="deny")
            self.assertEqual((denied.status, denied.code), (503, "query_timeout"))
            self.assertIn("Retry-After", denied.headers)

    def test_a_failure_takes_nobody_down(self):
        with Server(binary=DOUBLE, roots=["/tmp"]) as server:
            failed = server.get("/search", q="fail 2")
            self.assertEqual((failed.status, failed.code), (500, "internal"))
            self.assertIn(f"id={failed.json['id']} ", server.read_log())
            self.assertNotIn("asked to fail", failed.text)
            self.assertEqual(server.get("/search", q="x").status, 200)


class Stopping(unittest.TestCase):
    def stop_with(self, clients, requests, how=signal.SIGTERM):
        """Stop in the middle of load; every reply that began is whole."""
        with Server(binary=DOUBLE, roots=["/tmp"]) as server:
            broken = []
            stopping = threading.Event()

            def client(n):
                while True:
                    try:
                        with server.connect() as s:
                            s.sendall(requests[n % len(requests)])
                            data = read_all(s, 12)
                    except OSError:
                        return
                    head, _, body = data.partition(b"\r\n\r\n")
                    length = [int(l.split(b":")[1]) for l in head.split(b"\r\n") if l.lower().startswith(b"content-length")]
                    if data and (not length or length[0] != len(body)):
                        broken.append(data)
                    if stopping.is_set():
                        return

            threads = [threading.Thread(target=client, args=(i,)) for i in range(clients)]
            for t in threads:
                t.start()
            time.sleep(random.uniform(0.05, 0.3))
            stopping.set()
            status, took = server.stop(how)
            for t in threads:
                t.join()
            self.assertEqual(status, 0)
            self.assertLess(took, 10)
            self.assertEqual(broken, [])

    def test_under_load(self):
        close = b"Connection: close\r\n\r\n"
        quick = b"GET /search?q=x HTTP/1.1\r\n" + HOST + close
        short = b"GET /search?q=sleep+20 HTTP/1.1\r\n" + HOST + close
        for how in (signal.SIGTERM, signal.SIGINT, signal.SIGTERM, signal.SIGTERM):
            self.stop_with(12, [quick, short], how)

    def test_with_work_that_does_not_end(self):
        endless = b"GET /search?q=sleep+60000&timeout_ms=30000 HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
        self.stop_with(6, [endless])

    def test_with_idle_and_half_open_connections(self):
        with Server(binary=DOUBLE, roots=["/tmp"]) as server:
            idle = server.connect()
            idle.sendall(b"GET /livez HTTP/1.1\r\n" + HOST + b"\r\n")
            self.assertEqual(statuses(read_reply(idle)), [200])
            half = server.connect()
            half.sendall(b"GET /live")
            status, took = server.stop()
            self.assertEqual(status, 0)
            self.assertLess(took, 10)
            idle.close()
            half.close()

    def test_the_port_is_free_at_once(self):
        with Server(binary=DOUBLE, roots=["/tmp"]) as server:
            self.assertEqual(server.get("/livez").status, 200)
            port = server.port
            server.stop()
            with Server("--log-level", "error", binary=DOUBLE, roots=["/tmp"],
                        env={"SCROLLBACK_LISTEN": f"127.0.0.1:{port}"}) as again:
                self.assertEqual(again.get("/livez").status, 200)


if __name__ == "__main__":
    unittest.main()
