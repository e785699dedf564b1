"""Queries to compare implementations with: a fixed list, and random ones made
of words that a corpus holds.

Both are deterministic: the list is written out of tables, the random ones
depend on a seed and on the corpus alone.
"""

import random
import re

from . import times
from .query import CLOSED_SETS

WORDS = ("worktree", "error", "kubernetes", "zebracorn", "the", "e", "function", "TODO", "git", "test",
         "permission", "import", "sqlite", "über", "straße", "ошибка", "файл", "日本", "测试", "的", "語", "🙂",
         "naïve", "İstanbul", "ﬁle", "ſafe", "\u212aelvin", "null", "0x", "don't", "main()", "a/b", "std::x",
         "http://localhost", "C:\\new", "--force", "-", "/usr/bin", "foo(bar)", "{", "[]", "\\n", "...",
         "#include", "<command-name>", "&&", "$HOME", "%s", "@", "snake_case", "CamelCase", "1234", "v2.1")
PHRASES = ('"permission denied"', '"not found"', '"git worktree"', '"\\"type\\""', '"a\\nb"', '"\\tif"', "'it is'",
           '"  "', '"of the"', '"C:\\new"', '"\\\\n"', "'say \"hi\"'", '"AND"', '"role:user"', '"数 据"', '"не найден"')
REGEXES = ("/[0-9a-f]{40}/", "/kubernet\\w*/", "/^fix/m", "/^Fix/i", "/error.{0,20}file/", "/error.{0,20}file/is",
           "/\\bgit\\b/", "/\\d{4}-\\d\\d-\\d\\d/", "/TODO|FIXME/", "/\\/usr\\/\\w+/", "/(foo|bar)baz?/i", "/\\s{20}/",
           "/[^\\x00-\\x7f]{3}/", "/[а-я]+ка/i", "/[А-Я]{2}/", "/k/i", "/\\x{212a}/i", "/s{2}/i", "/a.c/s", "/a # c\n b/x",
           "/(?<=git )\\w+/", "/(?!x)y\\b/", "/\\w+@\\w+\\.\\w+/", "/^$/m", "/\\AHello/i", "/done\\.?\\Z/i", "/[[:upper:]]{4}/",
           "/[\\w-]+\\.json/i", "/[^\\w\\s]{6}/i", "/\\p{Lu}{3}/", "/\\p{Han}{2}/", "/\\Bing\\b/", "/(a)\\1/", "/\\Q(x)\\E/",
           "/colou?r/i", "/ß/i", "/(?i)Error/", "/[]x]{3}/")
FILTERS = ("role:user", "role:assistant", "role:system,summary", "kind:prompt", "kind:reply", "kind:thinking",
           "kind:tool_use", "kind:tool_result", "kind:meta", "kind:summary", "kind:system", "tool:Bash", "tool:Bash,Edit",
           "tool:mcp__*", "tool:*", "tool:B*h", "tool:bash", "branch:main", "branch:HEAD,main", "model:opus",
           "model:SONNET,haiku", "model:claude", "file:*.ts", "file:README.md", "file:*src/*", "file:*.c,*.h", "agent:only",
           "agent:none", "since:2025-12-01", "until:2026-01-01", "since:2026-01-15T12:00:00Z until:2026-02-01T00:00:00+02:00",
           "since:1767225600", "until:1769904000000", "since:today", "since:yesterday", "since:4w", "until:7d", "since:90m",
           "is:error", "is:sidechain", "is:meta", "is:compact", "is:error,compact", "has:thinking", "has:image", "has:tool",
           "project:/home", "project:USER", "session:00", 'branch:"main"')
SCOPES = ("part:text", "part:thinking", "part:tool_input", "part:tool_result", "part:text,thinking", "part:summary",
          "part:system,tool_result")


def _quoted(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def fixed():
    """The fixed list, more than 300 queries."""
    out = ["", *WORDS, *PHRASES, *REGEXES, *FILTERS, *SCOPES]
    terms = [w for w in WORDS if w != "-"] + list(PHRASES) + [r for r in REGEXES if "\n" not in r]
    chooser = random.Random(20260101)
    pick = chooser.choice
    for scope in SCOPES:
        out += [f"{scope} {pick(terms)}" for _ in range(4)]
    for word in ("error", "test", "worktree", "файл"):
        out += [f"{word} {f}" for f in FILTERS[::2]]
    for _ in range(60):
        a, b, c, f = pick(terms), pick(terms), pick(terms), pick(FILTERS)
        shape = pick(("{a} {b}", "{a} AND {b}", "{a} OR {b}", "{a} NOT {b}", "{a} -role:user", "({a} OR {b}) {c}",
                      "NOT ({a} {b})", "-({a} OR {f}) {c}", "{f} OR {a} {b}", "{a} (NOT {b} OR -is:error)", "NOT NOT {a}"))
        out.append(shape.format(a=a, b=b, c=c, f=f))
    return list(dict.fromkeys(out))


class Vocabulary:
    """What can be asked of one corpus."""

    def __init__(self, corpus, rng, sample=2000):
        messages = corpus.messages if len(corpus.messages) <= sample else rng.sample(corpus.messages, sample)
        self.rng = rng
        self.texts = [t for m in messages for t in m.parts.values()]
        self.times = sorted({m.time for m in messages})
        self.names = {}
        for name in ("project", "session", "branch", "model", "agent"):
            self.names[name] = sorted({getattr(m, name) for m in messages} - {None})
        self.names["tool"] = sorted({t for m in messages for t in m.tools})
        self.names["file"] = sorted({f for m in messages for f in m.files})
        self.uuids = sorted({m.uuid for m in messages if m.uuid})

    def some_text(self):
        return self.rng.choice(self.texts) if self.texts else "empty"

    def word(self):
        words = re.findall(r"\w{2,}", self.some_text()[:4000])
        word = self.rng.choice(words)[:20] if words else "word"
        return self.rng.choice((word, word, word.lower(), word.upper(), word[:3], word[1:], word.swapcase()))

    def slice(self):
        text = self.some_text()
        start = self.rng.randrange(len(text))
        return text[start:start + self.rng.randint(1, 24)].replace("\0", " ")


class RandomQueries:
    def __init__(self, corpus, seed):
        self.rng = random.Random(seed)
        self.vocabulary = Vocabulary(corpus, self.rng)

    def literal(self):
        choice = self.rng.random()
        if choice < 0.45:
            word = self.vocabulary.word()
            return _quoted(word) if word in ("AND", "OR", "NOT", "") else word
        if choice < 0.85:
            return _quoted(self.vocabulary.slice())
        return self.rng.choice(WORDS + PHRASES)

    def regex(self):
        if self.rng.random() < 0.3:
            return self.rng.choice(REGEXES)
        word = re.escape(self.vocabulary.word())
        other = re.escape(self.vocabulary.word())
        shape = self.rng.choice((r"\b{a}\b", "{a}.{{0,30}}{b}", "{a}|{b}", r"{a}\w*", r"\w+{a}", "[{c}]{a}", r"{a}\s+\S",
                                 "(?:{a})?{b}", "^{a}", r"{a}$", r"\d+{a}?"))
        body = shape.format(a=word, b=other, c="a-f")
        flags = "".join(f for f in "ims" if self.rng.random() < 0.4)
        return f"/{body.replace('/', chr(92) + '/')}/{flags}"

    def moment(self):
        at = self.rng.choice(self.vocabulary.times) if self.vocabulary.times else 1767225600000
        at += self.rng.choice((0, 0, 1, -1, 3600000))
        return self.rng.choice((times.to_text(at), str(at), times.to_text(at)[:10], times.to_text(at)[:-1] + "+00:00"))

    def value(self, name):
        if name in CLOSED_SETS:
            return self.rng.choice(sorted(CLOSED_SETS[name]))
        if name in ("since", "until"):
            return self.moment()
        known = self.vocabulary.names[name]
        value = self.rng.choice(known) if known and self.rng.random() < 0.95 else "none-such"
        if name == "project" and "/" in value:
            steps = value.split("/")
            value = self.rng.choice((value, "/".join(steps[:-1]) or "/", steps[-1] or "x"))
        if name == "model":
            value = value[1:self.rng.randint(4, 12)].swapcase() or "claude"
        if name == "file":
            value = self.rng.choice((value, value.rsplit("/", 1)[-1] or value, "*" + value[-4:]))
        if name == "tool" and self.rng.random() < 0.3:
            value = value[:3] + "*"
        if name == "agent":
            value = self.rng.choice((value, "only", "none"))
        return value if re.fullmatch(r"[\w./*:+@<>-]+", value) else _quoted(value)

    def filter(self):
        name = self.rng.choice(("role", "kind", "tool", "project", "session", "branch", "model", "file", "agent",
                                "since", "until", "is", "has", "kind", "tool"))
        count = 1 if name in ("since", "until", "session") or self.rng.random() < 0.7 else 2
        return name + ":" + ",".join(self.value(name) for _ in range(count))

    def term(self):
        choice = self.rng.random()
        if choice < 0.6:
            return self.literal()
        return self.regex() if choice < 0.75 else self.filter()

    def tree(self, depth):
        choice = self.rng.random()
        if depth == 0 or choice < 0.3:
            return self.term()
        a, b = self.tree(depth - 1), self.tree(depth - 1)
        if choice < 0.5:
            return f"{a} {b}"
        if choice < 0.6:
            return f"{a} AND {b}"
        if choice < 0.75:
            return f"({a} OR {b})"
        if choice < 0.85:
            return f"{a} OR {b}"
        return self.rng.choice((f"NOT ({a})", f"-({a}) {b}", f"{a} NOT {self.term()}", f"({a}) ({b})"))

    def next(self):
        choice = self.rng.random()
        if choice < 0.02 and self.vocabulary.uuids:
            return self.rng.choice(self.vocabulary.uuids)
        if choice < 0.35:
            return self.term()
        if choice < 0.45:
            return f"part:{self.value('part')} {self.term()} {self.literal()}"
        return self.tree(self.rng.randint(1, 3))


def generated(corpus, count, seed):
    """`count` different queries about `corpus`, at most 4,000 bytes each."""
    source = RandomQueries(corpus, seed)
    out = {}
    for _ in range(50 * count):
        query = source.next()
        if "\0" not in query and len(query.encode()) <= 4000:
            out[query] = None
        if len(out) == count:
            break
    return list(out)
