"""Grafana: the metrics are there, and what the dashboard asks of the API exists.  prometheus_test.py asks
what it asks of Prometheus."""

import json
import re
import unittest

import yaml

from support import SAMPLE, SPEC, TOP, AskedService, Server, parameters

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


class Metrics(AskedService):
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
