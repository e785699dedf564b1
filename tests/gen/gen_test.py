"""The generator is deterministic, and the reference finds what its manifest says."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from reference.corpus import load  # noqa: E402
from reference.search import search  # noqa: E402

GENERATOR = sys.argv.pop(1)


def generate(folder, *options):
    done = subprocess.run([GENERATOR, "--out", folder, "--manifest", *options], check=True, capture_output=True)
    return json.loads(done.stdout)


def digest(folder):
    """Of all names, link targets and bytes."""
    sha = hashlib.sha256()
    for path in sorted(Path(folder).rglob("*"), key=os.fsencode):
        sha.update(os.fsencode(path.relative_to(folder)) + b"\0")
        if path.is_symlink():
            sha.update(os.fsencode(os.readlink(path)))
        elif path.is_file() and path.stat().st_mode & 0o400:
            sha.update(path.read_bytes())
    return sha.hexdigest()


class Generator(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def test_same_arguments_same_bytes(self):
        for options in ((), ("--pitfalls", "--tiny-files", "5", "--max-line", "50K")):
            manifests = [generate(self.path(n + str(len(options))), "--size", "1M", *options) for n in "ab"]
            self.assertEqual(*manifests)
            self.assertEqual(digest(self.path(f"a{len(options)}")), digest(self.path(f"b{len(options)}")))
        generate(self.path("c"), "--size", "1M", "--seed", "2")
        self.assertNotEqual(digest(self.path("a0")), digest(self.path("c")))

    def test_manifest_is_what_the_reference_reads(self):
        cases = (("--size", "6M"), ("--size", "2M", "--pitfalls", "--seed", "3"), ("--size", "3M", "--one-file"),
                 ("--size", "1M", "--sessions", "7", "--tiny-files", "9", "--days", "2", "--seed", "4", "--pitfalls"),
                 ("--size", "100K", "--max-line", "1M"))
        for number, options in enumerate(cases):
            folder = self.path(str(number))
            manifest = generate(folder, *options)
            corpus = load(os.path.join(folder, "projects"))
            stats = corpus.stats()
            for name in ("messages", "other_records", "malformed_lines"):
                self.assertEqual(stats[name], manifest[name], (options, name))
            self.assertEqual(search(corpus, "").total, manifest["messages"] - manifest["copies"], options)
            for word, count in manifest["words"].items():
                self.assertEqual(search(corpus, word + " kind:prompt").total, count, (options, word))

    def test_shapes_asked_for(self):
        generate(self.path("one"), "--size", "1M", "--one-file")
        self.assertEqual(len([p for p in Path(self.path("one")).rglob("*.jsonl") if "subagents" not in p.parts
                              and not p.name.startswith("agent-")]), 1)
        generate(self.path("tiny"), "--size", "10K", "--sessions", "3", "--tiny-files", "20")
        self.assertGreaterEqual(len(list(Path(self.path("tiny")).rglob("*.jsonl"))), 23)
        generate(self.path("long"), "--size", "10K", "--max-line", "2M")
        longest = max(len(line) for p in Path(self.path("long")).rglob("*.jsonl") for line in p.read_bytes().split(b"\n"))
        self.assertGreater(longest, 2 << 20)


if __name__ == "__main__":
    unittest.main()
