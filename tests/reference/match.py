"""Whether a message is what a query asks for."""

import re
from datetime import datetime, timezone

from . import times
from .folding import fold
from .query import And, Filter, Literal, Not, Or, text_terms
from .regexes import compile_regex, found_in

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
WORD_CHARS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")


class SessionError(ValueError):
    """A session prefix that fits several sessions."""


class Options:
    """The parameters that change what a text term means."""

    def __init__(self, case="insensitive", word=False, zone=timezone.utc, now=None):
        self.case, self.word, self.zone = case, word, zone
        self.now = now or datetime.now(timezone.utc)


def _folded_parts(message):
    if message.folded is None:
        message.folded = {name: fold(text) for name, text in message.parts.items()}
    return message.folded


def fold_all(corpus):
    """Fold every text now, for those who search in processes of their own."""
    for message in corpus.messages:
        _folded_parts(message)


def _stands_alone(text, start, end):
    return (start == 0 or text[start - 1] not in WORD_CHARS) and (end == len(text) or text[end] not in WORD_CHARS)


def literal_test(needle, options):
    """A function (message, part name) -> bool."""
    sensitive = options.case == "sensitive" or options.case == "smart" and any(c.isupper() for c in needle)
    wanted = needle if sensitive else fold(needle)

    def test(message, name):
        hay = message.parts[name] if sensitive else _folded_parts(message)[name]
        at = hay.find(wanted)
        while at >= 0:
            if not options.word or _stands_alone(message.parts[name], at, at + len(wanted)):
                return True
            at = hay.find(wanted, at + 1)
        return False
    return test


def regex_test(pattern, flags):
    compiled = compile_regex(pattern, flags)
    return lambda message, name: found_in(compiled, message.parts[name])


def glob_test(pattern):
    """`*` any run, `?` one character; everything else stands for itself."""
    steps = {"*": ".*", "?": "."}
    regex = re.compile("".join(steps.get(c) or re.escape(c) for c in pattern), re.DOTALL)
    return lambda text: regex.fullmatch(text) is not None


def tool_test(value):
    if "*" not in value:
        return lambda m: value in m.tools
    regex = re.compile(".*".join(re.escape(p) for p in value.split("*")), re.DOTALL)
    return lambda m: any(regex.fullmatch(t) for t in m.tools)


def file_test(value):
    """Exact, a suffix that begins at a `/`, or a glob over the whole path."""
    if any(c in value for c in "*?["):
        matches = glob_test(value)
        return lambda m: any(matches(f) for f in m.files)
    return lambda m: any(f == value or f.endswith("/" + value) for f in m.files)


def project_test(value):
    trimmed = value.rstrip("/") or "/"

    def test(message):
        project = message.project
        if project is None:
            return False
        if project == value or project == trimmed:
            return True
        above = trimmed if trimmed.endswith("/") else trimmed + "/"
        return project.startswith(above) or value in [c for c in project.split("/") if c]
    return test


def session_test(value, sessions):
    if value in sessions:
        return lambda m: m.session == value
    fitting = [s for s in sessions if s.startswith(value)]
    if len(fitting) > 1:
        raise SessionError(value)
    return lambda m: bool(fitting) and m.session == fitting[0]


def agent_test(value):
    if value == "only":
        return lambda m: m.agent is not None
    if value == "none":
        return lambda m: m.agent is None
    return lambda m: m.agent == value


FLAGS = {
    "is": {"error": lambda m: m.error, "sidechain": lambda m: m.sidechain,
           "meta": lambda m: m.meta, "compact": lambda m: m.compact},
    "has": {"thinking": lambda m: "thinking" in m.parts, "image": lambda m: m.image, "tool": lambda m: m.tool},
}


def filter_test(name, value, options, sessions):
    """A function message -> bool for one value of one qualifier."""
    if name in FLAGS:
        return FLAGS[name][value]
    if name in ("since", "until"):
        moment = times.from_query(value, options.now, options.zone)
        return (lambda m: m.time >= moment) if name == "since" else (lambda m: m.time < moment)
    if name in ("role", "kind", "branch"):
        return lambda m: getattr(m, name) == value
    if name == "part":
        return lambda m: value in m.parts
    if name == "model":
        wanted = fold(value)
        return lambda m: m.model is not None and wanted in fold(m.model)
    if name == "session":
        return session_test(value, sessions)
    return {"tool": tool_test, "file": file_test, "project": project_test, "agent": agent_test}[name](value)


def compile_tree(tree, scope, options, sessions):
    """A function message -> bool; text terms look at the parts of `scope`."""
    if isinstance(tree, (And, Or)):
        tests = [compile_tree(c, scope, options, sessions) for c in tree.children]
        fold_all = all if isinstance(tree, And) else any
        return lambda m: fold_all(t(m) for t in tests)
    if isinstance(tree, Not):
        test = compile_tree(tree.child, scope, options, sessions)
        return lambda m: not test(m)
    if isinstance(tree, Filter):
        tests = [filter_test(tree.name, v, options, sessions) for v in tree.values]
        return lambda m: any(t(m) for t in tests)
    text = literal_test(tree.text, options) if isinstance(tree, Literal) else regex_test(tree.pattern, tree.flags)
    return lambda m: any(text(m, name) for name in m.parts if scope is None or name in scope)


def matcher(query, options, sessions):
    """A function message -> bool for a parsed Query."""
    scope = None
    for values in query.parts:
        scope = set(values) if scope is None else scope & set(values)
    terms = text_terms(query.tree)
    if query.tree is None:
        test = lambda m: True
    else:
        test = compile_tree(query.tree, scope if terms else None, options, sessions)
    if query.parts and not terms:
        inner = test
        test = lambda m: inner(m) and all(any(v in m.parts for v in values) for values in query.parts)
    if isinstance(query.tree, Literal) and not query.parts and UUID.fullmatch(query.tree.text):
        wanted, text = query.tree.text.lower(), test
        test = lambda m: text(m) or wanted in ((m.uuid or "").lower(), m.session.lower())
    return test
