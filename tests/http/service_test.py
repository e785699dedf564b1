"""The service among others: its sandbox, the browser it opens, the manager that starts it."""

import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import unittest

from harness import BINARY, TOKEN, Server, wait_for

SANITIZED = "sanitizers:" in subprocess.run([BINARY, "version"], capture_output=True, text=True, check=True).stdout
LINE = '{"type":"user","uuid":"%s","sessionId":"s","timestamp":"2026-01-02T03:04:05Z","message":{"content":"%s"}}\n'


def put(path, uuid, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(LINE % (uuid, text))


def status_of(pid, name):
    """A line of /proc/PID/status."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return line.split()[1]
    return None


class Sandbox(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="scrollback-service-")
        self.top = pathlib.Path(self.folder.name)
        put(self.top / "root" / "p" / "a.jsonl", "a", "an apple inside")
        put(self.top / "linked" / "b.jsonl", "b", "an apple behind a link")
        put(self.top / "outside" / "c.jsonl", "c", "an apple outside")
        (self.top / "root" / "link").symlink_to(self.top / "linked")

    def tearDown(self):
        self.folder.cleanup()

    def total(self, server, **params):
        return server.search(q="apple", **params)["total"]["value"]

    def test_answers_are_the_same_inside(self):
        for options in ([], ["--no-sandbox"]):
            with self.subTest(options=options), Server(*options, roots=[self.top / "root"]) as server:
                self.assertEqual(self.total(server), 2)
                self.assertEqual(self.total(server, strategy="serial"), 2)
                put(self.top / "root" / "q" / "new.jsonl", "n", "a new apple")
                self.assertEqual(self.total(server), 3)
                (self.top / "root" / "q" / "new.jsonl").unlink()

    @unittest.skipIf(SANITIZED, "sanitizers cannot work inside")
    def test_it_stands_unless_unwanted(self):
        with Server(roots=[self.top / "root"]) as server:
            self.assertEqual(status_of(server.process.pid, "NoNewPrivs"), "1")
            self.assertEqual(status_of(server.process.pid, "Seccomp"), "2")
        with Server("--no-sandbox", roots=[self.top / "root"]) as server:
            self.assertEqual(status_of(server.process.pid, "Seccomp"), "0")

    @unittest.skipIf(SANITIZED, "sanitizers cannot work inside")
    def test_what_is_outside_stays_outside(self):
        """A link made later leads out of the sandbox, and is not followed."""
        with Server(roots=[self.top / "root"]) as server:
            if "landlock" not in server.read_log():
                self.skipTest("no Landlock in this kernel")
            (self.top / "root" / "later.jsonl").symlink_to(self.top / "outside" / "c.jsonl")
            self.assertEqual(self.total(server, strategy="serial"), 2)


class FirstRun(unittest.TestCase):
    """Whoever starts it is told what was found, or what to do."""

    def test_what_was_found_where(self):
        with tempfile.TemporaryDirectory(prefix="scrollback-service-") as folder:
            top = pathlib.Path(folder)
            put(top / "one" / "a.jsonl", "a", "an apple")
            put(top / "two" / "b.jsonl", "b", "a pear")
            put(top / "two" / "c.jsonl", "c", "a plum")
            size = (top / "one" / "a.jsonl").stat().st_size
            with Server(roots=[top / "one", top / "two"]) as server:
                self.assertTrue(wait_for(lambda: "/two files=2 bytes=" in server.read_log()), server.read_log())
                self.assertIn(f"/one files=1 bytes={size}\n", server.read_log())
                self.assertNotIn("no_transcripts", server.read_log())

    def test_nothing_was_found(self):
        """The sample stands in, until there is something; even where the folder has to be made."""
        with Server() as server:
            self.assertTrue(wait_for(lambda: "no_transcripts" in server.read_log()), server.read_log())
            self.assertIn("--root DIR", server.read_log())
            self.assertTrue(server.search(q="the")["warnings"])
            home = pathlib.Path(server.folder.name)
            put(home / ".claude" / "projects" / "p" / "a.jsonl", "a", "an apple")
            self.assertEqual(server.search(q="apple")["total"]["value"], 1)
            self.assertFalse(server.search(q="apple")["warnings"])

    def test_a_token_is_hinted_at(self):
        with tempfile.NamedTemporaryFile("w") as token:
            token.write(TOKEN + "\n")
            token.flush()
            with Server("--token-file", token.name, roots=[]) as server:
                hint = f"token_needed file={token.name}"
                self.assertTrue(wait_for(lambda: hint in server.read_log()), server.read_log())


class Opening(unittest.TestCase):
    def test_the_browser_gets_the_address(self):
        with tempfile.TemporaryDirectory() as folder:
            browser = pathlib.Path(folder) / "xdg-open"
            browser.write_text(f"#!/bin/sh\nprintf %s \"$1\" >{folder}/part && mv {folder}/part {folder}/url\n")
            browser.chmod(0o700)
            put(pathlib.Path(folder) / "root" / "a.jsonl", "a", "x")
            path = {"PATH": folder + ":" + os.environ["PATH"]}
            with Server("--open", roots=[folder + "/root"], env=path) as server:
                url = pathlib.Path(folder) / "url"
                self.assertTrue(wait_for(url.exists))
                self.assertEqual(url.read_text(), f"http://127.0.0.1:{server.port}")


class Manager(unittest.TestCase):
    """The test is the service manager: it hands in the socket and listens for notifications."""

    def test_socket_activation_and_notification(self):
        with tempfile.TemporaryDirectory() as folder, socket.socket() as listener, socket.socket(
            socket.AF_UNIX, socket.SOCK_DGRAM
        ) as notices:
            put(pathlib.Path(folder) / "root" / "a.jsonl", "a", "an apple")
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            notices.bind(folder + "/notify")
            notices.settimeout(30)
            # The shell takes the descriptor's number and its own process id, as a manager would.
            script = f'exec 3<&{listener.fileno()}; LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" serve --no-cache --root "$1"'
            env = {k: v for k, v in os.environ.items() if not k.startswith("SCROLLBACK_")}
            env["NOTIFY_SOCKET"] = folder + "/notify"
            process = subprocess.Popen(
                ["bash", "-c", script, BINARY, folder + "/root"],
                pass_fds=[listener.fileno()],
                env=env,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            try:
                self.assertIn(b"READY=1", notices.recv(4096))
                port = listener.getsockname()[1]
                self.assertEqual(process.stdout.readline(), b"listening on http://127.0.0.1:%d\n" % port)
                with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
                    client.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    self.assertTrue(client.recv(4096).startswith(b"HTTP/1.1 200"))
                process.send_signal(signal.SIGTERM)
                self.assertIn(b"STOPPING=1", notices.recv(4096))
                self.assertEqual(process.wait(15), 0)
            finally:
                process.kill()
                process.wait()
                process.stdout.close()


if __name__ == "__main__":
    unittest.main()
