"""Walks by cursor while transcripts grow: every hit that was there at the first page, exactly once."""

import json
import random
import tempfile
import threading
import unittest

from harness import Server, record

PAGES = [1, 3, 10, 17, 50, 100, 333, 999, 1000]
FIRST = 150
TIMES = [f"2026-01-02T03:04:0{i}.000Z" for i in range(3)]  # many messages share each
SESSIONS = [f"{n}1111111-1111-4111-8111-111111111111" for n in range(4)]


class Writer(threading.Thread):
    """Appends a message and copies of others, at the times that there are, while each page is fetched."""

    def __init__(self, folder):
        super().__init__(daemon=True)
        self.folder = folder
        self.random = random.Random(5)
        self.pages = threading.Semaphore(0)
        self.stopping = False
        self.whole = []  # ids of messages that stand in the files
        self.records = {}
        for _ in range(FIRST):
            self.append(self.random.choice(SESSIONS), self.new())

    def new(self):
        n = len(self.records)
        uuid = f"aaaaaaaa-0000-4000-8000-{n:012d}"
        text = "apple" if n % 3 else "apple pie, apple cake"
        self.records[uuid] = record("user", text, uuid, self.random.choice(SESSIONS), self.random.choice(TIMES))
        return self.records[uuid]

    def append(self, name, new, *copies):
        with open(f"{self.folder}/{name}.jsonl", "a", encoding="utf-8") as f:
            f.write("".join(json.dumps(r) + "\n" for r in (*copies, new)))
        self.whole.append(new["uuid"])

    def run(self):
        while self.pages.acquire() and not self.stopping:
            copies = [self.records[self.random.choice(self.whole)] for _ in range(2)]
            self.append(self.random.choice(SESSIONS + ["0early", "9late"]), self.new(), *copies)


class Walks(unittest.TestCase):
    def walk(self, server, limit, writer=None, **params):
        """(keys of all hits, number of pages, totals told)"""
        keys, totals, cursor, pages = [], set(), "", 0
        while True:
            if writer:
                writer.pages.release()
            reply = server.search(limit=limit, cursor=cursor, q="apple", timeout_ms=30000, snippet_chars=0, **params)
            pages += 1
            totals.add(reply["total"]["value"])
            keys += [h["session"] if "group" in params else h["id"] for h in reply["hits"]]
            self.assertLessEqual(len(reply["hits"]), limit)
            cursor = reply["next_cursor"]
            if not cursor:
                return keys, pages, totals

    def check(self, server, writer, limit, **params):
        before = set(SESSIONS) if "group" in params else set(writer.whole)
        keys, pages, totals = self.walk(server, limit, writer, **params)
        self.assertEqual(len(keys), len(set(keys)), "a hit came twice")
        self.assertEqual(before - set(keys), set(), "a hit did not come")
        self.assertEqual(len(totals), 1)
        if "group" not in params:
            self.assertEqual(len(keys), totals.pop(), "what came later came too")
        self.assertGreaterEqual(pages, len(keys) // limit)

    def test_walks_while_transcripts_grow(self):
        with tempfile.TemporaryDirectory() as folder:
            writer = Writer(folder)
            with Server(roots=[folder]) as server:
                writer.start()
                try:
                    for i, limit in enumerate(PAGES):
                        sort = ("newest", "oldest", "relevance")[i % 3]
                        strategy = "index" if limit < 10 or i % 2 else "serial"
                        with self.subTest(limit=limit, sort=sort, strategy=strategy):
                            self.check(server, writer, limit, sort=sort, strategy=strategy)
                    for limit in (1, 3):
                        with self.subTest(limit=limit, group="session"):
                            self.check(server, writer, limit, group="session")
                finally:
                    writer.stopping = True
                    writer.pages.release()
                    writer.join()
                # And with nothing written, each size of page gives the same walk.
                whole = self.walk(server, 1000)[0]
                for limit in (7, 64, 250):
                    self.assertEqual(self.walk(server, limit)[0], whole)

    def test_many_walks_at_once(self):
        """More of them than anything of theirs could be kept by the walk, each with pages far apart in time."""
        with tempfile.TemporaryDirectory() as folder:
            writer = Writer(folder)
            with Server(roots=[folder]) as server:
                walks = []
                for _ in range(50):
                    reply = server.search(limit=60, q="apple", snippet_chars=0)
                    walks.append((set(writer.whole), [h["id"] for h in reply["hits"]], reply["next_cursor"]))
                    # A copy of what was shown, where it would be shown instead.
                    writer.append("0early", writer.new(), writer.records[walks[-1][1][-1]])
                for before, ids, cursor in walks:
                    while cursor:
                        reply = server.search(limit=60, q="apple", snippet_chars=0, cursor=cursor)
                        ids += [h["id"] for h in reply["hits"]]
                        cursor = reply["next_cursor"]
                    self.assertEqual(sorted(ids), sorted(before))


if __name__ == "__main__":
    unittest.main()
