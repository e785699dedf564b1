#!/usr/bin/env python3
"""Compare the scrollback binary with the reference on one root.

    compare.py BINARY ROOT [--queries N] [--seed S] [--fixed] [--cli] [--stats] …

By default a server is started on ROOT and totals, the order of hits and all
facets are compared; --cli runs `scrollback scan` a query at a time and
compares totals and order.  The last line is "N passed, M failed"; the exit
status is 0 if nothing failed.
"""

import argparse
import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from reference import queries  # noqa: E402
from reference.accounting import totals  # noqa: E402
from reference.corpus import load  # noqa: E402
from reference.limited import TooSlow, within  # noqa: E402
from reference.match import Options, SessionError, fold_all  # noqa: E402
from reference.query import QueryError  # noqa: E402
from reference.regexes import Unsupported  # noqa: E402
from reference.search import FACETS, matching, result_of  # noqa: E402
from reference.times import to_text  # noqa: E402

PAGE = 1000
SECONDS = 10  # that the reference may take for one query


class Refused(Exception):
    """The binary calls the query wrong, at this byte (None: unknown)."""

    def __init__(self, position, detail):
        super().__init__(detail)
        self.position = position


class Incomplete(Exception):
    """The binary says that its answer is not whole."""


class Answer:
    def __init__(self, total, hits, facets):
        self.total = total
        self.hits = hits        # [(source, line, time, id)], the first PAGE of them
        self.facets = facets    # {name: Counter} or None


def hit_key(hit):
    return (hit["source"], hit["line"], hit["time"], hit["id"])


class CommandLine:
    """Asks `scrollback scan`."""

    def __init__(self, binary, root, arguments):
        self.base = [binary, "scan", "--root", root]
        if arguments.strategy:
            self.base += ["--strategy", arguments.strategy]

    def _run(self, *options):
        done = subprocess.run(self.base + list(options), capture_output=True, timeout=120)
        if done.returncode not in (0, 1):
            raise Refused(None, done.stderr.decode("utf-8", "replace").strip())
        return done.stdout.decode()

    def ask(self, query, sort):
        total = int(self._run("--count", "--", query))
        options = ("--format", "ndjson", "--limit", str(PAGE), "--sort", sort, "--", query)
        lines = [json.loads(line) for line in self._run(*options).splitlines()]
        return Answer(total, [hit_key(line) for line in lines if line["type"] == "hit"], None)

    def close(self):
        pass


class Server:
    """Asks a server of its own over HTTP."""

    def __init__(self, binary, root, arguments):
        self.strategy = arguments.strategy
        command = [binary, "serve", "--root", root, "--listen", "127.0.0.1:0", "--no-cache", *arguments.serve_option]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.base = self.process.stdout.readline().decode().removeprefix("listening on ").rstrip()
        self._wait()

    def _wait(self):
        for _ in range(600):
            if self.process.poll() is not None:
                raise SystemExit(f"the server ended with status {self.process.returncode}")
            try:
                with urllib.request.urlopen(self.base + "/readyz", timeout=5):
                    return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("the server does not become ready")

    def ask(self, query, sort):
        parameters = {"q": query, "sort": sort, "limit": PAGE, "facets": ",".join(FACETS), "facet_limit": 100,
                      "snippet_chars": 0, "timeout_ms": 30000}
        if self.strategy:
            parameters["strategy"] = self.strategy
        try:
            with urllib.request.urlopen(self.base + "/search?" + urllib.parse.urlencode(parameters), timeout=60) as reply:
                body = json.load(reply)
        except urllib.error.HTTPError as error:
            problem = json.load(error)
            faults = problem.get("errors") or [{}]
            raise Refused(faults[0].get("position"), f"{error.code} {problem}") from error
        if not body["complete"]:
            raise Incomplete(body["incomplete_reason"])
        facets = {n: Counter({b["value"]: b["count"] for b in body["facets"][n]}) for n in FACETS}
        return Answer(body["total"]["value"], [hit_key(h) for h in body["hits"]], facets)

    def totals(self, query):
        parameters = urllib.parse.urlencode({"q": query, "timeout_ms": 30000})
        with urllib.request.urlopen(self.base + "/stats?" + parameters, timeout=60) as reply:
            return json.load(reply)["totals"]

    def close(self):
        self.process.terminate()
        self.process.wait(30)


def expected_key(message, hit):
    """The hit's id is only known for messages with a uuid."""
    return (message.source, message.line, to_text(message.time), message.uuid or hit[3])


def facet_fault(name, expected, got):
    """Buckets beyond the limit are cut, so compare what is there."""
    if len(expected) <= 100:
        return f"facet {name}: expected {dict(expected)}, got {dict(got)}" if expected != got else None
    wrong = {v: (expected.get(v), c) for v, c in got.items() if expected.get(v) != c}
    least = sorted(expected.values(), reverse=True)[:100]
    if wrong or sorted(got.values(), reverse=True) != least:
        return f"facet {name}: differs at {wrong}"
    return None


def faults_between(result, answer):
    if result.total != answer.total:
        yield f"total: expected {result.total}, got {answer.total}"
    for at, hit in enumerate(answer.hits or ()):
        if at >= len(result.hits) or expected_key(result.hits[at], hit) != hit:
            wanted = expected_key(result.hits[at], hit) if at < len(result.hits) else None
            yield f"hit {at}: expected {wanted}, got {hit}"
            break
    if answer.hits is not None and len(answer.hits) < min(PAGE, result.total):
        yield f"hits: expected {min(PAGE, result.total)}, got {len(answer.hits)}"
    for name, counts in (answer.facets or {}).items():
        if fault := facet_fault(name, result.facets[name], counts):
            yield fault


def stats_faults(corpus, engine, query):
    """Differences in the totals of /stats."""
    got = engine.totals(query)
    for name, wanted in totals(corpus, query, options=Options()).items():
        same = abs(got[name] - wanted) < 1e-6 if name == "cost_usd" else got[name] == wanted
        if not same:
            yield f"stats {name}: expected {wanted}, got {got[name]}"


def compare(corpus, engine, query, sort, stats):
    """(skipped, faults) of one query."""
    options = Options()
    try:
        found = within(SECONDS, lambda: matching(corpus, query, options))
        result, refusal = result_of(corpus, found, sort=sort, zone=options.zone), None
    except (QueryError, SessionError) as error:
        result, refusal = None, error
    except (Unsupported, re.error, TooSlow):
        return True, []
    try:
        answer = engine.ask(query, sort)
    except Refused as error:
        if refusal is None:
            return False, [f"refused: {error}"]
        expected = getattr(refusal, "position", None)
        if None not in (expected, error.position) and expected != error.position:
            return False, [f"position of the fault: expected {expected}, got {error.position} ({refusal}; {error})"]
        return False, []
    except Incomplete as error:
        return False, [f"incomplete: {error}"]
    if refusal is not None:
        return False, [f"accepted, but: {refusal!r}"]
    more = stats_faults(corpus, engine, query) if stats else ()
    return False, [*faults_between(result, answer), *more]


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("root")
    parser.add_argument("--queries", type=int, default=200, help="random queries about the data (default 200)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fixed", action="store_true", help="the fixed list first")
    parser.add_argument("--cli", action="store_true", help="use scan instead of a server")
    parser.add_argument("--stats", action="store_true", help="the totals of /stats too (not with --cli)")
    parser.add_argument("--strategy", help="passed on with each query")
    parser.add_argument("--serve-option", action="append", default=[], help="passed on to serve")
    parser.add_argument("--cache", help="file that keeps the reference's messages")
    parser.add_argument("--stop", type=int, default=0, help="end after so many failures")
    return parser.parse_args()


def main():
    arguments = _arguments()
    corpus = load(arguments.root, arguments.cache)
    fold_all(corpus)
    asked = (queries.fixed() if arguments.fixed else []) + queries.generated(corpus, arguments.queries, arguments.seed)
    engine = (CommandLine if arguments.cli else Server)(arguments.binary, arguments.root, arguments)
    passed = failed = skipped = 0
    try:
        for number, query in enumerate(asked):
            skip, faults = compare(corpus, engine, query, ("newest", "oldest")[number % 2], arguments.stats)
            skipped += skip
            passed += not skip and not faults
            failed += bool(faults)
            for fault in faults:
                print(f"{query!r}: {fault[:1000]}", flush=True)
            if arguments.stop and failed >= arguments.stop:
                break
    finally:
        engine.close()
    if skipped:
        print(f"{skipped} left out: Python's re has no equal for their patterns, or is too slow")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
