"""What schemathesis has to know of this service that OpenAPI cannot say.

Loaded by it through SCHEMATHESIS_HOOKS; see fuzz_test.py.
"""

import json

import schemathesis
from schemathesis.checks import load_all_checks

load_all_checks()

#: Texts with a grammar of their own: what does not follow it is refused, whatever the schema says. And
#: what only the transcripts decide: a step that is too short for the time that is spanned, the beginning
#: of several sessions' ids.
GRAMMATICAL = {"q", "cursor", "since", "until", "tz", "step", "session", "id"}

#: Longer than a URL or a head may be: refused unread, be it valid or not.
TOO_LONG = {414, 431}


def refuses_grammar_only(response):
    """Does this 400 complain of nothing but texts with a grammar?"""
    if response.status_code != 400:
        return False
    errors = json.loads(response.content).get("errors", [])
    return bool(errors) and all(e["parameter"] in GRAMMATICAL for e in errors)


@schemathesis.check
def valid_data_acceptance(ctx, response, case):
    """positive_data_acceptance, but for texts with a grammar."""
    if refuses_grammar_only(response) or response.status_code in TOO_LONG:
        return None
    return schemathesis.checks.positive_data_acceptance(ctx, response, case)


@schemathesis.check
def invalid_data_rejection(ctx, response, case):
    """negative_data_rejection, which does not take these two for refusals."""
    if response.status_code in TOO_LONG:
        return None
    return schemathesis.checks.negative_data_rejection(ctx, response, case)


@schemathesis.check
def no_server_error(ctx, response, case):
    """not_a_server_error, but for a deadline too short to answer, where the client chose it."""
    if response.status_code == 503 and json.loads(response.content)["code"] == "query_timeout":
        return None
    return schemathesis.checks.not_a_server_error(ctx, response, case)


@schemathesis.deserializer("text/csv")
def text(ctx, response):
    """A string to the schema."""
    return response.content.decode()


@schemathesis.deserializer("application/x-ndjson")
def last_line(ctx, response):
    """The last line stands for all: contract_test.py looks at each. A transcript's own lines are text:
    what is damaged in the file is damaged in its export."""
    if "/export" in response.request.url:
        return response.content.decode()
    lines = [line for line in response.content.split(b"\n") if line]
    return json.loads(lines[-1]) if lines else None
