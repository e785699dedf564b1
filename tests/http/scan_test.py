"""`scrollback scan`: a search without a server."""

import json
import os
import subprocess
import tempfile
import unittest

from harness import BINARY, record, write_transcripts

S = "11111111-1111-4111-8111-111111111111"


class Scan(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        evil = "needle \x1b]0;owned\x07 \x1b[2J \u202e \x9b31m"
        write_transcripts(cls.folder.name, {f"p/{S}.jsonl": [
            record("user", "one needle in the hay", "u-1"),
            record("assistant", evil, "u-2", time="2026-01-03T00:00:00.000Z"),
            record("user", "nothing here", "u-3"), "{broken"],
            # A copy counts once.
            "p/22222222-2222-4222-8222-222222222222.jsonl": [record("user", "one needle in the hay", "u-1")]})

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def scan(self, *arguments, root=True, env=None):
        line = [BINARY, "scan"] + (["--root", self.folder.name] if root else []) + list(arguments)
        done = subprocess.run(line, capture_output=True, timeout=300,
                              env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **(env or {})})
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def test_count(self):
        for strategy in ("serial", "worksharing", "auto"):
            self.assertEqual(self.scan("--count", "needle", "--strategy", strategy), (0, "2\n", ""))
        self.assertEqual(self.scan("--count", "needle", "--no-dedupe"), (0, "3\n", ""))
        self.assertEqual(self.scan("--count", "absent"), (1, "0\n", ""))
        self.assertEqual(self.scan("-c", "--", "-needle")[:2], (0, "1\n"))

    def test_files_instead_of_roots(self):
        code, out, _ = self.scan("--count", "needle", f"{self.folder.name}/p/{S}.jsonl", root=False)
        self.assertEqual((code, out), (0, "2\n"))

    def test_nothing_to_search_is_told(self):
        with tempfile.TemporaryDirectory() as empty:
            code, out, err = self.scan("--count", "needle", "--root", empty, root=False)
            self.assertEqual((code, out), (1, "0\n"))
            self.assertRegex(err, "no transcripts.*--root")

    def test_errors(self):
        code, out, err = self.scan("needle AND")
        self.assertEqual((code, out), (2, ""))
        self.assertIn("\n    needle AND\n              ^", err)
        for arguments in (("--limit", "x", "needle"), ("--nonsense", "needle"), ()):
            code, out, err = self.scan(*arguments)
            self.assertEqual((code, out), (2, ""))
            self.assertTrue(err.startswith("scrollback: "), err)
        self.assertEqual(self.scan("needle", "/nonexistent", root=False)[0], 2)
        self.assertEqual(self.scan("needle", root=False)[0], 2)

    def test_text_cannot_reach_the_terminal(self):
        code, out, _ = self.scan("needle", "--color", "never")
        self.assertEqual(code, 0)
        self.assertIn("needle ^[]0;owned^G ^[[2J <U+202E> <U+009B>31m", out)
        self.assertFalse(set(out) & set(map(chr, list(range(9)) + list(range(11, 32)) + [127])))
        self.assertIn("2 messages", out)
        code, out, _ = self.scan("hay", "--color", "always")
        self.assertIn("\x1b[1;31mhay\x1b[0m", out)
        self.assertNotIn("\x1b", self.scan("hay")[1])  # a pipe is no terminal

    def test_json(self):
        code, out, _ = self.scan("needle", "--format", "json", "--sort", "oldest")
        reply = json.loads(out)
        self.assertEqual((code, [h["id"] for h in reply["hits"]]), (0, ["u-1", "u-2"]))
        self.assertEqual(len(reply["hits"][0]["also_in"]), 1)
        code, out, _ = self.scan("needle", "--format", "ndjson", "--limit", "1")
        self.assertEqual([json.loads(line)["type"] for line in out.splitlines()], ["hit", "end"])

    def test_version_and_help(self):
        run = lambda *a: subprocess.run([BINARY, *a], capture_output=True, text=True, timeout=300)
        self.assertRegex(run("version").stdout, r"^scrollback \d+\.\d+\.\d+ \(commit \w+")
        self.assertEqual(run("--version").stdout, run("version").stdout)
        for words in (["--help"], ["help"], ["scan", "--help"], ["help", "scan"]):
            done = run(*words)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn("scan", done.stdout)


if __name__ == "__main__":
    unittest.main()
