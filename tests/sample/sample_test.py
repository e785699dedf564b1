"""The shipped sample is what its stories say, is whole, and shows every feature."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests"))

from reference.corpus import load  # noqa: E402
from reference.messages import PARTS  # noqa: E402
from reference.query import CLOSED_SETS  # noqa: E402
from reference.search import search  # noqa: E402


def contents(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in Path(folder).rglob("*") if p.is_file()}


class Sample(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.corpus = load(str(TOP / "sample/projects"))

    def test_is_what_the_stories_say(self):
        with tempfile.TemporaryDirectory() as folder:
            made = os.path.join(folder, "projects")
            subprocess.run([sys.executable, "-B", "-m", "make", made], cwd=TOP / "sample", check=True)
            self.assertEqual(contents(made), contents(TOP / "sample/projects"))

    def test_is_whole(self):
        self.assertEqual(self.corpus.malformed_lines, 0)
        self.assertEqual(self.corpus.unreadable, [])

    def test_shows_every_feature(self):
        wanted = [f"{name}:{value}" for name, values in CLOSED_SETS.items() for value in values]
        wanted += [f"tool:{t}" for t in ("Bash", "Read", "Edit", "Write", "Grep", "TodoWrite", "WebSearch", "Task", "mcp__*")]
        wanted += ["agent:only", "model:opus", "model:glm", "branch:main", "worktree", "日陰", "straßenseite", "картофель", "🌱"]
        for query in wanted:
            self.assertGreater(search(self.corpus, query).total, 0, query)
        self.assertEqual({p for m in self.corpus.messages for p in m.parts}, set(PARTS))

    def test_holds_copies(self):
        every = search(self.corpus, "", dedupe=False).total
        self.assertLess(search(self.corpus, "").total, every)


if __name__ == "__main__":
    unittest.main()
