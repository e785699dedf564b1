"""PCRE2 patterns (UTF, no UCP) as patterns of Python's re.

Only what differs is rewritten; what re cannot express is Unsupported, and a
comparison leaves such a query out rather than guess.
"""

import re
import unicodedata
from functools import lru_cache

POSIX = {"alpha": "A-Za-z", "digit": "0-9", "alnum": "A-Za-z0-9", "upper": "A-Z", "lower": "a-z",
         "space": r"\t\n\r\f\v ", "blank": r" \t", "word": r"\w", "xdigit": "0-9A-Fa-f",
         "punct": r"!-/:-@\[-`{-~", "cntrl": r"\x00-\x1f\x7f"}
SCRIPTS = {"Han": "CJK ", "Cyrillic": "CYRILLIC ", "Greek": "GREEK ", "Hiragana": "HIRAGANA ",
           "Katakana": "KATAKANA ", "Hangul": "HANGUL "}
# re matches i caselessly with these two, PCRE2 does not: hide them in both.
HIDDEN = {0x130: "\uf8f0", 0x131: "\uf8f1"}
BOUNDARY = r"(?:(?<=[A-Za-z0-9_])(?![A-Za-z0-9_])|(?<![A-Za-z0-9_])(?=[A-Za-z0-9_]))"


class Unsupported(Exception):
    """re has no equal for this pattern."""


@lru_cache(maxsize=None)
def _ranges(name):
    """The members of a general category or script, for a class."""
    if name in SCRIPTS:
        def member(char):
            return unicodedata.name(char, "").startswith(SCRIPTS[name])
    elif re.fullmatch("[LMNPSZC][a-z]?", name):
        def member(char):
            return unicodedata.category(char).startswith(name)
    else:
        raise Unsupported(f"\\p{{{name}}}")
    out, start = [], None
    for code in range(0x110001):
        inside = code < 0x110000 and member(chr(code))
        if inside and start is None:
            start = code
        elif not inside and start is not None:
            out.append((start, code - 1))
            start = None
    return "".join(f"\\U{a:08x}-\\U{b:08x}" for a, b in out)


class _Translator:
    def __init__(self, pattern, flags):
        self.pattern = pattern
        self.flags = flags
        self.at = 0

    def take(self, regex):
        match = re.compile(regex, re.DOTALL).match(self.pattern, self.at)
        if match:
            self.at = match.end()
        return match

    def run(self):
        out = []
        while self.at < len(self.pattern):
            out.append(self.piece())
        return "".join(out)

    def piece(self):
        if self.take(r"\\"):
            return self.escape()
        if self.take(r"\["):
            return self.bracket()
        if "x" in self.flags and (comment := self.take(r"#[^\n]*")):
            return ""
        if self.take(r"\(\*"):
            raise Unsupported("(*verb)")
        if self.take(r"\(\?(?:R|\d|&|\||[+-]\d|C)"):
            raise Unsupported("recursion or branch reset")
        if self.take(r"\(\?<(?=[A-Za-z_])"):
            return "(?P<"
        if self.take(r"\(\?[imsx-]+[:)]"):
            raise Unsupported("inner flags")
        if self.take(r"\^"):
            return r"(?:\A|(?<=\n)(?!\Z))" if "m" in self.flags else r"\A"
        char = self.pattern[self.at]
        self.at += 1
        return char.translate(HIDDEN)

    def escape(self):
        if match := self.take(r"[wWdDsS]"):
            return f"(?a:\\{match[0]})"
        if self.take("b"):
            return BOUNDARY
        if self.take("B"):
            return f"(?!{BOUNDARY})"
        if self.take("z"):
            return r"\Z"
        if self.take("Z"):
            return r"(?=\n?\Z)"
        if self.take("h"):
            return r"[ \t\xa0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000]"
        if self.take("N"):
            return r"[^\n]"
        if self.take("R"):
            return r"(?>\r\n|[\n\v\f\r\x85\u2028\u2029])"
        if match := self.take(r"Q(.*?)(?:\\E|\Z)"):
            return re.escape(match[1])
        if members := self.property():
            negated, ranges = members
            return f"[{'^' if negated else ''}{ranges}]"
        return self.code_or_plain()

    def property(self):
        match = self.take(r"([pP])(?:\{(\^?)([A-Za-z_]+)\}|([A-Z]))")
        if not match:
            return None
        return (match[1] == "P") != (match[2] == "^"), _ranges(match[3] or match[4])

    def code_or_plain(self):
        if match := self.take(r"x\{([0-9A-Fa-f]+)\}"):
            return f"\\U{int(match[1], 16):08x}"
        if match := self.take(r"x([0-9A-Fa-f]{2})"):
            return f"\\x{match[1]}"
        if match := self.take(r"[nrtfvaAe1-9]"):
            return {"e": r"\x1b", "v": r"[\n\v\f\r\x85\u2028\u2029]"}.get(match[0], "\\" + match[0])
        if match := self.take(r"[A-Za-z0-9]"):
            raise Unsupported("\\" + match[0])
        char = self.pattern[self.at]
        self.at += 1
        return re.escape(char)

    def bracket(self):
        """Shorthands stay ASCII even in a caseless class: split them off."""
        negated = bool(self.take(r"\^"))
        plain, shorthands = [], []
        if self.take(r"\]"):
            plain.append(r"\]")
        while not self.take(r"\]"):
            if self.at >= len(self.pattern):
                raise re.error("unterminated class")
            if match := self.take(r"\[:(\^?)(\w+):\]"):
                if match[1] or match[2] not in POSIX:
                    raise Unsupported(match[0])
                (shorthands if match[2] == "word" else plain).append(POSIX[match[2]])
            elif match := self.take(r"\\[wWdDsS]"):
                shorthands.append(match[0])
            elif self.take(r"\\"):
                plain.append(self.class_escape())
            else:
                char = self.pattern[self.at]
                self.at += 1
                plain.append("\\" + char if char in "[&~|" else char.translate(HIDDEN))
        return self.joined_class(negated, "".join(plain), "".join(shorthands))

    def class_escape(self):
        if self.take("b"):
            return r"\x08"
        if self.take("h"):
            return r" \t\xa0"
        if members := self.property():
            if members[0]:
                raise Unsupported("\\P in a class")
            return members[1]
        return self.code_or_plain()

    @staticmethod
    def joined_class(negated, plain, shorthands):
        if not shorthands:
            return f"[{'^' if negated else ''}{plain}]"
        ascii_only = f"(?a-i:[{shorthands}])"
        if negated:
            return f"(?:(?!{ascii_only})" + (f"[^{plain}])" if plain else r"(?s:.))")
        return f"(?:{ascii_only}|[{plain}])" if plain else ascii_only


def compile_regex(pattern, flags):
    """A compiled pattern; raises re.error or Unsupported."""
    if leading := re.match(r"\(\?([imsx]+)\)", pattern):
        flags += leading[1]
        pattern = pattern[leading.end():]
    wanted = 0
    for flag in flags:
        wanted |= {"i": re.I, "m": re.M, "s": re.S, "x": re.X}[flag]
    return re.compile(_Translator(pattern, flags).run(), wanted)


def found_in(compiled, text):
    if "\u0130" in text or "\u0131" in text:
        text = text.translate(HIDDEN)
    return compiled.search(text) is not None
