"""The query language: text to tree, with the byte position of a fault.

The tree is made of Literal, Regex, Filter, Not, And and Or.  `part:` leaves
the tree and becomes the scope of the whole query.
"""

import re
from dataclasses import dataclass, field

from . import times

BLANKS = " \t\n\r\f\v"
QUALIFIERS = ("role", "kind", "part", "tool", "project", "session", "branch", "model", "file",
              "agent", "since", "until", "is", "has")
CLOSED_SETS = {
    "role": {"user", "assistant", "system", "summary"},
    "kind": {"prompt", "reply", "thinking", "tool_use", "tool_result", "meta", "summary", "system"},
    "part": {"text", "thinking", "tool_input", "tool_result", "summary", "system"},
    "is": {"error", "sidechain", "meta", "compact"},
    "has": {"thinking", "image", "tool"},
}
ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", '"': '"'}
REGEX_FLAGS = re.compile(r"[imsx]*")


class QueryError(ValueError):
    """`position` counts bytes of the query's UTF-8."""

    def __init__(self, text, at, expected):
        super().__init__(text, at, expected)  # so that pickle can make it again
        self.position = len(text[:at].encode())
        self.expected = expected

    def __str__(self):
        return self.expected


@dataclass(frozen=True)
class Literal:
    text: str


@dataclass(frozen=True)
class Regex:
    pattern: str
    flags: str


@dataclass(frozen=True)
class Filter:
    name: str
    values: tuple


@dataclass(frozen=True)
class Not:
    child: object


@dataclass(frozen=True)
class And:
    children: tuple


@dataclass(frozen=True)
class Or:
    children: tuple


@dataclass
class Query:
    tree: object = None                         # None: everything
    parts: list = field(default_factory=list)   # tuples of alternatives, of each part: term


@dataclass(frozen=True)
class Token:
    kind: str   # word, string, regex, filter, -, (, ), AND, OR, NOT, end
    at: int     # in characters
    value: object = None


def _quoted(text, at):
    """(string, end) of the quoted string at `at`."""
    quote = text[at]
    out = []
    i = at + 1
    while i < len(text):
        char = text[i]
        if char == quote:
            return "".join(out), i + 1
        if char == "\\" and i + 1 < len(text) and (text[i + 1] in ESCAPES or text[i + 1] == quote):
            out.append(ESCAPES.get(text[i + 1], quote))
            i += 2
            continue
        out.append(char)
        i += 1
    raise QueryError(text, at, "a closing quote")


def _regex_end(text, at):
    """Where the regex opened at `at` closes, or None if `/` is plain text."""
    i = at + 1
    while i < len(text):
        if text[i] == "\\":
            i += 2
            continue
        if text[i] == "/":
            end = REGEX_FLAGS.match(text, i + 1).end()
            closes = i > at + 1 and (end == len(text) or text[end] in BLANKS + ")")
            return i if closes else None
        i += 1
    return None


def _word_end(text, at):
    """A word ends at a blank or at a `)` it did not open."""
    depth = 0
    while at < len(text) and text[at] not in BLANKS:
        if text[at] == "(":
            depth += 1
        elif text[at] == ")":
            if depth == 0:
                return at
            depth -= 1
        at += 1
    return at


def _filter_values(text, name, at):
    """Comma-separated values, each bare or quoted."""
    values = []
    while True:
        start = at
        if at < len(text) and text[at] in "\"'":
            value, at = _quoted(text, at)
            if at < len(text) and text[at] not in BLANKS + ",)":
                raise QueryError(text, at, "a comma or the end of the value")
        else:
            end = _word_end(text, at)
            comma = text.find(",", at, end)
            at = end if comma < 0 else comma
            value = text[start:at]
        if not value:
            raise QueryError(text, start, f"a value of {name}:")
        if name in CLOSED_SETS and value not in CLOSED_SETS[name]:
            raise QueryError(text, start, "one of " + ", ".join(sorted(CLOSED_SETS[name])))
        if name in ("since", "until") and times.from_query(value, times.EPOCH, times.timezone.utc) is None:
            raise QueryError(text, start, "a time")
        values.append(value)
        if text[at:at + 1] != ",":
            return tuple(values), at
        at += 1


def _filter_name(text, at):
    for name in QUALIFIERS:
        if text.startswith(name + ":", at):
            return name
    return None


def _next_token(text, at):
    """(token, end) of the first token from `at` on."""
    while at < len(text) and text[at] in BLANKS:
        at += 1
    return (Token("end", at), at) if at == len(text) else _token(text, at)


def _token(text, at):
    char = text[at]
    following = text[at + 1:at + 2]
    if char in "()":
        return Token(char, at), at + 1
    if char == "-" and following and following not in BLANKS + "-)":
        return Token("-", at), at + 1
    if char in "\"'":
        value, end = _quoted(text, at)
        if not value:
            raise QueryError(text, at + 1, "some text between the quotes")
        return Token("string", at, value), end
    if char == "/" and (close := _regex_end(text, at)) is not None:
        end = REGEX_FLAGS.match(text, close + 1).end()
        return Token("regex", at, Regex(text[at + 1:close].replace("\\/", "/"), text[close + 1:end])), end
    if name := _filter_name(text, at):
        values, end = _filter_values(text, name, at + len(name) + 1)
        return Token("filter", at, Filter(name, values)), end
    end = max(_word_end(text, at), at + 1)
    word = text[at:end]
    return Token(word if word in ("AND", "OR", "NOT") else "word", at, word), end


class _Parser:
    def __init__(self, text):
        self.text = text
        self.parts = []
        self.top_level_or = False
        self.end = 0
        self.advance()

    def advance(self):
        self.token, self.end = _next_token(self.text, self.end)

    def fail(self, expected):
        raise QueryError(self.text, self.token.at, expected)

    def either(self, top):
        children = [self.both(top)]
        while self.token.kind == "OR":
            self.top_level_or |= top
            self.advance()
            children.append(self.both(top))
        return _group(Or, children)

    def both(self, top):
        children = [self.negation(top)]
        while self.token.kind not in ("OR", ")", "end"):
            if self.token.kind == "AND":
                self.advance()
            children.append(self.negation(top))
        return _group(And, children)

    def negation(self, top):
        if self.token.kind in ("NOT", "-"):
            self.advance()
            child = self.negation(False)
            return Not(child)
        return self.term(top)

    def term(self, top):
        token = self.token
        if token.kind == "(":
            self.advance()
            tree = self.either(False)
            if self.token.kind != ")":
                self.fail("a closing parenthesis")
            self.advance()
            return tree
        if token.kind in ("AND", "OR", ")", "end"):
            self.fail("a term")
        self.advance()
        if token.kind == "filter" and token.value.name == "part":
            if not top:
                raise QueryError(self.text, token.at, "part: only at the top level")
            self.parts.append((token.at, token.value.values))
            return None
        if token.kind in ("word", "string"):
            return Literal(token.value)
        return token.value


def _group(kind, children):
    children = [c for c in children if c is not None]
    if not children:
        return None
    return children[0] if len(children) == 1 else kind(tuple(children))


def parse(text):
    """The Query of `text`; raises QueryError."""
    parser = _Parser(text)
    if parser.token.kind == "end":
        return Query()
    tree = parser.either(True)
    if parser.token.kind != "end":
        parser.fail("the end of the query")
    if parser.parts and parser.top_level_or:
        raise QueryError(text, parser.parts[0][0], "part: not beside an OR")
    return Query(tree, [values for _, values in parser.parts])


def text_terms(tree):
    if isinstance(tree, (Literal, Regex)):
        return [tree]
    if isinstance(tree, Not):
        return text_terms(tree.child)
    if isinstance(tree, (And, Or)):
        return [t for c in tree.children for t in text_terms(c)]
    return []
