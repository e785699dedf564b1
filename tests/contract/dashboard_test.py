"""Prometheus and Grafana: the metrics are well formed, a real Prometheus scrapes them with the shipped
configuration, and what the dashboard asks for exists."""

import json
import re
import shutil
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.parse
import urllib.request

import yaml

from support import SAMPLE, SPEC, TOP, Server, parameters

GRAFANA = TOP / "docker/grafana"
DASHBOARD = json.loads((GRAFANA / "dashboards/scrollback.json").read_text())
PANELS = [p for p in DASHBOARD["panels"] if p["type"] != "row"]


def families(text):
    """{name of a sample: type of its metric}"""
    found = {}
    for name, kind in re.findall(r"^# TYPE (\w+) (\w+)$", text, re.M):
        for suffix in ("_bucket", "_sum", "_count") if kind == "histogram" else ("",):
            found[name + suffix] = kind
    return found


class Metrics(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(roots=[SAMPLE])
        cls.server.__enter__()
        for target in ("/search?q=kelp", "/search?limit=x", "/stats", "/none", "/search?q=kelp&strategy=serial"):
            cls.server.get(target)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def test_what_the_contract_names_is_there(self):
        text = self.server.get("/metrics").text
        names = families(text)
        for name in ("scrollback_http_requests_total", "scrollback_http_request_duration_seconds_bucket",
                     "scrollback_search_duration_seconds_bucket", "scrollback_search_total",
                     "scrollback_search_queue_wait_seconds_bucket", "scrollback_rejected_total",
                     "scrollback_index_messages", "scrollback_index_bytes", "scrollback_index_segments",
                     "scrollback_sources_files", "scrollback_sources_bytes", "scrollback_malformed_lines",
                     "scrollback_refresh_duration_seconds", "scrollback_build_info",
                     "process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds"):
            with self.subTest(name):
                self.assertIn(name, names)
        self.assertEqual(len(re.findall("^# HELP ", text, re.M)), len(re.findall("^# TYPE ", text, re.M)))
        self.assertNotIn("kelp", text)  # no label holds a query or a project

    @unittest.skipUnless(shutil.which("promtool"), "promtool is not installed (Debian: prometheus)")
    def test_promtool_finds_nothing(self):
        done = subprocess.run(["promtool", "check", "metrics"], input=self.server.get("/metrics").body,
                              capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, b""))

    @unittest.skipUnless(shutil.which("prometheus"), "Prometheus is not installed (Debian: prometheus)")
    def test_prometheus_scrapes(self):
        text = (TOP / "docker/prometheus.yml").read_text()
        self.assertIn("127.0.0.1:7717", text)
        text = text.replace("127.0.0.1:7717", f"127.0.0.1:{self.server.port}").replace("15s", "1s")
        listen = f"127.0.0.1:{free_port()}"
        with tempfile.TemporaryDirectory(prefix="scrollback-prometheus-") as folder:
            with open(folder + "/prometheus.yml", "w", encoding="utf-8") as f:
                f.write(text)
            process = subprocess.Popen(["prometheus", f"--config.file={folder}/prometheus.yml",
                                        f"--storage.tsdb.path={folder}/data", f"--web.listen-address={listen}"],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                self.assertEqual(ask(listen, 'up{job="scrollback"}'), [1.0])
                self.assertEqual(ask(listen, "scrollback_index_ready"), [1.0])
                for panel in PANELS:
                    for target in panel["targets"]:
                        if "expr" in target:
                            expr = target["expr"].replace("$__rate_interval", "1m")
                            with self.subTest(expr):
                                self.assertNotEqual(ask(listen, expr), [])
            finally:
                process.terminate()
                process.wait(20)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def ask(listen, expr, timeout=30):
    """The values of a query, as soon as there are any."""
    url = f"http://{listen}/api/v1/query?" + urllib.parse.urlencode({"query": expr})
    end = time.monotonic() + timeout
    values = []
    while not values and time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=5) as reply:
                values = [float(r["value"][1]) for r in json.load(reply)["data"]["result"]]
        except OSError:
            pass
        if not values:
            time.sleep(0.3)
    return values


class Dashboard(unittest.TestCase):
    def test_data_sources_are_provisioned(self):
        given = yaml.safe_load((GRAFANA / "provisioning/datasources/scrollback.yaml").read_text())["datasources"]
        known = {(d["type"], d["uid"]) for d in given}
        used = {(t["datasource"]["type"], t["datasource"]["uid"]) for p in PANELS for t in p["targets"]}
        self.assertEqual(used, known)
        self.assertEqual(len({p["id"] for p in DASHBOARD["panels"]}), len(DASHBOARD["panels"]))

    def test_what_infinity_asks_is_answered(self):
        with Server(roots=[SAMPLE]) as server:
            for panel in PANELS:
                for target in panel["targets"]:
                    if "url" not in target:
                        continue
                    path = target["url"].removeprefix("http://127.0.0.1:7717")
                    given = {p["key"]: p["value"] for p in target["url_options"]["params"]}
                    self.assertLessEqual(set(given), {p["name"] for p in parameters(SPEC["paths"][path]["get"])})
                    given.update(since="2026-04-01T00:00:00.000Z", until="2026-07-01T00:00:00.000Z", q="")
                    with self.subTest(panel["title"]):
                        rows = server.get(path, **given).json[target["root_selector"]]
                        self.assertTrue(rows)
                        for column in target["columns"]:
                            self.assertIn(column["selector"], rows[0])


if __name__ == "__main__":
    unittest.main()
