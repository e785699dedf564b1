"""What every route answers: status, headers, media types, and bodies that fit openapi.yaml."""

import csv
import gzip
import http.client
import io
import json
import re
import tempfile
import unittest

from harness import BINARY, TOKEN, Server, record, wait_for, write_transcripts

SESSION = "11111111-1111-4111-8111-111111111111"
OTHER = "22222222-2222-4222-8222-222222222222"


def transcripts(folder):
    first = [record("user", "Please add a worktree, \"quoted\"", "aaaaaaaa-0000-4000-8000-000000000001"),
             record("assistant", "The worktree is there. 日本語", "aaaaaaaa-0000-4000-8000-000000000002",
                    time="2026-01-03T00:00:00.000Z", requestId="r1")]
    first[1]["message"]["usage"] = {"input_tokens": 10, "output_tokens": 5, "cache_creation_input_tokens": 3,
                                    "cache_read_input_tokens": 2}
    call = record("assistant", "", "aaaaaaaa-0000-4000-8000-000000000003", time="2026-01-03T00:00:01.000Z")
    call["message"]["content"] = [{"type": "tool_use", "id": "t1", "name": "Bash",
                                   "input": {"command": "git worktree add ../fix"}}]
    result = record("user", "", "aaaaaaaa-0000-4000-8000-000000000004", time="2026-01-03T00:00:02.000Z")
    result["message"]["content"] = [{"type": "tool_result", "tool_use_id": "t1", "content": "fatal", "is_error": True}]
    hostile = [record("user", "<script>alert(1)</script> [x](javascript:alert(2)) =cmd|' /C calc'!A0\r\n\"",
                      "bbbbbbbb-0000-4000-8000-000000000001", session=OTHER),
               record("assistant", "many words " * 3000, "bbbbbbbb-0000-4000-8000-000000000002", session=OTHER),
               "{broken"]
    write_transcripts(folder, {f"-home-me-api/{SESSION}.jsonl": first + [call, result],
                               f"-home-me-web/{OTHER}.jsonl": hostile})


class Schema:
    """As much of JSON Schema as openapi.yaml uses."""

    def __init__(self, document):
        self.document = document

    def resolve(self, schema):
        while "$ref" in schema:
            at = self.document
            for name in schema["$ref"][2:].split("/"):
                at = at[name]
            schema = at
        return schema

    TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}

    def is_type(self, value, name):
        if name == "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        if name == "number":
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        return isinstance(value, self.TYPES[name])

    def faults(self, value, schema, where="$"):
        schema = self.resolve(schema)
        if "oneOf" in schema:
            fitting = [s for s in schema["oneOf"] if not self.faults(value, s, where)]
            return [] if len(fitting) == 1 else [f"{where}: fits {len(fitting)} of oneOf"]
        names = schema.get("type")
        names = [names] if isinstance(names, str) else names
        if names and not any(self.is_type(value, n) for n in names):
            return [f"{where}: {value!r} is not {names}"]
        if "enum" in schema and value not in schema["enum"]:
            return [f"{where}: {value!r} is not one of {schema['enum']}"]
        if "const" in schema and value != schema["const"]:
            return [f"{where}: {value!r} is not {schema['const']!r}"]
        if self.is_type(value, "number"):
            if value < schema.get("minimum", value) or value > schema.get("maximum", value):
                return [f"{where}: {value} is out of range"]
        if isinstance(value, str) and schema.get("format") == "date-time":
            if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value):
                return [f"{where}: {value!r} is no time"]
        if isinstance(value, list):
            items = schema.get("prefixItems") or [schema.get("items", {})] * len(value)
            return [f for i, (v, s) in enumerate(zip(value, items)) for f in self.faults(v, s, f"{where}[{i}]")]
        if not isinstance(value, dict):
            return []
        known = schema.get("properties", {})
        found = [f"{where}: {k} is missing" for k in schema.get("required", []) if k not in value]
        if schema.get("additionalProperties", True) is False:
            found += [f"{where}: {k} is not described" for k in value if k not in known]
        return found + [f for k, v in value.items() if k in known for f in self.faults(v, known[k], f"{where}.{k}")]


class Contract(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        transcripts(cls.folder.name)
        cls.server = Server(roots=[cls.folder.name])
        cls.server.__enter__().wait_ready()
        cls.spec = cls.server.get("/openapi.json").json
        cls.schema = Schema(cls.spec)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()
        cls.folder.cleanup()

    def path(self, template):
        return template.replace("{id}", "aaaaaaaa-0000-4000-8000-000000000002" if "messages/{" in template else SESSION)

    def fits(self, value, template, method="get", media="application/json"):
        content = self.spec["paths"][template][method]["responses"]["200"]["content"]
        self.assertEqual(self.schema.faults(value, content[media]["schema"])[:5], [])

    def check_problem(self, reply, status, code):
        self.assertEqual(reply.status, status, reply.text)
        self.assertEqual(reply.headers["Content-Type"], "application/problem+json")
        self.assertEqual(self.schema.faults(reply.json, {"$ref": "#/components/schemas/Problem"}), [])
        self.assertEqual((reply.code, reply.json["status"]), (code, status))

    def check_common(self, reply):
        self.assertEqual(reply.headers["X-Content-Type-Options"], "nosniff")
        policy = reply.headers["Content-Security-Policy"]
        self.assertIn("default-src 'none'", policy)
        self.assertNotIn("unsafe-eval", policy)
        self.assertIsNone(reply.headers["Access-Control-Allow-Origin"])
        self.assertIn("Accept", reply.headers["Vary"])

    def test_replies_fit_their_schemas(self):
        asked = {"/search": ["q=worktree", "q=&facets=role,kind,part,tool,project,session,model,branch,day&explain=true",
                             "group=session&context=3", "limit=0", "sort=relevance&q=worktree", "snippet_chars=0",
                             "dedupe=false&strategy=serial", "q=nothingtofind"],
                 "/stats": ["", "q=worktree"] + [f"by={b}" for b in (
                     "project", "model", "role", "kind", "tool", "session", "branch", "day", "hour", "version")],
                 "/timeseries": ["", "metric=tokens&by=role&step=1h", "metric=cost", "by=tool&step=1w&tz=Europe/Berlin"],
                 "/sessions": ["", "q=worktree&sort=costliest", "limit=1"],
                 "/sessions/{id}/messages": ["", "limit=1", "full=true&raw=true"],
                 "/sessions/{id}/export": ["format=json"],
                 "/messages/{id}": ["", "raw=true&full=true"],
                 "/readyz": [""], "/livez": [""], "/healthz": [""], "/version": [""], "/sessions/{id}": [""]}
        for template, queries in asked.items():
            for query in queries:
                with self.subTest(template + "?" + query):
                    reply = self.server.request("GET", self.path(template) + "?" + query)
                    self.assertEqual(reply.status, 200, reply.text)
                    self.assertEqual(reply.headers["Content-Type"].split(";")[0], "application/json")
                    self.fits(reply.json, template)

    def test_every_route_on_every_method(self):
        for template, methods in self.spec["paths"].items():
            if template.startswith("/assets/"):
                continue  # whatever the build embedded
            path = self.path(template)
            with self.subTest(template):
                if template != "/tail":
                    got = self.server.get(path)
                    self.assertEqual(got.status, 200, got.text)
                    self.check_common(got)
                    cached = template in ("/", "/openapi.yaml", "/openapi.json") and got.headers["ETag"]
                    self.assertEqual(got.headers["Cache-Control"], "no-cache" if cached else "no-store")
                    head = self.server.request("HEAD", path)
                    self.assertEqual((head.status, head.body), (200, b""))
                    self.assertEqual(head.headers["Content-Type"], got.headers["Content-Type"])
                options = self.server.request("OPTIONS", path)
                allow = "GET, HEAD, POST, OPTIONS" if "post" in methods else "GET, HEAD, OPTIONS"
                self.assertEqual((options.status, options.headers["Allow"]), (204, allow))
                for method in ("PUT", "DELETE", "PATCH", "TRACE") + (() if "post" in methods else ("POST",)):
                    refused = self.server.request(method, path)
                    self.check_problem(refused, 405, "method_not_allowed")
                    self.assertEqual(refused.headers["Allow"], allow)
                unknown = self.server.get(path, nonsense="1")
                self.check_problem(unknown, 400, "invalid_parameter")
                if template not in ("/", "/openapi.yaml"):
                    self.check_problem(self.server.get(path, {"Accept": "image/png"}), 406, "not_acceptable")
        detail = self.server.get("/search", {"Accept": "image/png"}).json["detail"]
        for kind in ("application/json", "application/x-ndjson", "text/csv"):
            self.assertIn(kind, detail)

    def test_strangers_are_refused_on_every_route(self):
        heads = [({"Host": "evil.example"}, "host_not_allowed"),
                 ({"Host": "127.0.0.1.evil.example"}, "host_not_allowed"),
                 ({"Origin": "http://evil.example"}, "origin_not_allowed"),
                 ({"Origin": "null"}, "origin_not_allowed"),
                 ({"Sec-Fetch-Site": "cross-site"}, "origin_not_allowed"),
                 ({"Sec-Fetch-Site": "same-site"}, "origin_not_allowed"),
                 ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
                  "origin_not_allowed")]
        for template in list(self.spec["paths"]) + ["/nothing"]:
            for headers, code in heads:
                for method in ("GET", "OPTIONS"):
                    with self.subTest(f"{method} {template} {headers}"):
                        reply = self.server.request(method, self.path(template), headers)
                        self.check_problem(reply, 403, code)
        page = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
        self.assertEqual(self.server.get("/", page).status, 200)
        self.check_problem(self.server.get("/search", page), 403, "origin_not_allowed")
        own = {"Origin": f"http://127.0.0.1:{self.server.port}", "Sec-Fetch-Site": "same-origin"}
        self.assertEqual(self.server.get("/search", own).status, 200)

    def test_get_and_post_agree(self):
        for path, given in (("/search", {"q": "worktree", "role": ["user", "assistant"], "limit": 3, "word": True}),
                            ("/stats", {"by": "role", "tool": ["Bash"]}), ("/timeseries", {"step": "1d"})):
            query = {k: str(v).lower() if isinstance(v, bool) else v for k, v in given.items()}
            got, posted = self.server.get(path, **query).json, self.server.post(path, given).json
            for volatile in ("took_ms", "queue_ms", "engine", "next_cursor"):
                got.pop(volatile, None), posted.pop(volatile, None)
            self.assertEqual(got, posted)
        self.check_problem(self.server.post("/search", "{"), 400, "invalid_parameter")
        self.check_problem(self.server.post("/search", {"q": 1}), 400, "invalid_parameter")
        self.check_problem(self.server.post("/search", " " * 65537), 413, "content_too_large")
        self.assertEqual(self.server.post("/search", "{}" + " " * 65534).status, 200)

    def test_errors_say_where(self):
        for query, code, parameter, position in (
                ("q=foo+AND", "invalid_query", "q", None), ("q=%2F(%2F", "invalid_regex", "q", None),
                ("cursor=nonsense", "invalid_cursor", "cursor", None), ("since=whenever", "invalid_parameter", "since", None),
                ("tz=Nowhere/Land", "invalid_parameter", "tz", None), ("limit=1001", "invalid_parameter", "limit", 0)):
            reply = self.server.request("GET", "/search?" + query)
            self.check_problem(reply, 400, code)
            self.assertEqual(reply.json["errors"][0]["parameter"], parameter)
            if position is not None:
                self.assertEqual(reply.json["errors"][0]["position"], position)
        self.check_problem(self.server.get("/sessions/nothing"), 404, "not_found")
        self.check_problem(self.server.get("/messages/nothing"), 404, "not_found")
        self.check_problem(self.server.get("/sessions/nothing/export"), 404, "not_found")
        self.check_problem(self.server.get("/nothing"), 404, "not_found")

    def test_ndjson(self):
        for ask in (lambda: self.server.get("/search", q="worktree", format="ndjson"),
                    lambda: self.server.get("/search", {"Accept": "application/x-ndjson"}, q="worktree")):
            reply = ask()
            self.assertEqual(reply.headers["Content-Type"], "application/x-ndjson")
            lines = [json.loads(line) for line in reply.text.splitlines()]
            self.assertEqual([line["type"] for line in lines], ["hit"] * (len(lines) - 1) + ["end"])
            self.assertEqual(lines[-1]["total"]["value"], len(lines) - 1)
            for line in lines:
                self.fits(line, "/search", media="application/x-ndjson")

    def test_the_plan_never_gains(self):
        """explain: each step leaves at most what it got, and got what the one before left."""
        for params in ({"q": "worktree"}, {"q": "worktree", "sort": "relevance"}, {"q": "worktree", "role": "user"}, {}):
            plan = self.server.search(explain="true", **params)["plan"]
            self.assertEqual([step["step"] for step in plan], ["time", "signatures", "filters", "text", "copies"])
            self.assertEqual([step["before"] for step in plan[1:]], [step["after"] for step in plan[:-1]])
            for step in plan:
                self.assertLessEqual(step["after"], step["before"])

    def test_csv(self):
        reply = self.server.get("/search", {"Accept": "text/csv"})
        self.assertTrue(reply.headers["Content-Type"].startswith("text/csv"))
        self.assertTrue(reply.text.endswith("\r\n"))
        rows = list(csv.DictReader(io.StringIO(reply.text, newline="")))
        hits = self.server.search()["hits"]
        self.assertEqual([r["id"] for r in rows], [h["id"] for h in hits])
        self.assertEqual([r["tools"] for r in rows], [" ".join(h["tools"]) for h in hits])
        stats = list(csv.DictReader(io.StringIO(self.server.get("/stats", by="role", format="csv").text, newline="")))
        self.assertEqual(sum(int(r["messages"]) for r in stats), 6)

    def test_gzip_where_asked_for(self):
        plain = self.server.get("/search", snippet_chars=4096)
        packed = self.server.get("/search", {"Accept-Encoding": "gzip"}, snippet_chars=4096)
        self.assertIsNone(plain.headers["Content-Encoding"])
        self.assertEqual(packed.headers["Content-Encoding"], "gzip")
        self.assertLess(len(packed.body), len(plain.body))
        self.assertEqual(json.loads(gzip.decompress(packed.body))["hits"], plain.json["hits"])
        self.assertIsNone(self.server.get("/livez", {"Accept-Encoding": "gzip"}).headers["Content-Encoding"])
        metrics = self.server.get("/metrics", {"Accept-Encoding": "gzip"})
        self.assertEqual(metrics.headers["Content-Encoding"], "gzip")
        self.assertIn(b"# HELP scrollback_", gzip.decompress(metrics.body))

    def test_gzip_of_replies_in_pieces(self):
        """... is one stream, whole at its end, and each piece can be read when it comes."""
        for path, params in (("/search", {"format": "csv", "snippet_chars": 4096}), (f"/sessions/{OTHER}/export", {"format": "html"}),
                             (f"/sessions/{OTHER}/export", {"format": "jsonl"}), ("/search", {"format": "csv", "q": "nothing-like-this"})):
            plain, packed = self.server.get(path, **params), self.server.get(path, {"Accept-Encoding": "gzip"}, **params)
            self.assertEqual((plain.headers["Content-Encoding"], packed.headers["Content-Encoding"]), (None, "gzip"))
            self.assertEqual(gzip.decompress(packed.body), plain.body)
        lines = gzip.decompress(self.server.get("/search", {"Accept-Encoding": "gzip"}, format="ndjson").body).splitlines()
        self.assertEqual(json.loads(lines[-1])["type"], "end")

    def test_what_is_static_is_kept(self):
        for path in ("/openapi.yaml", "/openapi.json"):
            tag = self.server.get(path).headers["ETag"]
            for match in (tag, "W/" + tag, f'"x", {tag}', "*"):
                again = self.server.get(path, {"If-None-Match": match})
                self.assertEqual((again.status, again.body, again.headers["ETag"]), (304, b"", tag))
            self.assertEqual(self.server.get(path, {"If-None-Match": '"x"'}).status, 200)
            packed = self.server.get(path, {"Accept-Encoding": "gzip"})
            self.assertEqual((packed.headers["Content-Encoding"], packed.headers["ETag"]), ("gzip", "W/" + tag))
            self.assertEqual(gzip.decompress(packed.body), self.server.get(path).body)
            again = self.server.get(path, {"Accept-Encoding": "gzip", "If-None-Match": "W/" + tag})
            self.assertEqual((again.status, again.body, again.headers["ETag"]), (304, b"", "W/" + tag))

    def test_exports_hold_nothing_active(self):
        html = self.server.get(f"/sessions/{OTHER}/export", format="html")
        self.assertIn("sandbox", html.headers["Content-Security-Policy"])
        self.assertIn(f'filename="{OTHER}.html"', html.headers["Content-Disposition"])
        self.assertNotIn("<script", html.text)
        self.assertIn("&lt;script&gt;alert(1)", html.text)
        markdown = self.server.get(f"/sessions/{OTHER}/export").text
        fenced = re.sub(r"(?ms)^(`{3,})\n.*?^\1$", "", markdown)
        self.assertNotIn("<", fenced)
        self.assertNotIn("](", fenced)
        with open(f"{self.folder.name}/-home-me-api/{SESSION}.jsonl", encoding="utf-8") as f:
            self.assertEqual(self.server.get(f"/sessions/{SESSION}/export", format="jsonl").text, f.read())

    def test_metrics_count_requests(self):
        def counted():
            found = re.search(r'scrollback_http_requests_total\{route="/search",method="GET",code="400"\} (\d+)',
                              self.server.get("/metrics").text)
            return int(found.group(1)) if found else 0

        before = counted()
        self.server.get("/search", limit="x")
        self.assertEqual(counted(), before + 1)
        self.assertTrue(wait_for(lambda: self.server.metric("scrollback_malformed_lines") == 1))
        page = self.server.get("/metrics").text
        names = re.findall(r"(?m)^# TYPE (\S+) (\S+)$", page)
        self.assertEqual(len(names), len(set(names)))
        self.assertEqual([n for n, _ in names], re.findall(r"(?m)^# HELP (\S+) .", page))
        for line in page.splitlines():
            if not line.startswith("#"):
                self.assertRegex(line, r'^[a-z_0-9]+(\{([a-z]+="[^"\\]*",?)+\})? [0-9.e+-]+$')
        self.assertNotIn(SESSION, page)
        self.assertIn("process_resident_memory_bytes", page)

    def test_a_reply_that_was_seen_is_counted(self):
        """Whichever thread answers the request for the counts."""
        sample = 'scrollback_http_requests_total{route="/livez",method="GET",code="200"}'
        connections = [http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30) for _ in range(9)]
        before = self.server.metric(sample)
        for i in range(2000):
            replies = []
            for connection, path in ((connections[0], "/livez"), (connections[1 + i % 8], "/metrics")):
                connection.request("GET", path)
                replies.append(connection.getresponse().read().decode())
            counted = re.search(rf"(?m)^{re.escape(sample)} (\d+)$", replies[1])
            self.assertEqual(int(counted.group(1)), before + i + 1)
        for connection in connections:
            connection.close()

    def test_refusals_are_counted_by_reason(self):
        """Each by what refused it; what a route finds wrong is no refusal."""
        cases = [("bad_request", lambda s: s.request("GET", "/", {"Content-Length": "0", "Transfer-Encoding": "chunked"})),
                 ("invalid_parameter", lambda s: s.get("/search", limit="x")),
                 ("host_not_allowed", lambda s: s.get("/search", {"Host": "evil.example"})),
                 ("origin_not_allowed", lambda s: s.get("/search", {"Origin": "https://evil.example"})),
                 ("not_found", lambda s: s.get("/nowhere")),
                 ("method_not_allowed", lambda s: s.request("DELETE", "/search")),
                 ("not_acceptable", lambda s: s.get("/stats", {"Accept": "image/png"})),
                 ("content_too_large", lambda s: s.post("/search", b"x" * 66000)),
                 ("unsupported_media_type", lambda s: s.post("/search", b"q=x", {"Content-Type": "text/plain"})),
                 (None, lambda s: s.get("/search", q="(")),
                 (None, lambda s: s.get("/sessions/none-such")),
                 (None, lambda s: s.get("/search", cursor="none"))]

        def counts():
            return {reason: int(n) for reason, n in
                    re.findall(r'scrollback_rejected_total\{reason="(\w+)"\} (\d+)', self.server.get("/metrics").text)}

        before = counts()
        self.assertEqual(len(before), 12)
        for reason, ask in cases:
            with self.subTest(reason):
                reply = ask(self.server)
                self.assertGreaterEqual(reply.status, 400)
                self.assertEqual(reply.code if reason else None, reason)
                if reason:
                    before[reason] += 1
                self.assertEqual(counts(), before)


class Token(unittest.TestCase):
    def test_every_route(self):
        with tempfile.TemporaryDirectory() as folder, tempfile.NamedTemporaryFile("w") as file:
            transcripts(folder)
            file.write(TOKEN + "\n")
            file.flush()
            with Server("--token-file", file.name, "--cors-origin", "https://board.example", roots=[folder]) as server:
                server.wait_ready()
                paths = server.get("/openapi.json").json["paths"]
                for path, methods in paths.items():
                    if path == "/tail" or path.startswith("/assets/"):
                        continue
                    path = path.replace("{id}", SESSION)
                    free = "401" not in methods["get"]["responses"]
                    bare = server.get(path)
                    self.assertEqual(bare.status == 401, not free, path)
                    if not free:
                        self.assertTrue(bare.headers["WWW-Authenticate"].startswith("Bearer"))
                        wrong = server.get(path, {"Authorization": "Bearer " + TOKEN[:-1] + "x"})
                        self.assertEqual((wrong.status, wrong.code), (401, "unauthorized"))
                        self.assertIn(server.get(path, {"Authorization": "Bearer " + TOKEN}).status, (200, 404))
                board = {"Origin": "https://board.example", "Sec-Fetch-Site": "cross-site"}
                asked = server.request("OPTIONS", "/search", {**board, "Access-Control-Request-Method": "GET"})
                self.assertEqual(asked.status, 204)
                self.assertIn("Authorization", asked.headers["Access-Control-Allow-Headers"])
                got = server.get("/search", {**board, "Authorization": "Bearer " + TOKEN})
                self.assertEqual(got.headers["Access-Control-Allow-Origin"], "https://board.example")
                self.assertIn("Origin", got.headers["Vary"])
                self.assertEqual(server.get("/search", {"Origin": "https://evil.example"}).code, "origin_not_allowed")

    def test_rate(self):
        with tempfile.TemporaryDirectory() as folder:
            transcripts(folder)
            # One, and then none for a quarter of an hour.
            with Server("--rate-limit", "0.001", roots=[folder]) as server:
                self.assertEqual(server.get("/version").status, 200)
                for _ in range(3):
                    refused = server.get("/search")
                    self.assertEqual((refused.status, refused.code), (429, "rate_limited"))
                    self.assertGreater(int(refused.headers["Retry-After"]), 100)
                self.assertEqual(server.get("/livez").status, 200)
                other = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30, source_address=("127.0.0.2", 0))
                self.assertEqual([self.status(other) for _ in range(2)], [200, 429])
                other.close()

    def status(self, connection):
        connection.request("GET", "/version")
        reply = connection.getresponse()
        reply.read()
        return reply.status


class Start(unittest.TestCase):
    def run_to_end(self, *arguments, env=None):
        import os
        import subprocess
        environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **(env or {})}
        done = subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=20, env=environment)
        return done.returncode, done.stdout, done.stderr

    def test_refusals_name_option_and_remedy(self):
        for arguments, says in ((["serve", "--root", "/tmp", "--listen", "0.0.0.0:0"], ["--listen", "--token-file"]),
                                (["serve", "--root", "/tmp", "--listen", "nonsense"], ["--listen", "ADDR:PORT"]),
                                (["serve", "--token-file", "/nonexistent"], ["--token-file", "/nonexistent"]),
                                (["serve", "--nonsense"], ["--nonsense", "help"]),
                                (["serve", "--root", "/tmp", "--cors-origin", "*"], ["--cors-origin", "no origin"]),
                                (["serve", "--root", "/nonexistent"], ["--root", "/nonexistent"])):
            code, out, err = self.run_to_end(*arguments)
            self.assertEqual((code, out), (2, ""), arguments)
            for word in says:
                self.assertIn(word, err)

    def test_the_sample_is_served_where_nothing_else_is(self):
        with Server(roots=[]) as server:
            reply = server.search(limit=0)
            self.assertGreater(reply["total"]["value"], 0)
            self.assertTrue(any("sample" in w for w in reply["warnings"]), reply["warnings"])
            hit = server.search(limit=1)["hits"][0]
            for path in ("/sessions", f"/sessions/{hit['session']}", f"/sessions/{hit['session']}/messages",
                         f"/messages/{hit['id']}", "/stats", "/timeseries?metric=messages"):
                self.assertEqual(server.get(path).json["warnings"], reply["warnings"], path)
        with tempfile.TemporaryDirectory() as folder:
            transcripts(folder + "/projects")
            with Server(roots=[], env={"CLAUDE_CONFIG_DIR": folder}) as server:
                reply = server.search(limit=0)
                self.assertEqual((reply["total"]["value"], reply["warnings"]), (6, []))


if __name__ == "__main__":
    unittest.main()
