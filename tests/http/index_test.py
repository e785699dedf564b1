"""The index as seen from outside: a cache in every sort of trouble, transcripts that are deleted and kept, lines
that are found the moment they are written. Answers must always be the serial scan's, whatever happens."""

import http.client
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse

from harness import Server, record, wait_for, write_transcripts

STRATEGIES = ("index", "serial", "worksharing", "async", "hybrid", "auto")
APPENDS = 300
TEXT_OF_SEGMENT = 4096 + 10  # behind its header


class Cached(Server):
    """A service with a cache, which the others do without."""

    def __init__(self, cache, *options, **more):
        super().__init__("--cache-dir", str(cache), *options, **more)
        self.options.remove("--no-cache")

    def warnings(self):
        return [line for line in self.read_log().splitlines() if " warn" in line and "index:" in line]


class Place(unittest.TestCase):
    """Four transcripts of twenty messages each, and room for a cache."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="scrollback-index-")
        self.addCleanup(self.folder.cleanup)
        self.top = pathlib.Path(self.folder.name)
        self.root, self.cache = self.top / "root", self.top / "cache"
        for k in range(4):
            lines = [record("user", f"apple number{k}x{i}", f"u-{k}-{i}", session=f"s{k}") for i in range(20)]
            write_transcripts(self.root, {f"p{k % 2}/s{k}.jsonl": lines})

    def serve(self, *options, cache=None, **more):
        return Cached(cache or self.cache, *options, roots=[self.root], **more)

    def totals(self, server, **params):
        return {s: server.search(q="apple", limit=0, strategy=s, **params)["total"]["value"] for s in STRATEGIES}

    def assert_total(self, server, expected):
        self.assertEqual(self.totals(server), dict.fromkeys(STRATEGIES, expected))

    def files_of_cache(self):
        return sorted(f for f in self.cache.rglob("*") if f.is_file() and f.name != "lock" and f.stat().st_size > 0)

    def make_cache(self):
        with self.serve() as server:
            server.wait_ready()
        self.assertGreaterEqual(len(self.files_of_cache()), 2, "a catalogue and a segment")


class Strategies(Place):
    def test_all_but_the_index_read_the_files(self):
        """... and auto stands for one of those that do."""
        with self.serve() as server:
            server.wait_ready()
            for asked in STRATEGIES:
                for path in ("/search", "/stats", "/timeseries"):
                    reply = server.get(path, q="apple", strategy=asked).json
                    self.assertIn(reply["strategy"], ("worksharing", "hybrid") if asked == "auto" else (asked,), path)
                    self.assertEqual(reply["scanned"]["files"], 0 if asked == "index" else 4, (asked, path))


class Cache(Place):
    def ask(self, warnings, **more):
        """Start on the cache as it is: the same answers at once and later, and so many warnings."""
        with self.serve(**more) as server:
            self.assert_total(server, 80)
            server.wait_ready()
            self.assert_total(server, 80)
            self.assertEqual(len(server.warnings()), warnings, server.read_log())

    def test_whole(self):
        self.make_cache()
        self.ask(0)

    def test_each_file_damaged(self):
        """A bit flipped anywhere, a file cut short or removed: one warning, and the next start finds it mended."""
        self.make_cache()
        for k in range(len(self.files_of_cache())):
            for harm in ("first bit", "middle bit", "last bit", "cut", "emptied", "removed"):
                file = self.files_of_cache()[k]
                with self.subTest(file=file.name, harm=harm):
                    data, segment = bytearray(file.read_bytes()), file.name.startswith("seg-")
                    middle = TEXT_OF_SEGMENT if segment else len(data) // 2
                    if harm.endswith("bit"):
                        data[{"first bit": 0, "middle bit": middle, "last bit": len(data) - 1}[harm]] ^= 4
                    harmless = harm == "last bit" and segment  # it ends in padding, which nobody reads
                    unknown = harm == "removed" and file.name == "catalog"  # as if there were no cache
                    if harm == "removed":
                        file.unlink()
                    else:
                        file.write_bytes(data[: {"cut": len(data) // 2, "emptied": 0}.get(harm, len(data))])
                    self.ask(0 if harmless or unknown else 1)
                    self.ask(0)

    def test_two_on_one_cache(self):
        self.make_cache()
        with self.serve() as first, self.serve() as second:
            for server in (first, second):
                server.wait_ready()
                self.assert_total(server, 80)
            write_transcripts(self.root, {"p9/new.jsonl": [record("user", "a new apple", "new")]})
            self.assert_total(second, 81)
            self.assert_total(first, 81)
            first.stop(signal.SIGKILL)
            self.assert_total(second, 81)
        with self.serve() as third:
            self.assert_total(third, 81)

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_a_cache_that_may_not_be_written(self):
        self.make_cache()
        folder = self.files_of_cache()[0].parent
        for locked in (folder, self.cache):
            locked.chmod(0o500)
        try:
            write_transcripts(self.root, {"p9/new.jsonl": [record("user", "no fruit", "new")]})
            self.ask(1)
        finally:
            for locked in (folder, self.cache):
                locked.chmod(0o700)

    @unittest.skipUnless(os.geteuid() == 0, "only root can give files away")
    def test_a_cache_of_somebody_else(self):
        self.make_cache()
        segment = next(f for f in self.files_of_cache() if f.name.startswith("seg-"))
        os.chown(segment, 12345, 12345)
        self.ask(1)
        self.ask(0)
        os.chown(segment.parent, 12345, 12345)
        self.ask(1)

    def mounted(self, options):
        """Mount a small file system on the cache's place, or skip."""
        self.cache.mkdir(exist_ok=True)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", self.cache], capture_output=True)
        if done.returncode != 0:
            self.skipTest("may not mount")
        self.addCleanup(subprocess.run, ["umount", self.cache], check=False)

    @unittest.skipUnless(os.geteuid() == 0, "only root can mount")
    def test_a_disk_that_cannot_be_written(self):
        self.mounted("ro,size=1m")
        self.ask(1)

    @unittest.skipUnless(os.geteuid() == 0, "only root can mount")
    def test_a_full_disk(self):
        self.mounted("size=8k,mode=0700")
        self.ask(1)
        subprocess.run(["mount", "-o", "remount,size=64m", self.cache], check=True)
        self.ask(0)
        self.ask(0)


class Retained(Place):
    def test_deleted_killed_and_started_again(self):
        data = self.top / "data"
        options = ("--retain", "--data-dir", str(data))
        with self.serve(*options) as server:
            server.wait_ready()
            self.assert_total(server, 80)
            self.assertFalse(data.exists() and any(data.rglob("*.kept")), "nothing is copied before it is deleted")
            (self.root / "p0/s0.jsonl").unlink()
            (self.root / "p1/s3.jsonl").unlink()
            self.assert_total(server, 80)
            for strategy in STRATEGIES:
                hits = server.search(q="apple", limit=1000, strategy=strategy)["hits"]
                gone = {hit["session"] for hit in hits if hit["source_gone"]}
                self.assertEqual(gone, {"s0", "s3"}, strategy)
                self.assertEqual({hit["session"] for hit in hits if not hit["source_gone"]}, {"s1", "s2"}, strategy)
            server.stop(signal.SIGKILL)
        kept = list(data.rglob("*.kept"))
        self.assertEqual(len(kept), 2)
        for file in kept:
            self.assertLess(file.stat().st_size, 20 * len(json.dumps(record("user", "", ""))), "compressed")
        for cache in (self.cache, self.top / "another cache"):
            with self.serve(*options, cache=cache) as server:
                self.assert_total(server, 80)
        with self.serve() as server:  # without --retain
            self.assert_total(server, 40)


class Reading(Place):
    """--strategy also says how the files are read into the index."""

    def profiles(self, server):
        strategies = server.get("/stats", strategy="index").json["engine"]["strategies"]
        return {profile["strategy"]: profile for profile in strategies}

    def test_the_index_is_read_as_searches_are(self):
        for strategy in ("worksharing", "async", "hybrid"):
            with self.subTest(strategy), self.serve("--strategy", strategy, cache=self.top / strategy) as server:
                server.wait_ready()
                self.assertEqual(server.search(q="apple")["strategy"], strategy)
                self.assertEqual(server.search(q="apple", strategy="auto")["strategy"], strategy)
                self.assertEqual(server.search(q="apple", strategy="index")["strategy"], "index")
                self.assert_total(server, 80)
                profiles = self.profiles(server)
                # Where the kernel refuses io_uring, it is refused to both.
                self.assertEqual(profiles["index"]["io"], profiles[strategy]["io"])
                self.assertEqual(profiles["index"]["io"] == "read", strategy == "worksharing")
                read = {phase["phase"]: phase for phase in profiles["index"]["profile"]}["read"]
                self.assertEqual(read["bytes"], sum(f.stat().st_size for f in self.root.rglob("*.jsonl")))

    def test_serial_is_no_way_to_read_for_it(self):
        with self.serve("--strategy", "serial") as server:
            server.wait_ready()
            self.assertEqual(server.search(q="apple")["strategy"], "serial")
            self.assertEqual(server.search(q="apple", strategy="index")["strategy"], "index")
            self.assertEqual(server.search(q="apple", strategy="auto")["strategy"], "serial")
            self.assertNotIn("index", self.profiles(server))  # so little is read by one thread, unmeasured
            self.assert_total(server, 80)


class Busy(Place):
    """Who asks only for the state of the service never waits for what is read."""

    LINES = 120000
    PROBES = ("/readyz", "/healthz", "/metrics", "/livez")

    def write_large(self):
        """A transcript of 120 MB, which is there at once."""
        line = json.dumps(record("user", "x" * 700, "u-large-%06d")).encode() + b"\n"
        new = self.top / "large"
        with open(new, "wb") as out:
            for begin in range(0, self.LINES, 1000):
                out.write(b"".join(line % i for i in range(begin, begin + 1000)))
        new.rename(self.root / "p0/large.jsonl")

    def probe(self, server, goes_on):
        """Ask again and again for as long as ${goes_on}; return the replies."""
        replies = []
        while goes_on():
            replies += [(path, server.get(path)) for path in self.PROBES]
        return replies

    def test_a_large_append(self):
        with self.serve() as server:
            server.wait_ready()
            self.write_large()
            answers = []
            search = threading.Thread(
                target=lambda: answers.append(server.search(q="pear", limit=0, timeout_ms=30000)))
            search.start()
            replies = self.probe(server, search.is_alive)
            search.join()
            self.assertEqual({reply.status for _, reply in replies}, {200})
            # The search waits until the file is read; those who are no part of it do not.
            self.assertGreater(len(replies), 40)
            self.assertEqual(answers[0]["total"]["value"], 0)
            self.assertTrue(wait_for(lambda: server.metric("scrollback_index_messages") == 80 + self.LINES))
            self.assertEqual(server.metric("scrollback_sources_files"), 5)

    def test_an_index_being_built(self):
        self.write_large()
        with self.serve() as server:
            replies = self.probe(server, lambda: server.get("/readyz").status == 503)
            early = [reply.json for path, reply in replies if path == "/readyz" and reply.status == 503]
            self.assertGreater(len(early), 3)
            for before, after in zip(early, early[1:]):
                self.assertLessEqual(before["bytes_done"], after["bytes_done"])
                self.assertLessEqual(after["progress"], 1)
            self.assertEqual({reply.status for path, reply in replies if path in ("/metrics", "/livez")}, {200})
            ready = server.get("/readyz").json
            self.assertEqual((ready["status"], ready["progress"], ready["files"]), ("ready", 1, 5))
            self.assertEqual(ready["bytes_done"], ready["bytes"])


class Fresh(Place):
    def test_a_line_is_found_by_the_request_after_it(self):
        """While two others write, one of them the same file."""
        stop = threading.Event()

        def write(path):
            n = 0
            while not stop.is_set():
                with open(path, "a", encoding="utf-8") as out:
                    out.write(json.dumps(record("user", f"noise {n}", f"noise-{path.stem}-{n}")) + "\n")
                n += 1
                time.sleep(0.001)

        shared = self.root / "p0/s0.jsonl"
        writers = [threading.Thread(target=write, args=(p,)) for p in (shared, self.root / "p1/busy.jsonl")]
        with self.serve() as server:
            server.wait_ready()
            for writer in writers:
                writer.start()
            try:
                self.append_and_ask(server, shared)
            finally:
                stop.set()
                for writer in writers:
                    writer.join()

    def append_and_ask(self, server, shared):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        for n in range(int(os.environ.get("SCROLLBACK_TEST_APPENDS", APPENDS))):
            path = shared if n % 3 == 0 else self.root / f"p1/own{n % 5}.jsonl"
            with open(path, "a", encoding="utf-8") as out:
                out.write(json.dumps(record("user", f"needle{n}y", f"needle-{n}")) + "\n")
            query = urllib.parse.urlencode({"q": f"needle{n}y", "limit": 1, "timeout_ms": 30000})
            connection.request("GET", "/search?" + query)
            answer = json.loads(connection.getresponse().read())
            self.assertTrue(answer["complete"], answer)
            self.assertEqual(answer["total"]["value"], 1, f"line {n} of {path.name}: {answer}")
        connection.close()


if __name__ == "__main__":
    unittest.main()
