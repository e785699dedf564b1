"""Every strategy where there is little of something: stack, cores, system calls; or much: threads, files, bytes."""

import ctypes
import json
import os
import re
import resource
import struct
import subprocess
import tempfile
import unittest

from harness import BINARY, Server, record

STRATEGIES = ("serial", "worksharing", "async", "hybrid")
MANY = int(os.environ.get("SCROLLBACK_MANY_FILES", "20000"))
HUGE = int(os.environ.get("SCROLLBACK_HUGE_BYTES", str(192 << 20)))
SANITIZED = b"__asan_init" in open(BINARY, "rb").read()
# What a process takes before it reads anything, and what each thread may take: a reader's buffers,
# its slots of a ring, its stack.
BASE, THREAD = 48 << 20, 6 << 20


def refuse_io_uring():
    """To be called between fork and exec: io_uring_setup(2) fails with EPERM, as in most containers."""
    def op(code, jt, jf, k):
        return struct.pack("HBBI", code, jt, jf, k)
    program = op(0x20, 0, 0, 0) + op(0x15, 0, 1, 425) + op(0x06, 0, 0, 0x00050001) + op(0x06, 0, 0, 0x7FFF0000)
    buffer = ctypes.create_string_buffer(program, len(program))
    fprog = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0) != 0 or libc.prctl(22, 2, ctypes.create_string_buffer(fprog, len(fprog)), 0, 0) != 0:
        os._exit(99)


def small_stack(kilobytes):
    return lambda: resource.setrlimit(resource.RLIMIT_STACK, (kilobytes << 10, kilobytes << 10))


def one_core():
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


class Limits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        root = f"{cls.folder.name}/some/p"
        os.makedirs(root)
        cls.some = os.path.dirname(root)
        cls.found = 0
        for i in range(300):
            lines = [record("user", f"needle {i}-{k} " + "hay " * (k * k % 900), f"u-{i}-{k}") for k in range(i % 40)]
            cls.found += len(lines)
            with open(f"{root}/{i:03}.jsonl", "w", encoding="utf-8") as f:
                f.writelines(json.dumps(line) + "\n" for line in lines)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def scan(self, root, strategy, threads=2, query="needle", setup=None):
        """(hits, what was said on standard error, peak memory in bytes)."""
        done = subprocess.Popen([BINARY, "scan", "--count", "--profile", "--root", root, "--threads", str(threads),
                                 "--strategy", strategy, query], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                preexec_fn=setup, env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"})
        out, err = done.stdout.read().decode(), done.stderr.read().decode()
        done.stdout.close()
        done.stderr.close()
        _, status, used = os.wait4(done.pid, 0)
        done.returncode = os.waitstatus_to_exitcode(status)
        self.assertIn(done.returncode, (0, 1), err)
        return int(out), err, used.ru_maxrss << 10

    @unittest.skipIf(SANITIZED, "sanitizers need more stack")
    def test_small_stacks(self):
        for strategy in STRATEGIES:
            for query in ("needle", "needle AND /[0-9]+-[0-9]+ (hay )*/"):
                hits, _, _ = self.scan(self.some, strategy, 4, query, small_stack(128))
                self.assertEqual(hits, self.found, (strategy, query))

    def test_one_core(self):
        for strategy in STRATEGIES:
            self.assertEqual(self.scan(self.some, strategy, 1, setup=one_core)[0], self.found)
            self.assertEqual(self.scan(self.some, strategy, 2, setup=one_core)[0], self.found)

    def test_many_threads(self):
        for strategy in STRATEGIES[1:]:
            hits, _, peak = self.scan(self.some, strategy, 64)
            self.assertEqual(hits, self.found)
            if not SANITIZED:
                self.assertLess(peak, BASE + 64 * THREAD)

    def test_io_uring_is_refused(self):
        for strategy, io in (("async", "readahead"), ("hybrid", "readahead"), ("worksharing", "read")):
            hits, said, _ = self.scan(self.some, strategy, setup=refuse_io_uring)
            self.assertEqual(hits, self.found)
            self.assertIn(f"{strategy} ({io})", said)

    def test_stats_say_how_the_bytes_came(self):
        with Server("--root", self.some, "--threads", "2") as server:
            for strategy in STRATEGIES[1:]:
                self.assertEqual(server.get(f"/search?q=needle&strategy={strategy}&limit=1").json["total"]["value"],
                                 self.found)
            rows = {r["strategy"]: r for r in server.get("/stats").json["engine"]["strategies"]}
        self.assertIn(rows["async"]["io"], ("io_uring", "readahead"))
        self.assertEqual((rows["hybrid"]["io"], rows["worksharing"]["io"]), ("readahead", "read"))
        for row in rows.values():
            self.assertAlmostEqual(sum(p["share"] for p in row["profile"]), 1, places=3)
            self.assertEqual([p["ms"] for p in row["profile"] if p["phase"] == "locked"], [0])

    def test_shares_add_up(self):
        for strategy in STRATEGIES:
            _, said, _ = self.scan(self.some, strategy)
            shares = [float(s) for s in re.findall(r"^(?!all)\w+ +[0-9.]+ +([0-9.]+)%", said, re.M)]
            self.assertEqual(len(shares), 9, said)
            self.assertAlmostEqual(sum(shares), 100, delta=0.5)

    def test_many_tiny_files(self):
        with tempfile.TemporaryDirectory() as folder:
            line = json.dumps(record("user", "needle", "u"))
            for i in range(MANY):
                if i % 1000 == 0:
                    os.mkdir(f"{folder}/p{i // 1000}")
                fd = os.open(f"{folder}/p{i // 1000}/{i}.jsonl", os.O_CREAT | os.O_WRONLY, 0o600)
                os.write(fd, line.replace('"u"', f'"u{i}"').encode() + b"\n")
                os.close(fd)
            for strategy in STRATEGIES:
                hits, _, peak = self.scan(folder, strategy, 2)
                self.assertEqual(hits, MANY, strategy)
                if not SANITIZED:
                    # The list of the files, and a match each, are all that may grow.
                    self.assertLess(peak, BASE + 2 * THREAD + MANY * 600)

    def test_one_huge_file(self):
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(f"{folder}/p")
            block, count = [], 0
            while sum(map(len, block)) < 1 << 20:
                text = "needle" if count % 500 == 0 else "hay " * (count % 700)
                block.append(json.dumps(record("user", text, f"u-{count}")) + "\n")
                count += 1
            part = "".join(block).encode()
            needles, times = (count + 499) // 500, max(1, HUGE // len(part))
            with open(f"{folder}/p/huge.jsonl", "wb") as f:
                for _ in range(times):
                    f.write(part)
            for strategy in STRATEGIES[1:] if not SANITIZED else STRATEGIES[2:3]:
                hits, _, peak = self.scan(folder, strategy, 2)
                self.assertEqual(hits, needles, strategy)  # copies of a message are one
                if not SANITIZED:
                    self.assertLess(peak, BASE + 2 * THREAD + times * needles * 400)


if __name__ == "__main__":
    unittest.main(verbosity=2)
