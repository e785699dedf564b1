"""docs/API.md and README.md: their commands run as they stand, against a service on the sample, and say something."""

import json
import re
import subprocess
import unittest

from support import SAMPLE, TOP, Server


class Guide(unittest.TestCase):
    def test_commands(self):
        text = (TOP / "docs/API.md").read_text()
        blocks = re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S)
        self.assertGreater(len(blocks), 10)
        with Server(roots=[SAMPLE]) as server:
            server.wait_ready()
            for block in blocks:
                commands = block.replace("127.0.0.1:7717", f"127.0.0.1:{server.port}")
                with self.subTest(block):
                    done = subprocess.run(["bash", "-euo", "pipefail", "-c", commands], capture_output=True, text=True,
                                          timeout=60, check=False)
                    self.assertEqual((done.returncode, done.stderr), (0, ""))
                    self.assertTrue(done.stdout.strip(), "it says nothing")
                    for line in done.stdout.splitlines():
                        self.assertNotIn(line, ("null", "[]", "{}", "0", '""'), done.stdout)

    def test_commands_of_the_readme(self):
        """What a newcomer pastes finds something, be it in the sample."""
        commands = re.findall(r"^curl .*", (TOP / "README.md").read_text(), re.M)
        self.assertGreater(len(commands), 4)
        with Server(roots=[SAMPLE]) as server:
            for command in commands:
                with self.subTest(command):
                    done = subprocess.run(["bash", "-c", command.replace("127.0.0.1:7717", f"127.0.0.1:{server.port}")],
                                          capture_output=True, text=True, timeout=60, check=True)
                    reply = json.loads(done.stdout)
                    self.assertTrue(any(reply.get(name) for name in ("hits", "rows", "points", "sessions")), reply)

    def test_links(self):
        for name in re.findall(r"\]\((\.\./[^)]+)\)", (TOP / "docs/API.md").read_text()):
            self.assertTrue((TOP / "docs" / name).exists(), name)


if __name__ == "__main__":
    unittest.main()
