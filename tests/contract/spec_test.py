"""openapi.yaml against the sources: routes, methods, parameters, limits, defaults, problems."""

import json
import os
import unittest

import openapi_spec_validator
import yaml

import source

SPEC = yaml.safe_load((source.TOP / "openapi.yaml").read_text())


def resolve(node):
    while "$ref" in node:
        at = SPEC
        for key in node["$ref"][2:].split("/"):
            at = at[key]
        node = at
    return node


def query_parameters(operation):
    parameters = [resolve(p) for p in operation.get("parameters", [])]
    return [p for p in parameters if p["in"] == "query"]


def as_row(name, schema):
    """The line of a table that a schema describes."""
    if "oneOf" in schema:
        schema = {**schema["oneOf"][0], **{k: v for k, v in schema.items() if k == "default"}}
    default = schema.get("default")
    row = {"name": name, "min": 0, "max": 0, "words": None,
           "default": str(default).lower() if isinstance(default, bool) else None if default is None else str(default)}
    kind = schema["type"]
    if kind == "array":
        items = schema["items"]
        if schema["maxItems"] != 32:
            raise AssertionError(f"{name}: every list has at most 32 values")
        row.update(type="WORDS" if "enum" in items else "TEXTS", words=items.get("enum"),
                   max=items.get("maxLength", 0))
    elif kind == "string" and "enum" in schema:
        row.update(type="WORD", words=schema["enum"])
    elif kind == "string":
        row.update(type="TEXT", max=schema["maxLength"])
    elif kind == "boolean":
        row.update(type="FLAG")
    elif kind == "integer":
        row.update(type="NUMBER", min=schema["minimum"], max=schema["maximum"])
    return row


class Spec(unittest.TestCase):
    maxDiff = None

    def test_it_is_valid(self):
        openapi_spec_validator.validate(SPEC)

    def test_routes_and_methods(self):
        served = source.routes()
        described = {path: item for path, item in SPEC["paths"].items() if path != "/assets/{name}"}
        self.assertEqual(set(served), set(described))
        for path, route in served.items():
            with self.subTest(path):
                self.assertEqual(route["methods"], set(described[path]))

    def test_which_routes_need_a_token(self):
        self.assertEqual(SPEC["security"], [{"token": []}, {}])
        for path, route in source.routes().items():
            for operation in SPEC["paths"][path].values():
                with self.subTest(path):
                    self.assertEqual(operation.get("security"), [] if route["open"] else None)
                    self.assertEqual("401" in operation["responses"], not route["open"])

    def test_parameters(self):
        tables = source.parameters()
        for path, route in source.routes().items():
            expected = tables[route["table"]] if route["table"] else []
            found = [as_row(p["name"], p["schema"]) for p in query_parameters(SPEC["paths"][path]["get"])]
            with self.subTest(path):
                self.assertEqual(found, expected)

    def test_bodies(self):
        tables = source.parameters()
        for path, route in source.routes().items():
            if "post" not in route["methods"]:
                continue
            content = SPEC["paths"][path]["post"]["requestBody"]["content"]
            self.assertEqual(list(content), ["application/json"])
            schema = resolve(content["application/json"]["schema"])
            with self.subTest(path):
                self.assertIs(schema["additionalProperties"], False)
                self.assertEqual([as_row(k, v) for k, v in schema["properties"].items()], tables[route["table"]])

    def test_problems(self):
        served = source.problems()
        self.assertEqual(list(served), SPEC["components"]["schemas"]["Problem"]["properties"]["code"]["enum"])
        for name, response in SPEC["components"]["responses"].items():
            examples = response.get("content", {}).get("application/problem+json", {}).get("examples", {})
            for code, example in examples.items():
                with self.subTest(f"{name} {code}"):
                    self.assertEqual((example["value"]["status"], example["value"]["title"]), served[code])
                    self.assertEqual(example["value"]["code"], code)

    def test_every_problem_stands_in_a_response(self):
        told = set()
        for response in SPEC["components"]["responses"].values():
            told |= set(response.get("content", {}).get("application/problem+json", {}).get("examples", {}))
        self.assertEqual(set(source.problems()) - told, {"not_ready"})  # of /readyz, with its progress

    def test_the_json_is_the_yaml(self):
        with open(os.environ["SCROLLBACK_OPENAPI_JSON"]) as f:
            self.assertEqual(json.load(f), json.loads(json.dumps(SPEC)))


if __name__ == "__main__":
    unittest.main()
