"""What the HTTP tests share: a server of their own, raw requests, small transcripts.

Only the standard library is used, so that the tests run wherever the program is built.
"""

import http.client
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse

BINARY = os.environ.get("SCROLLBACK_BINARY", "build/release/scrollback")
DOUBLE = os.environ.get("SCROLLBACK_DOUBLE", "build/release/tests/http/http_double")

TOKEN = "0123456789abcdef0123456789abcdef"


class Server:
    """A running service; use as a context manager."""

    def __init__(self, *options, binary=BINARY, roots=(), env=None, serve=True):
        self.folder = tempfile.TemporaryDirectory(prefix="scrollback-http-")
        self.options = [binary] + (["serve"] if serve else []) + ["--listen", "127.0.0.1:0", "--no-cache"]
        for root in roots:
            self.options += ["--root", str(root)]
        self.options += [str(o) for o in options]
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("SCROLLBACK_", "CLAUDE_"))}
        self.env["HOME"] = self.folder.name
        self.env.update(env or {})
        self.log = open(os.path.join(self.folder.name, "log"), "w+b")

    def __enter__(self):
        self.process = subprocess.Popen(self.options, stdout=subprocess.PIPE, stderr=self.log, env=self.env)
        line = self.process.stdout.readline().decode()
        found = re.fullmatch(r"listening on http://127\.0\.0\.1:(\d+)\n", line)
        if not found:
            self.process.kill()
            raise AssertionError(f"the service did not start: {line!r} {self.read_log()}")
        self.port = int(found.group(1))
        return self

    def __exit__(self, *unused):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise
        self.process.stdout.close()
        self.log.close()
        self.folder.cleanup()

    def wait_ready(self):
        """Until the index is complete: before, /readyz says 503, and searches are answered by another strategy."""
        assert wait_for(lambda: self.get("/readyz").status == 200, 60, 0.005), self.read_log()
        return self

    def read_log(self):
        self.log.flush()
        with open(self.log.name, "rb") as f:
            return f.read().decode()

    def stop(self, how=signal.SIGTERM):
        """Ask it to stop; return its exit status and how long it took."""
        start = time.monotonic()
        self.process.send_signal(how)
        return self.process.wait(20), time.monotonic() - start

    def metric(self, line):
        """The value of a sample, given as it stands in /metrics."""
        found = re.search(rf"(?m)^{re.escape(line)} (\S+)$", self.get("/metrics").text)
        return float(found.group(1)) if found else 0

    def connect(self, timeout=30):
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

    def request(self, method, target, headers=None, body=None):
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.connect()
            try:
                connection.request(method, target, body=body, headers=headers or {})
            except ConnectionError:
                pass  # refused before all of it was sent; the reply is there all the same
            return Reply(connection.getresponse())
        finally:
            connection.close()

    def get(self, path, headers=None, **params):
        query = urllib.parse.urlencode(params, doseq=True)
        return self.request("GET", path + ("?" + query if query else ""), headers)

    def search(self, **params):
        """What is found; given more time than a search takes where nothing else runs, but on request."""
        reply = self.get("/search", **{"timeout_ms": 30000, **params})
        assert reply.status == 200, reply.text
        return reply.json

    def post(self, path, data, headers=None):
        body = data if isinstance(data, (bytes, str)) else json.dumps(data)
        return self.request("POST", path, {"Content-Type": "application/json", **(headers or {})}, body)

    def raw(self, data, timeout=5):
        """Send bytes as they are; return all that comes back until the end or the timeout."""
        with self.connect(timeout) as s:
            try:
                s.sendall(data)
            except ConnectionError:
                pass  # refused before all of it was sent
            return read_all(s, timeout)


class Reply:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json["code"]


def read_all(s, timeout):
    """Everything the peer sends until it closes or is silent for the timeout."""
    data = b""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        s.settimeout(max(0.01, end - time.monotonic()))
        try:
            part = s.recv(65536)
        except (TimeoutError, socket.timeout):
            break
        except ConnectionResetError:
            break
        if not part:
            break
        data += part
    return data


def read_until(s, mark, timeout=30):
    """Everything up to and with the mark, or what there was when the peer closed or the time was over."""
    data = b""
    s.settimeout(timeout)
    while mark not in data:
        try:
            part = s.recv(1 if len(mark) < 3 else 65536)
        except (TimeoutError, socket.timeout):
            break
        if not part:
            break
        data += part
    return data


def read_reply(s, timeout=30):
    """One reply with a Content-Length, on a connection that is kept."""
    data = read_until(s, b"\r\n\r\n", timeout)
    head, _, body = data.partition(b"\r\n\r\n")
    found = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    while found and len(body) < int(found.group(1)):
        part = s.recv(65536)
        if not part:
            break
        data += part
        body += part
    return data


def statuses(data):
    """The status codes of all replies in raw bytes."""
    return [int(m) for m in re.findall(rb"HTTP/1\.[01] (\d{3})", data)]


def wait_for(condition, timeout=30, every=0.01):
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(every)
    return False


def record(kind, text, uuid, session="11111111-1111-4111-8111-111111111111", time="2026-01-02T03:04:05.678Z", **more):
    """A minimal transcript record as Claude Code writes it."""
    content = [{"type": "text", "text": text}] if kind == "assistant" else text
    message = {"role": kind, "content": content}
    if kind == "assistant":
        message.update(model="claude-opus-4-6", id=f"msg_{uuid}")
    return {"parentUuid": None, "isSidechain": False, "userType": "external", "cwd": "/home/me/api",
            "sessionId": session, "version": "2.0.0", "gitBranch": "main", "type": kind,
            "message": message, "uuid": uuid, "timestamp": time, **more}


def write_transcripts(folder, files):
    """files: {"project/session.jsonl": [record, ...]}; return the folder."""
    for name, records in files.items():
        path = pathlib.Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            for r in records:
                f.write((r if isinstance(r, str) else json.dumps(r, ensure_ascii=False)) + "\n")
    return folder
