"""The reference's own tests: each rule once, on the smallest input."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from reference import times  # noqa: E402
from reference.corpus import Corpus  # noqa: E402
from reference.folding import fold  # noqa: E402
from reference.limited import TooSlow, within  # noqa: E402
from reference.messages import messages_of_file  # noqa: E402
from reference.query import QueryError, parse  # noqa: E402
from reference.records import read_records  # noqa: E402
from reference.regexes import compile_regex, found_in  # noqa: E402
from reference.search import search  # noqa: E402

USER = b'{"type":"user","uuid":"%s","sessionId":"s","timestamp":"2026-01-01T00:00:00Z","message":{"content":"%s"}}'


def user(uuid, text):
    return USER % (uuid.encode(), text.encode())


def corpus_of(*files):
    corpus = Corpus()
    for source, data in files:
        messages, others, malformed = messages_of_file(source, data, 0)
        corpus.messages += messages
        corpus.other_records += others
        corpus.malformed_lines += malformed
    return corpus


class Records(unittest.TestCase):
    CASES = (
        (b'{"a":1}\n', 1, 0), (b'{"a":1}', 1, 0), (b'{"a":1}{"b":2}\n', 2, 0), (b'\n\r\n \n', 0, 0),
        (b'{"parentUuid":nul{"type":"x"}\n', 1, 0), (b'{"a":\n', 0, 1), (b'{"a":', 0, 0), (b'\0\0{"a":1}\0\0\n', 1, 0),
        (b'\xef\xbb\xbf{"a":1}\r\n', 1, 0), (b'42\n"x"\n[1]\n', 3, 0), (b'{"a":"\xff"}\n', 1, 0), (b'{"a":"\\ud83d"}\n', 1, 0),
        (b'{"x":{"y":tru}}\n', 1, 0), (b'{"type":tru}\n', 0, 1), (b'{"toolUseResult":"\\q"}\n', 1, 0),
        (b'{"x":' + b"[" * 511 + b"]" * 511 + b'}\n', 1, 0), (b'{"x":' + b"[" * 512 + b"]" * 512 + b'}\n', 0, 1),
    )

    def test_counts(self):
        for data, records, malformed in self.CASES:
            read = read_records(data)
            self.assertEqual((len(read.records), read.malformed_lines), (records, malformed), data[:60])

    def test_positions(self):
        read = read_records(b'{"a":1}{"b":2}\n')
        self.assertEqual([(r.line, r.position) for r in read.records], [(1, 0), (1, 1)])

    def test_last_key_wins(self):
        self.assertEqual(read_records(b'{"a":1,"a":2}\n').records[0].value, {"a": 2})


class Limited(unittest.TestCase):
    def test_value_and_exceptions(self):
        self.assertEqual(within(60, lambda: list(range(1_000_000))), list(range(1_000_000)))
        with self.assertRaises(QueryError) as caught:
            within(60, lambda: parse('é "'))
        self.assertEqual((caught.exception.position, str(caught.exception)), (3, "a closing quote"))

    def test_what_no_signal_ends(self):
        with self.assertRaises(TooSlow):
            within(0.2, lambda: compile_regex("(a*)*b", "").search("a" * 1000))


class Times(unittest.TestCase):
    def test_forms(self):
        for value, expected in (("1970-01-01T00:00:01Z", 1000), ("1970-01-01T00:00:00.1239Z", 123),
                                ("1970-01-01T01:00:00+01:00", 0), ("1970-01-01T00:00:02", 2000), (3, 3000),
                                (10 ** 11, 10 ** 14), (10 ** 11 + 1, 10 ** 11 + 1), ("soon", None), (True, None)):
            self.assertEqual(times.from_json(value), expected, value)


class Queries(unittest.TestCase):
    def test_positions_of_faults(self):
        for text, position in (("a AND", 5), ("(a", 2), ("a)", 1), ('"a', 0), ("é OR", 5), ("role:users", 5),
                               ("a OR part:text b", 5), ("()", 1), ("NOT", 3), ("x role:", 7)):
            with self.assertRaises(QueryError, msg=text) as caught:
                parse(text)
            self.assertEqual(caught.exception.position, position, text)

    def test_matches(self):
        corpus = corpus_of(("p/s.jsonl", user("1", "Kelvin don't --force a/b x(y) C:/n") + b"\n" + user("2", "plain") + b"\n"))
        for text, total in (("\u212aelvin", 1), ("don't", 1), ("--force", 1), ("-plain", 1), ("x(y)", 1), ("/k.lvin/", 0),
                            ("/k.lvin/i", 1), ("kelvin OR plain", 2), ("NOT kelvin plain", 1), ("c:/n", 1),
                            ("part:thinking plain", 0), ("part:text", 2), ("session:s", 2), ("project:p", 2)):
            self.assertEqual(search(corpus, text).total, total, text)

    def test_copies(self):
        corpus = corpus_of(("p/a.jsonl", user("1", "same") + b"\n"), ("p/s.jsonl", b"\n" + user("1", "same") + b"\n"))
        self.assertEqual([m.source for m in search(corpus, "same").hits], ["p/s.jsonl"])
        self.assertEqual(search(corpus, "same", dedupe=False).total, 2)

    def test_folding_and_classes(self):
        self.assertEqual(fold("\u017f\u212aẞΣς\u0130ß"), "skßσσ\u0130ß")
        for pattern, flags, text, expected in ((r"\w", "i", "\u017f", False), (r"[\w.]", "i", "\u212a", False),
                                               ("i", "i", "\u0130", False), (r"\bgit\b", "", "égité", True), ("^x", "", "a\nx", False),
                                               ("^x", "m", "a\nx", True), ("^$", "m", "a\n", False), (r"[^\w]", "", "é", True)):
            self.assertEqual(found_in(compile_regex(pattern, flags), text), expected, (pattern, flags, text))


if __name__ == "__main__":
    unittest.main()
