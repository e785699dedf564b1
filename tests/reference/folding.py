"""Simple case folding: one code point for one, as PCRE2 matches caselessly.

Python's `casefold` is full folding; where it gives one character it is the
simple one, else the lower-case letter stands in if it is single.  U+0130
and U+0131 have no partner.  Kelvin sign and long s fold to k and s.
"""

import sys


def _fold(char):
    if char in "\u0130\u0131":
        return char
    folded = char.casefold()
    if len(folded) == 1:
        return folded
    lower = char.lower()
    return lower if len(lower) == 1 else char


TABLE = {code: _fold(chr(code)) for code in range(sys.maxunicode + 1)
         if not 0xD800 <= code <= 0xDFFF and _fold(chr(code)) != chr(code)}


def fold(text):
    return text.lower() if text.isascii() else text.translate(TABLE)
