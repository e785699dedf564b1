"""What the tests of the contract share: the spec, requests made from it, replies held against it."""

import json
import pathlib
import sys
import unittest

import jsonschema
import yaml

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests/http"))

from harness import Server  # noqa: E402,F401

SPEC = yaml.safe_load((TOP / "openapi.yaml").read_text())
SAMPLE = TOP / "sample/projects"


class AskedService(unittest.TestCase):
    """Tests of a service on the sample that has answered requests of several kinds: its metrics tell of them."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server(roots=[SAMPLE])
        cls.server.__enter__().wait_ready()
        for target in ("/search?q=kelp", "/search?limit=x", "/stats", "/none", "/search?q=kelp&strategy=serial"):
            cls.server.get(target)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()


def resolve(node):
    while "$ref" in node:
        at = SPEC
        for key in node["$ref"][2:].split("/"):
            at = at[key]
        node = at
    return node


def operations():
    """(path, method, operation) of all."""
    for path, item in SPEC["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def parameters(operation, where="query"):
    found = [resolve(p) for p in operation.get("parameters", [])]
    return [p for p in found if p["in"] == where]


def check(schema, value):
    """Raise where ${value} does not fit, say where, and not what: replies are long."""
    validator = jsonschema.Draft202012Validator({**schema, "components": SPEC["components"]},
                                                format_checker=jsonschema.FormatChecker())
    for error in validator.iter_errors(value):
        raise AssertionError(f"{error.json_path}: {error.message[:300]}")


def documented(operation, reply):
    """Hold a reply against what the operation documents for its status."""
    responses = operation["responses"]
    if str(reply.status) not in responses:
        raise AssertionError(f"{operation['operationId']}: {reply.status} is not documented: {reply.text[:300]}")
    response = resolve(responses[str(reply.status)])
    for name, header in response.get("headers", {}).items():
        value = reply.headers[name]
        if value is None:
            raise AssertionError(f"{operation['operationId']}: {reply.status} without {name}")
        schema = resolve(header)["schema"]
        check(schema, int(value) if schema.get("type") == "integer" else value)
    content = response.get("content", {})
    if not content:
        return
    kind = reply.headers["Content-Type"]
    if kind not in content and "*/*" not in content:
        raise AssertionError(f"{operation['operationId']}: {kind} is not documented")
    schema = content.get(kind, {"schema": {}})["schema"]
    if schema.get("type") == "string":
        check(schema, reply.text)
    elif kind.endswith("ndjson"):
        for line in reply.text.splitlines():
            if line:
                check(schema, json.loads(line))
    elif kind.endswith("json"):
        check(schema, reply.json)
