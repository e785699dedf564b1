"""What schemathesis has to know of this service that OpenAPI cannot say.

Loaded by it through SCHEMATHESIS_HOOKS; see fuzz_test.py.
"""

import json

import schemathesis
from schemathesis.checks import load_all_checks

load_all_checks()

#: Texts with a grammar of their own: what does not follow it is refused, whatever the schema says. And
#: a step that is too short for the time that since and until span.
GRAMMATICAL = {"q", "cursor", "since", "until", "tz", "step"}


def refuses_grammar_only(response):
    """Does this 400 complain of nothing but texts with a grammar?"""
    if response.status_code != 400:
        return False
    errors = json.loads(response.content).get("errors", [])
    return bool(errors) and all(e["parameter"] in GRAMMATICAL for e in errors)


@schemathesis.check
def valid_data_acceptance(ctx, response, case):
    """positive_data_acceptance, but for texts with a grammar."""
    if refuses_grammar_only(response):
        return None
    return schemathesis.checks.positive_data_acceptance(ctx, response, case)


@schemathesis.check
def no_server_error(ctx, response, case):
    """not_a_server_error, but for a deadline too short to answer, where the client chose it."""
    if response.status_code == 503 and json.loads(response.content)["code"] == "query_timeout":
        return None
    return schemathesis.checks.not_a_server_error(ctx, response, case)


@schemathesis.deserializer("application/x-ndjson")
def last_line(ctx, response):
    """The last line stands for all: contract_test.py looks at each."""
    lines = [line for line in response.content.split(b"\n") if line]
    return json.loads(lines[-1]) if lines else None
