"""docs/API.md: its commands run as they stand, against a service on the sample, and say something."""

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

    def test_links(self):
        for name in re.findall(r"\]\((\.\./[^)]+)\)", (TOP / "docs/API.md").read_text()):
            self.assertTrue((TOP / "docs" / name).exists(), name)


if __name__ == "__main__":
    unittest.main()
