"""Requests as raw bytes: each gets one answer, and the one that the contract says.

Rows marked LIBRARY are answered by libmicrohttpd itself, before any code of ours runs; they are here
so that a change of the library is noticed.
"""

import unittest

from harness import DOUBLE, Server, read_all, read_reply, read_until, statuses

HOST = b"Host: localhost\r\n"
CLOSE = b"Connection: close\r\n"
GET = b"GET /livez HTTP/1.1\r\n"
POST = b"POST /search HTTP/1.1\r\n" + HOST + CLOSE + b"Content-Type: application/json\r\n"

ONE_REPLY = [
    ("plain", GET + HOST + CLOSE + b"\r\n", 200),
    ("HTTP/1.0", b"GET /livez HTTP/1.0\r\n" + HOST + b"\r\n", 200),
    ("no Host", GET + CLOSE + b"\r\n", 400),
    ("no Host, HTTP/1.0", b"GET /livez HTTP/1.0\r\n\r\n", 400),
    ("two Hosts", GET + HOST + HOST + CLOSE + b"\r\n", 400),
    ("two different Hosts", GET + HOST + b"Host: 127.0.0.1\r\n" + CLOSE + b"\r\n", 400),
    ("empty Host", GET + b"Host:\r\n" + CLOSE + b"\r\n", 400),
    ("blank Host", GET + b"Host:  \r\n" + CLOSE + b"\r\n", 400),
    ("foreign Host", GET + b"Host: evil.example\r\n" + CLOSE + b"\r\n", 403),
    ("two equal lengths", POST + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400),
    ("two different lengths", POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400),
    ("length and chunked", POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400),
    ("chunked and length", POST + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400),
    ("chunked twice", POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400),
    ("gzip, chunked", POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400),
    ("chunked", POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 200),
    ("chunked, HTTP/1.0", POST.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400),
    ("with length", POST + b"Content-Length: 2\r\n\r\n{}", 200),
    ("body on GET", GET + HOST + CLOSE + b"Content-Length: 2\r\n\r\n{}", 400),
    ("chunked body on GET", GET + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("absolute form", b"GET http://localhost/livez HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 400),
    ("authority form", b"CONNECT localhost:80 HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 400),
    ("asterisk, OPTIONS", b"OPTIONS * HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 204),
    ("asterisk, GET", b"GET * HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 400),
    ("NUL in the path", b"GET /livez\0x HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 400),
    ("NUL in the query", b"GET /search?q=a\0b HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 400),
    ("%00 in the path", b"GET /livez%00 HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 400),
    ("%00 in the query", b"GET /search?q=%00 HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 400),
    ("blank in the target", b"GET /search?q=a b HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 400),
    ("invalid UTF-8 in the path", b"GET /a%ff HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 400),
    ("invalid escape in the path", b"GET /a%zz HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 400),
    ("invalid UTF-8 in a value", b"GET /search?q=%ff HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 400),
    ("raw bytes in a value", b"GET /search?q=\xff HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 400),
    ("a name without a value", b"GET /search?q HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 400),
    ("dots in the path", b"GET /../etc/passwd HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 404),
    ("escaped dots", b"GET /%2e%2e/etc/passwd HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 404),
    ("double slash", b"GET //livez HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 404),
    ("bare LF", b"GET /livez HTTP/1.1\nHost: localhost\nConnection: close\n\n", 200),
    ("folded header", GET + HOST + b"X-Folded: a\r\n b\r\n" + CLOSE + b"\r\n", 200),
    ("folded Host", GET + b"Host: local\r\n host\r\n" + CLOSE + b"\r\n", 400),
    ("unknown method", b"BREW /livez HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 405),
    ("TRACE", b"TRACE /livez HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 405),
    ("LIBRARY: no version", b"GET /livez\r\n" + HOST + CLOSE + b"\r\n", 400),
    ("LIBRARY: HTTP/2.0", b"GET /livez HTTP/2.0\r\n" + HOST + CLOSE + b"\r\n", 505),
    ("LIBRARY: URL of 70 KB", b"GET /search?q=" + b"a" * 70000 + b" HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 414),
    ("LIBRARY: headers of 70 KB", GET + HOST + b"X: " + b"a" * 70000 + b"\r\n\r\n", 431),
    ("huge length", POST + b"Content-Length: 65537\r\n\r\n", 413),
    ("absurd length", POST + b"Content-Length: 9223372036854775807\r\n\r\n", 413),
    ("no Content-Type", b"POST /search HTTP/1.1\r\n" + HOST + CLOSE + b"Content-Length: 2\r\n\r\n{}", 415),
    ("a form", POST.replace(b"application/json", b"application/x-www-form-urlencoded")
     + b"Content-Length: 3\r\n\r\nq=a", 415),
    ("a coded body", POST + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", 415),
    ("another charset", POST.replace(b"json", b"json; charset=utf-16") + b"Content-Length: 2\r\n\r\n{}", 415),
    ("charset", POST.replace(b"json", b"json; charset=UTF-8") + b"Content-Length: 2\r\n\r\n{}", 200),
    ("not acceptable", b"GET /search HTTP/1.1\r\n" + HOST + CLOSE + b"Accept: image/png\r\n\r\n", 406),
]


class Framing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(binary=DOUBLE, roots=["/tmp"])
        cls.server.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def test_each_request_gets_its_one_answer(self):
        for name, data, status in ONE_REPLY:
            with self.subTest(name):
                self.assertEqual(statuses(self.server.raw(data, 20)), [status])

    def test_nothing_is_smuggled(self):
        """What follows a request of doubtful length is never taken for a request."""
        second = GET + HOST + CLOSE + b"\r\n"
        for name, data, status in ONE_REPLY:
            if b"POST" not in data or status == 200:
                continue
            with self.subTest(name):
                self.assertEqual(statuses(self.server.raw(data + second, 20)), [status])

    def test_chunked_body_too_long(self):
        chunk = b"1000\r\n" + b" " * 4096 + b"\r\n"
        data = POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 20 + b"0\r\n\r\n"
        self.assertEqual(statuses(self.server.raw(data, 20)), [413])

    def test_endless_chunked_body_is_cut(self):
        chunk = b"1000\r\n" + b" " * 4096 + b"\r\n"
        with self.server.connect() as s:
            with self.assertRaises((ConnectionError, OSError)):
                for _ in range(100000):
                    s.sendall(chunk if _ else POST + b"Transfer-Encoding: chunked\r\n\r\n")

    def test_pipelined_requests_are_answered_in_order(self):
        one = b"GET /search?q=%s HTTP/1.1\r\n" + HOST + b"\r\n"
        data = self.server.raw(one % b"first" + one % b"second" + GET + HOST + CLOSE + b"\r\n", 20)
        self.assertEqual(statuses(data), [200, 200, 200])
        self.assertLess(data.index(b"first"), data.index(b"second"))

    def test_connections_are_kept(self):
        with self.server.connect() as s:
            for target in (b"/livez", b"/search?q=a", b"/nothing", b"/search?limit=x", b"/stats"):
                s.sendall(b"GET " + target + b" HTTP/1.1\r\n" + HOST + b"\r\n")
                self.assertEqual(len(statuses(read_reply(s))), 1, target)
            s.sendall(POST.replace(CLOSE, b"") + b"Content-Length: 2\r\n\r\n{}")
            self.assertEqual(statuses(read_reply(s)), [200])
            # Nothing more comes than was asked for.
            s.sendall(GET + HOST + CLOSE + b"\r\n")
            self.assertEqual(statuses(read_all(s, 20)), [200])

    def test_expect_continue(self):
        with self.server.connect() as s:
            s.sendall(POST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            self.assertEqual(statuses(read_until(s, b"\r\n\r\n")), [100])
            s.sendall(b"{}")
            self.assertEqual(statuses(read_all(s, 20)), [200])

    def test_body_in_single_bytes(self):
        with self.server.connect() as s:
            for byte in POST + b"Content-Length: 9\r\n\r\n" + b'{"q":"x"}':
                s.sendall(bytes([byte]))
            self.assertEqual(statuses(read_all(s, 20)), [200])


if __name__ == "__main__":
    unittest.main()
