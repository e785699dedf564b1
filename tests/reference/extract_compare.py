#!/usr/bin/env python3
"""Compare what the engine reads below a root with the reference, field by field.

    extract_compare.py DUMP ROOT [--cache FILE]
    extract_compare.py DUMP --generator GENERATOR OPTION…

DUMP is the program extract_dump; with a generator its transcripts are the
root.  The last line is "N passed, M failed".
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from reference.corpus import load  # noqa: E402
from reference.messages import PARTS  # noqa: E402

ROLES = ("user", "assistant", "system", "summary")
KINDS = ("prompt", "reply", "thinking", "tool_use", "tool_result", "meta", "summary", "system")
NAMES = ("source", "uuid", "session", "project", "cwd", "branch", "model", "agent", "message_id", "request_id")
NUMBERS = ("line", "position", "role", "kind", "flags", "tool_calls", "rank", "has_usage")
USAGE = 5


class Netstrings:
    def __init__(self, data):
        self.data, self.at = data, 0

    def next(self):
        colon = self.data.index(b":", self.at)
        start = colon + 1
        end = start + int(self.data[self.at:colon])
        self.at = end + 1
        return self.data[start:end]

    def number(self):
        return int(self.next())

    def text(self):
        return self.next().decode()


def engine_messages(data):
    """(fields of each message in order, counts)."""
    strings = Netstrings(data)
    messages = []
    while (source := strings.text()) != "end" or not data[strings.at - 6:].startswith(b"3:end,"):
        fields = {"source": source}
        fields.update((name, strings.text()) for name in NAMES[1:])
        fields["time"] = strings.number()
        fields.update((name, strings.number()) for name in NUMBERS)
        fields["role"], fields["kind"] = ROLES[fields["role"]], KINDS[fields["kind"]]
        usage = tuple(strings.number() for _ in range(USAGE))
        fields["usage"] = usage if fields.pop("has_usage") else None
        texts = [strings.text() for _ in PARTS]
        fields["parts"] = {name: text for name, text in zip(PARTS, texts) if text}
        for name in ("tools", "files"):
            fields[name] = [strings.text() for _ in range(strings.number())]
        messages.append(fields)
    return messages, {n: strings.number() for n in ("messages", "other_records", "malformed_lines", "text_bytes")}


def expected_fields(m):
    response = m.response if m.response and m.response[0] != "uuid" else ("", None)
    flags = (m.error, m.meta, m.compact, m.sidechain, "thinking" in m.parts, m.image, m.tool)
    return {"source": m.source, "uuid": m.uuid or "", "session": m.session, "project": m.project or "", "cwd": m.cwd or "",
            "branch": m.branch or "", "model": m.model or "", "agent": m.agent or "", "message_id": response[0],
            "request_id": response[1] or "", "time": m.time, "line": m.line, "position": m.position, "role": m.role,
            "kind": m.kind, "flags": sum(flag << i for i, flag in enumerate(flags)), "tool_calls": m.tool_calls,
            "rank": 0 if m.own_file else 1 if m.main_file else 2, "usage": m.usage, "parts": m.parts,
            "tools": m.tools, "files": m.files}


def faults_between(corpus, messages, counts):
    """A list of faults for each message of either side, and for the counts."""
    expected = {m.place: expected_fields(m) for m in corpus.messages}
    for fields in messages:
        place = (fields["source"].encode(), fields["line"], fields["position"])
        wanted = expected.pop(place, None)
        if wanted is None:
            yield [f"{place}: not expected"]
            continue
        if wanted["usage"] is None or not wanted["message_id"]:
            for name in ("message_id", "request_id"):
                fields.pop(name), wanted.pop(name)
        yield [f"{place}: {name}: expected {str(wanted[name])[:300]!r}, got {str(fields[name])[:300]!r}"
               for name in fields if fields[name] != wanted[name]]
    yield from ([f"{place}: missing"] for place in expected)
    for name, value in counts.items():
        wanted = corpus.stats()[name]
        yield [f"{name}: expected {wanted}, got {value}"] if value != wanted else []


def compare(dump, root, cache=None):
    done = subprocess.run([dump, root], capture_output=True, check=True)
    passed = failed = 0
    for faults in faults_between(load(root, cache), *engine_messages(done.stdout)):
        passed += not faults
        failed += bool(faults)
        if failed <= 50:
            print(*faults, sep="\n", end="\n" if faults else "")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def main(dump, *arguments):
    if arguments[0] != "--generator":
        return compare(dump, arguments[0], arguments[2] if len(arguments) > 2 else None)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([arguments[1], "--out", folder, *arguments[2:]], check=True)
        return compare(dump, os.path.join(folder, "projects"))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
