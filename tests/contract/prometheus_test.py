"""A real Prometheus scrapes the service with the shipped configuration, its promtool finds nothing to say of
the metrics, and each of the dashboard's expressions has an answer.

./dev test unpacks Debian's package into build/prometheus; where there is neither that nor an installed
one the test is skipped, and says so.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest
import urllib.parse
import urllib.request

from dashboard_test import PANELS
from support import TOP, AskedService
from harness import wait_for

SKIPPED = 77
PATH = os.pathsep.join([os.environ["PATH"], str(TOP / "build/prometheus/usr/bin")])
PROMETHEUS, PROMTOOL = (shutil.which(name, path=PATH) for name in ("prometheus", "promtool"))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Scraper:
    """A Prometheus that scrapes the service each second; use as a context manager."""

    def __init__(self, server):
        self.folder = tempfile.TemporaryDirectory(prefix="scrollback-prometheus-")
        text = (TOP / "docker/prometheus.yml").read_text()
        assert "127.0.0.1:7717" in text and "15s" in text
        with open(self.folder.name + "/prometheus.yml", "w", encoding="utf-8") as f:
            f.write(text.replace("127.0.0.1:7717", f"127.0.0.1:{server.port}").replace("15s", "1s"))
        self.address = f"127.0.0.1:{free_port()}"

    def __enter__(self):
        self.log = open(self.folder.name + "/log", "wb")
        self.process = subprocess.Popen(
            [PROMETHEUS, f"--config.file={self.folder.name}/prometheus.yml",
             f"--storage.tsdb.path={self.folder.name}/data", f"--web.listen-address={self.address}"],
            stdout=self.log, stderr=self.log)
        return self

    def __exit__(self, *unused):
        self.process.terminate()
        self.process.wait(60)
        self.log.close()
        self.folder.cleanup()

    def values(self, expression):
        """Those of a query at this moment."""
        url = f"http://{self.address}/api/v1/query?" + urllib.parse.urlencode({"query": expression})
        try:
            with urllib.request.urlopen(url, timeout=30) as reply:
                return [float(r["value"][1]) for r in json.load(reply)["data"]["result"]]
        except ConnectionError:
            return []  # it does not listen yet
        except urllib.error.HTTPError as e:
            if e.code != 503:  # not ready yet
                raise
            return []
        except urllib.error.URLError:
            return []

    def first_values(self, expression):
        """Those of a query as soon as there are any."""
        found = []
        wait_for(lambda: found.extend(self.values(expression)) or found, timeout=90, every=0.3)
        return found


class Prometheus(AskedService):
    def test_promtool_finds_nothing(self):
        done = subprocess.run([PROMTOOL, "check", "metrics"], input=self.server.get("/metrics").body,
                              capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, b""))

    def test_promtool_takes_the_configuration(self):
        done = subprocess.run([PROMTOOL, "check", "config", "--syntax-only", TOP / "docker/prometheus.yml"],
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_it_scrapes(self):
        with Scraper(self.server) as scraper:
            self.assertEqual(scraper.first_values('up{job="scrollback"} == 1'), [1.0])
            self.assertEqual(scraper.first_values("scrollback_index_ready"), [1.0])
            expressions = [t["expr"] for p in PANELS for t in p["targets"] if "expr" in t]
            self.assertGreater(len(expressions), 5)
            for expression in expressions:
                with self.subTest(expression):
                    self.assertTrue(scraper.first_values(expression.replace("$__rate_interval", "1m")))


if __name__ == "__main__":
    if PROMETHEUS is None or PROMTOOL is None:
        print("skipped: there is no Prometheus here; ./dev test unpacks that of Debian (package prometheus)")
        sys.exit(SKIPPED)
    unittest.main()
