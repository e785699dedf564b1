"""A running service against openapi.yaml: what it takes, what it refuses, what its replies look like."""

import http.client
import json
import tempfile
import unittest
import urllib.parse

from support import SAMPLE, SPEC, Server, check, documented, operations, parameters, resolve

TOKEN = "0123456789abcdef0123456789abcdef"
METHODS = ["PUT", "DELETE", "PATCH", "TRACE", "BREW"]

# What a text with a grammar may hold; padded with blanks to its greatest length where that is allowed.
TEXTS = {"since": "2026-01-01", "until": "2026-12-31", "tz": "Europe/Berlin", "cursor": "", "around": None}

# What a parameter needs beside it: a short step asks for a short range.
BESIDE = {"step": {"since": "2026-06-03", "until": "2026-06-04"}}

REPLIES = [
    "/search", "/search?q=kelp&limit=50&context=3&facets=role,kind,part,tool,project,session,model,branch,day&explain=true",
    "/search?q=kelp&sort=relevance", "/search?q=kelp&group=session", "/search?limit=0", "/search?q=nothing-like-this",
    "/search?limit=1000&format=ndjson", "/search?limit=20&format=csv", "/search?dedupe=false&limit=1000&snippet_chars=0",
    "/search?q=/kelp%7Csimd/i&strategy=serial", "/search?mode=regex&q=k.lp", "/search?mode=literal&q=AND",
    "/search?strategy=worksharing", "/search?strategy=async", "/search?strategy=hybrid", "/search?strategy=auto",
    "/stats", "/stats?format=csv", "/timeseries", "/timeseries?format=csv", "/timeseries?step=1w&metric=cost&by=model",
    "/timeseries?metric=tokens&by=tool", "/timeseries?q=nothing-like-this",
    "/sessions", "/sessions?q=kelp", "/sessions?sort=costliest&limit=1", "/sessions?limit=0",
    "/metrics", "/livez", "/readyz", "/healthz", "/version", "/openapi.yaml", "/openapi.json", "/",
] + [f"/stats?by={by}" for by in ("project", "model", "role", "kind", "tool", "session", "branch", "day", "hour", "version")]

FAULTS = [
    ("/search?q=a+AND", 400, "invalid_query"), ("/search?q=/(/", 400, "invalid_regex"),
    ("/search?cursor=x", 400, "invalid_cursor"), ("/search?since=soon", 400, "invalid_parameter"),
    ("/stats?tz=Moon/Crater", 400, "invalid_parameter"), ("/search?limit=1001", 400, "invalid_parameter"),
    ("/sessions/none", 404, "not_found"), ("/messages/none", 404, "not_found"),
    ("/sessions/none/messages", 404, "not_found"), ("/sessions/none/export", 404, "not_found"),
    ("/timeseries?step=1m", 400, "invalid_parameter"),
]


def spec_path(target):
    """The path of the spec that a target belongs to."""
    have = target.split("?")[0].split("/")
    for path in SPEC["paths"]:
        want = path.split("/")
        if len(want) == len(have) and all(w == h or w.startswith("{") for w, h in zip(want, have)):
            return path
    raise AssertionError(target)


def at_limits(p):
    """([values that are taken], [values that are refused]) of a parameter."""
    schema, name = p["schema"], p["name"]
    kind = schema["type"]
    if kind == "integer":
        low, high = schema["minimum"], schema["maximum"]
        return [low, high], [low - 1, high + 1, "1.5", "x", ""]
    if kind == "boolean":
        return ["true", "false"], ["TRUE", "1", "", "x"]
    if "enum" in schema:
        return schema["enum"], [schema["enum"][0].upper(), "", "x"]
    if kind == "array" and "enum" in schema["items"]:
        words = schema["items"]["enum"]
        return [*words, ",".join(words), [words[0]] * 32], [[words[0]] * 33, "x", "", words[0] + ","]
    if kind == "array":
        most = schema["items"]["maxLength"]
        return ["x" * most, [f"v{i}" for i in range(32)], '"a,b"'], ["x" * (most + 1), [f"v{i}" for i in range(33)], "", '"a', "a,"]
    most = schema["maxLength"]
    if name == "cursor":
        return [""], ["x" * most, "x" * (most + 1)]
    if name in ("since", "until", "tz"):
        return [TEXTS[name]], ["x" * most, "x" * (most + 1)]
    if name == "around":
        return [], ["x" * (most + 1)]
    return (["x" * most] if name != "agent" else ["none"]), ["x" * (most + 1), b"\xff", "\0"]


def kept(name, value, status):
    """The statuses that may come for a value: a millisecond is a valid limit that a slow machine may well not keep."""
    return {status, 503} if (name, value) == ("timeout_ms", 1) else {status}


class Service(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(roots=[SAMPLE])
        cls.server.__enter__().wait_ready()
        hit = cls.server.search(q="kelp", limit=1)["hits"][0]
        cls.session, cls.message = hit["session"], hit["id"]

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def fill(self, path):
        value = self.message if path.startswith("/messages") else self.session
        return path.replace("{id}", value).replace("{name}", "none.js")

    def gets(self):
        for path, method, operation in operations():
            if method == "get":
                yield path, operation

    def head_of(self, target, **headers):
        """The head of a reply that need not end."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        try:
            connection.request("GET", target, headers=headers)
            reply = connection.getresponse()
            return reply.status, reply.headers
        finally:
            connection.close()

    def test_parameters_at_their_limits(self):
        for path, operation in self.gets():
            for p in parameters(operation):
                good, bad = at_limits(p)
                for value, status in [(v, 200) for v in good] + [(v, 400) for v in bad]:
                    given = {p["name"]: value, **BESIDE.get(p["name"], {})}
                    target = self.fill(path) + "?" + urllib.parse.urlencode(given, doseq=True)
                    with self.subTest(f"{path} {p['name']}={str(value)[:40]}"):
                        self.assertIn(self.head_of(target)[0], kept(p["name"], value, status))

    def test_bodies_at_their_limits(self):
        for path, method, operation in operations():
            if method != "post":
                continue
            schema = resolve(operation["requestBody"]["content"]["application/json"]["schema"])
            for name, p in schema["properties"].items():
                if p.get("type") == "integer":
                    good, bad = [p["minimum"], p["maximum"], float(p["maximum"])], [p["minimum"] - 1, p["maximum"] + 1, "1", 1.5, None]
                elif p.get("type") == "boolean":
                    good, bad = [True, False], ["true", 1, None]
                elif "enum" in p:
                    good, bad = p["enum"], ["x", 1, None, [p["enum"][0]]]
                elif "oneOf" in p and "enum" in p["oneOf"][0]["items"]:
                    words = p["oneOf"][0]["items"]["enum"]
                    good, bad = [words, words[0], []], [["x"], [1], 1, None, [words[0]] * 33]
                elif "oneOf" in p:
                    good, bad = [["a,b"], "a", ["x" * 1024]], [[""], "", ["x" * 1025], 1, ["x"] * 33]
                else:
                    good, bad = [TEXTS.get(name, "x" * p["maxLength"])], ["x" * (p["maxLength"] + 1), 1, None, ["x"]]
                for value, status in [(v, 200) for v in good] + [(v, 400) for v in bad]:
                    with self.subTest(f"{path} {name}={str(value)[:40]}"):
                        reply = self.server.post(path, {name: value, **BESIDE.get(name, {})})
                        self.assertIn(reply.status, kept(name, value, status), reply.text[:300])
                        documented(operation, reply)

    def test_unknown_and_repeated_parameters(self):
        for path, operation in self.gets():
            with self.subTest(path):
                if path != "/assets/{name}":
                    reply = self.server.get(self.fill(path), unknown="1")
                    self.assertEqual((reply.status, reply.code), (400, "invalid_parameter"))
                    documented(operation, reply)
            for p in parameters(operation):
                if p["schema"]["type"] != "array":
                    value = at_limits(p)[0][:1] or ["x"]
                    reply = self.server.get(self.fill(path), **{p["name"]: value * 2})
                    self.assertEqual(reply.status, 400, p["name"])
        self.assertEqual(self.server.post("/search?q=a", {"q": "a"}).status, 400)

    def test_methods(self):
        for path, item in SPEC["paths"].items():
            if path == "/assets/{name}":
                continue
            allow = "GET, HEAD, POST, OPTIONS" if "post" in item else "GET, HEAD, OPTIONS"
            for method in METHODS + ([] if "post" in item else ["POST"]):
                with self.subTest(f"{method} {path}"):
                    reply = self.server.request(method, self.fill(path))
                    self.assertEqual(reply.headers["Allow"], allow)
                    documented(item["get"], reply)
                    self.assertEqual(reply.status, 405)
            with self.subTest(f"OPTIONS {path}"):
                reply = self.server.request("OPTIONS", self.fill(path))
                self.assertEqual((reply.status, reply.headers["Allow"]), (204, allow))
            if path not in ("/tail",):
                with self.subTest(f"HEAD {path}"):
                    reply = self.server.request("HEAD", self.fill(path))
                    self.assertEqual((reply.status, reply.body), (200, b""))

    def test_replies(self):
        more = [f"/sessions/{self.session}", f"/sessions/{self.session[:13]}", f"/messages/{self.message}",
                f"/messages/{self.message}?raw=true&full=true", f"/sessions/{self.session}/messages",
                f"/sessions/{self.session}/messages?around={self.message}&limit=3&raw=true",
                *[f"/sessions/{self.session}/export?format={f}" for f in ("markdown", "html", "jsonl", "json")]]
        for row in self.server.get("/sessions", limit=1000).json["sessions"]:
            more += [f"/sessions/{row['id']}", f"/sessions/{row['id']}/messages?limit=1000"]
            for agent in self.server.get(f"/sessions/{row['id']}").json["agents_list"]:
                more.append(f"/sessions/{row['id']}/messages?limit=1000&agent={agent['agent']}")
        for target in REPLIES + more:
            with self.subTest(target):
                operation = SPEC["paths"][spec_path(target)]["get"]
                reply = self.server.get(target)
                self.assertEqual(reply.status, 200, reply.text[:300])
                documented(operation, reply)

    def test_faults(self):
        for target, status, code in FAULTS:
            with self.subTest(target):
                reply = self.server.get(target)
                self.assertEqual((reply.status, reply.code), (status, code))
                documented(SPEC["paths"][spec_path(target)]["get"], reply)

    def test_examples(self):
        """Every example of a reply fits its schema."""
        for _, _, operation in operations():
            for response in operation["responses"].values():
                for content in resolve(response).get("content", {}).values():
                    if "example" in content:
                        check(content["schema"], content["example"])
                    for example in content.get("examples", {}).values():
                        check(content["schema"], example["value"])

    def test_representations_by_accept(self):
        for path, operation in self.gets():
            for kind in operation["responses"]["200"]["content"]:
                if path in ("/", "/assets/{name}"):
                    continue
                with self.subTest(f"{path} {kind}"):
                    status, headers = self.head_of(self.fill(path), Accept=kind.split(";")[0])
                    self.assertEqual((status, headers["Content-Type"]), (200, kind))
            if "406" in operation["responses"]:
                with self.subTest(path):
                    reply = self.server.get(self.fill(path), {"Accept": "image/png"})
                    self.assertEqual((reply.status, reply.code), (406, "not_acceptable"))
                    documented(operation, reply)

    def test_what_does_not_change_is_sent_once(self):
        for path in ("/openapi.yaml", "/openapi.json"):
            operation = SPEC["paths"][path]["get"]
            tag = self.server.get(path).headers["ETag"]
            for given in (tag, f'W/{tag}, "x"', "*"):
                with self.subTest(f"{path} {given}"):
                    reply = self.server.get(path, {"If-None-Match": given})
                    self.assertEqual((reply.status, reply.body, reply.headers["ETag"]), (304, b"", tag))
                    documented(operation, reply)
            self.assertEqual(self.server.get(path, {"If-None-Match": '"x"'}).status, 200)

    def test_foreign_requests(self):
        """A page of another site gets nothing of any route, whatever it claims."""
        foreign = [{"Host": "evil.example"}, {"Host": "localhost.evil.example:7717"}, {"Origin": "http://evil.example"},
                   {"Origin": "null"}, {"Origin": "http://localhost:1"}, {"Sec-Fetch-Site": "cross-site"},
                   {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}]
        for path, method, operation in operations():
            for headers in foreign:
                with self.subTest(f"{method} {path} {headers}"):
                    body = "{}" if method == "post" else None
                    kind = {"Content-Type": "application/json"} if body else {}
                    reply = self.server.request(method.upper(), self.fill(path), {**headers, **kind}, body)
                    self.assertEqual(reply.status, 403)
                    self.assertEqual(reply.code, "host_not_allowed" if "Host" in headers else "origin_not_allowed")
                    self.assertIsNone(reply.headers["Access-Control-Allow-Origin"])
                    documented(operation, reply)
            navigation = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
            if method == "get":
                with self.subTest(f"navigation to {path}"):
                    expected = 200 if path == "/" else 403
                    self.assertEqual(self.server.request("GET", self.fill(path), navigation).status, expected)


class Token(unittest.TestCase):
    def test_every_route_with_private_data_asks_for_it(self):
        with tempfile.NamedTemporaryFile("w", suffix=".token") as f:
            f.write(TOKEN + "\n")
            f.flush()
            with Server("--token-file", f.name, roots=[SAMPLE]) as server:
                server.wait_ready()
                for path, method, operation in operations():
                    target = path.replace("{id}", "none").replace("{name}", "none.js")
                    asks = operation.get("security") != [] or path == "/assets/{name}"
                    for given in (None, "Bearer wrong", "Basic " + TOKEN, "Bearer " + TOKEN[:-1]):
                        headers = {"Authorization": given} if given else {}
                        with self.subTest(f"{method} {path} {given}"):
                            reply = server.request(method.upper(), target, headers)
                            self.assertEqual(reply.status == 401, asks)
                            documented(operation, reply)
                    if path != "/tail":
                        headers = {"Authorization": "Bearer " + TOKEN, "Content-Type": "application/json"}
                        reply = server.request(method.upper(), target, headers, json.dumps({}) if method == "post" else None)
                        self.assertIn(reply.status, (200, 404))
                        documented(operation, reply)


if __name__ == "__main__":
    unittest.main()
