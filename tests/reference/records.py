"""From the bytes of one file to its records.

A line normally holds one JSON object.  Crashes and concurrent writers leave
other shapes: two values glued together, a torn record before a whole one,
runs of NUL, a BOM, CR LF.  Whatever is certain is recovered; a line that
yields nothing at all is malformed.
"""

import json
import re
from dataclasses import dataclass
from decimal import Decimal

MAX_DEPTH = 512
PADDING = " \t\r\n\0\ufeff"
RECORD_START = re.compile(r'\{"(?:parentUuid|type|uuid)":')
BRACKETS_AND_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
SPACE = re.compile(r"[ \t\r\n]*")
BARE = re.compile(r"[^,:\[\]{}\"]+")
GLUED_TO_SCALAR = re.compile(r"[\w.+-]")

# The values the rules look at.  Everything else is skipped, and a skipped
# value needs no more than balanced brackets and closed strings.
WANTED = {
    None: {"type", "uuid", "timestamp", "sessionId", "agentId", "cwd", "gitBranch", "version",
           "isMeta", "isSidechain", "isCompactSummary", "isApiErrorMessage", "level", "subtype",
           "content", "summary", "requestId", "message", "attachment"},
    "message": {"id", "model", "content", "usage"},
    "attachment": {"type", "prompt", "commandMode"},
}


@dataclass(frozen=True)
class Record:
    line: int       # from 1
    position: int   # of the value within its line, from 0
    value: object   # any JSON value


@dataclass
class FileRecords:
    records: list
    malformed_lines: int


def _last_key_wins(pairs):
    value = dict(pairs)
    if len(value) != len(pairs):
        value = {}
        for key, item in pairs:
            value.pop(key, None)  # a repeated key stands where it stood last
            value[key] = item
    return value


def _no_constant(name):
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_last_key_wins, parse_constant=_no_constant, parse_float=Decimal, strict=False)


def _balanced_end(text, start):
    """The end of the bracketed value at start, or ValueError."""
    depth = 0
    at = start
    while True:
        token = BRACKETS_AND_STRINGS.search(text, at)
        if token is None:
            raise ValueError("unbalanced")
        at = token.end()
        first = token.group()[0]
        if first in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise ValueError("too deep")
        elif first in "]}":
            depth -= 1
            if depth == 0:
                _no_open_string(text, start, at)
                return at


def _no_open_string(text, start, end):
    """A quote that opens no whole string hides from the token pattern."""
    if '"' in STRING.sub("", text[start:end]):
        raise ValueError("open string")


def _skip_value(text, at):
    if at >= len(text):
        raise ValueError("value expected")
    if text[at] in "[{":
        return _balanced_end(text, at)
    token = (STRING if text[at] == '"' else BARE).match(text, at)
    if token is None:
        raise ValueError("value expected")
    return token.end()


def _lenient_object(text, at, wanted):
    """An object whose skipped values may be anything balanced."""
    value = {}
    at = SPACE.match(text, at + 1).end()
    if text[at:at + 1] == "}":
        return value, at + 1
    while True:
        if text[at:at + 1] != '"':
            raise ValueError("key expected")
        key, at = _DECODER.raw_decode(text, at)
        at = SPACE.match(text, at).end()
        if text[at:at + 1] != ":":
            raise ValueError("colon expected")
        at = SPACE.match(text, at + 1).end()
        value.pop(key, None)
        if key == "usage" and key in wanted:
            value[key], at = _usage(text, at)
        elif key not in wanted:
            at = _skip_value(text, at)
        elif key in ("message", "attachment") and text[at:at + 1] == "{":
            value[key], at = _lenient_object(text, at, WANTED[key])
        else:
            value[key], at = _strict_value(text, at)
        at = SPACE.match(text, at).end()
        if text[at:at + 1] == "}":
            return value, at + 1
        if text[at:at + 1] != ",":
            raise ValueError("comma expected")
        at = SPACE.match(text, at + 1).end()


def _usage(text, at):
    """No search looks at usage: it may be anything balanced, and tells nothing then."""
    end = _skip_value(text, at)
    try:
        return _DECODER.decode(text[at:end]), end
    except (ValueError, RecursionError):
        return None, end


def _strict_value(text, at):
    try:
        return _DECODER.raw_decode(text, at)
    except RecursionError as error:
        raise ValueError("too deep") from error


def parse_value(text, at):
    """The JSON value at `at` and where it ends, or ValueError."""
    try:
        value, end = _strict_value(text, at)
        if not isinstance(value, (dict, list, str)) and GLUED_TO_SCALAR.match(text, end):
            raise ValueError("garbage behind a number or word")
    except ValueError:
        if text[at:at + 1] != "{":
            raise
        value, end = _lenient_object(text, at, WANTED[None])
        _balanced_end(text, at)
        return value, end
    if isinstance(value, (dict, list)) and text.count("{", at, end) + text.count("[", at, end) > MAX_DEPTH:
        _balanced_end(text, at)  # only to check the depth
    return value, end


def _past_padding(text, at):
    while at < len(text) and text[at] in PADDING:
        at += 1
    return at


def line_values(text):
    """All values of one line and whether nothing had to be given up."""
    values = []
    whole = True
    at = _past_padding(text, 0)
    while at < len(text):
        try:
            value, end = parse_value(text, at)
        except ValueError:
            whole = False
            start = RECORD_START.search(text, at + 1)
            if start is None:
                break
            at = start.start()
            continue
        values.append(value)
        at = _past_padding(text, end)
    return values, whole


def read_records(data):
    """All records of one file's bytes."""
    result = FileRecords([], 0)
    lines = data.split(b"\n")
    for number, raw in enumerate(lines, 1):
        text = raw.decode("utf-8", "replace").strip(PADDING)
        if not text:
            continue
        values, whole = line_values(text)
        unterminated = number == len(lines)
        if unterminated and not whole:
            continue  # still being written: waits unseen
        if not values:
            result.malformed_lines += 1
        for position, value in enumerate(values):
            result.records.append(Record(number, position, value))
    return result
