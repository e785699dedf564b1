"""The sandbox from outside: the test makes each thread of the running service try what it should not do.

ptrace stops a thread in its system call, gives it another one, and reads what the kernel says; so it is
the service itself that tries. Linux on x86-64; needs a kernel with Landlock and seccomp.
"""

import ctypes
import errno
import os
import pathlib
import platform
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import unittest

from harness import BINARY, Server, record, wait_for, write_transcripts

SANITIZED = "sanitizers:" in subprocess.run([BINARY, "version"], capture_output=True, text=True, check=True).stdout
ATTACH, DETACH, STEP, GET_REGISTERS, SET_REGISTERS = 16, 17, 9, 12, 13
CALLS = {"open": 2, "close": 3, "socket": 41, "connect": 42, "execve": 59, "ptrace": 101, "openat": 257}
WALL = 0x40000000

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.restype = ctypes.c_long
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


class Registers(ctypes.Structure):
    """struct user_regs_struct"""

    _fields_ = [(n, ctypes.c_ulonglong) for n in (
        "r15", "r14", "r13", "r12", "rbp", "rbx", "r11", "r10", "r9", "r8", "rax", "rcx", "rdx", "rsi", "rdi",
        "orig_rax", "rip", "cs", "eflags", "rsp", "ss", "fs_base", "gs_base", "ds", "es", "fs", "gs")]


def trace(request, thread, data=None):
    if libc.ptrace(request, thread, None, data) < 0:
        raise OSError(ctypes.get_errno(), f"ptrace {request}")


class Puppet:
    """A thread of another process, stopped in a system call, that makes others for us."""

    def __init__(self, process, thread):
        self.process, self.thread = process, thread

    def __enter__(self):
        trace(ATTACH, self.thread)
        os.waitpid(self.thread, WALL)
        self.before = Registers()
        trace(GET_REGISTERS, self.thread, ctypes.byref(self.before))
        self.memory = open(f"/proc/{self.process}/mem", "r+b", buffering=0)
        self.memory.seek(self.before.rip - 2)
        self.in_call = self.memory.read(2) == b"\x0f\x05"  # syscall
        return self

    def __exit__(self, *unused):
        self.memory.close()
        if self.before.rax >= 2**64 - 516:  # it was to be started again, which only the kernel can
            self.before.rax = 2**64 - errno.EINTR
        self.before.orig_rax = 2**64 - 1
        trace(SET_REGISTERS, self.thread, ctypes.byref(self.before))
        trace(DETACH, self.thread)

    def put(self, data):
        """Bytes below its stack, where nothing is."""
        where = (self.before.rsp - 8192) & ~15
        self.memory.seek(where)
        self.memory.write(data)
        return where

    def call(self, name, *args):
        """What the call returns: a number, or -errno."""
        r = Registers.from_buffer_copy(self.before)
        values = [self.put(a) if isinstance(a, bytes) else a for a in args] + [0] * 6
        r.rip, r.rax, r.orig_rax = self.before.rip - 2, CALLS[name], 2**64 - 1
        r.rdi, r.rsi, r.rdx, r.r10, r.r8, r.r9 = (v % 2**64 for v in values[:6])
        trace(SET_REGISTERS, self.thread, ctypes.byref(r))
        trace(STEP, self.thread)
        os.waitpid(self.thread, WALL)
        trace(GET_REGISTERS, self.thread, ctypes.byref(r))
        return ctypes.c_longlong(r.rax).value


def threads_of(process):
    return [int(p.name) for p in pathlib.Path(f"/proc/{process}/task").iterdir()]


@unittest.skipIf(SANITIZED, "sanitizers cannot work inside")
@unittest.skipUnless(platform.machine() == "x86_64", "registers of x86-64")
class Fence(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="scrollback-fence-")
        self.top = pathlib.Path(self.folder.name)
        write_transcripts(self.top / "root", {"p/a.jsonl": [record("user", "an apple", "a")]})
        (self.top / "secret").write_text("x")
        self.listener = socket.create_server(("127.0.0.1", 0))

    def tearDown(self):
        self.listener.close()
        self.folder.cleanup()

    def attempts(self, puppet):
        """What a thread tries: name, and what the kernel says."""
        def at(name):
            return str(self.top / name).encode() + b"\0"

        address = struct.pack("=H", socket.AF_INET) + struct.pack("!H", self.listener.getsockname()[1]) + \
            socket.inet_aton("127.0.0.1") + bytes(8)
        opened = {
            "read a transcript": puppet.call("openat", -100, at("root/p/a.jsonl"), os.O_RDONLY),
            "write a transcript": puppet.call("openat", -100, at("root/p/a.jsonl"), os.O_WRONLY),
            "make a transcript": puppet.call("openat", -100, at("root/p/new"), os.O_WRONLY | os.O_CREAT, 0o600),
            "write the cache": puppet.call("openat", -100, at("cache/new"), os.O_WRONLY | os.O_CREAT, 0o600),
            "read a secret": puppet.call("open", at("secret"), os.O_RDONLY),
            "read /etc/passwd": puppet.call("openat", -100, b"/etc/passwd\0", os.O_RDONLY),
            "list a folder": puppet.call("openat", -100, b"/etc\0", os.O_RDONLY | os.O_DIRECTORY),
            "make a file": puppet.call("openat", -100, at("new"), os.O_WRONLY | os.O_CREAT, 0o600),
            "make a socket": puppet.call("socket", socket.AF_INET, socket.SOCK_STREAM, 0),
        }
        for fd in opened.values():
            if fd >= 0:
                puppet.call("close", fd)
        # A socket of its own to connect is not to be had: any descriptor will do, the call is refused before.
        opened["connect"] = puppet.call("connect", 0, address, len(address))
        opened["look into a process"] = puppet.call("ptrace", ATTACH, os.getppid(), 0, 0)
        opened["run a program"] = puppet.call("execve", b"/bin/true\0", 0, 0)
        return opened

    def each_thread(self, process):
        """{what: results}, of all threads that wait in a system call."""
        results, tried = {}, 0
        for thread in threads_of(process):
            try:
                with Puppet(process, thread) as puppet:
                    if not puppet.in_call:
                        continue
                    tried += 1
                    for what, result in self.attempts(puppet).items():
                        results.setdefault(what, []).append(result)
            except ProcessLookupError:
                pass  # it has ended since the threads were listed
        self.assertGreater(tried, 3)
        return results

    def server(self, *options):
        server = Server("--cache-dir", self.top / "cache", *options, roots=[self.top / "root"])
        server.options.remove("--no-cache")
        return server

    def test_nothing_but_the_roots_and_the_cache(self):
        with self.server() as server:
            self.assertEqual(server.wait_ready().search(q="apple")["total"]["value"], 1)
            log = server.read_log()
            if "landlock=" not in log or 'calls="no programs, no connections"' not in log:
                self.skipTest("the kernel does not offer both fences")
            try:
                results = self.each_thread(server.process.pid)
            except PermissionError as e:
                self.skipTest(f"this test may not trace: {e}")
            for what in ("read a transcript", "write the cache"):
                self.assertTrue(all(r >= 0 for r in results.pop(what)), what)
            for what in ("make a socket", "connect", "look into a process"):
                self.assertEqual(set(results.pop(what)), {-errno.EPERM}, what)
            self.assertLessEqual(set(results.pop("run a program")), {-errno.EPERM, -errno.EACCES})
            for what, said in results.items():
                self.assertEqual(set(said), {-errno.EACCES}, what)
            # It took no harm.
            self.assertEqual(server.search(q="apple")["total"]["value"], 1)
            self.assertTrue(wait_for(lambda: server.get("/readyz").status == 200))
            self.assertEqual(server.stop(signal.SIGTERM)[0], 0)

    def test_without_the_fence_it_could(self):
        """The test can tell: the same thread, unfenced, opens what it likes."""
        with self.server("--no-sandbox") as server:
            try:
                with Puppet(server.process.pid, server.process.pid) as puppet:
                    self.assertTrue(puppet.in_call)
                    self.assertGreaterEqual(puppet.call("openat", -100, b"/etc/passwd\0", os.O_RDONLY), 0)
                    self.assertGreaterEqual(puppet.call("socket", socket.AF_INET, socket.SOCK_STREAM, 0), 0)
            except PermissionError as e:
                self.skipTest(f"this test may not trace: {e}")
            self.assertEqual(server.search(q="apple")["total"]["value"], 1)


class Roots(unittest.TestCase):
    def test_a_root_made_anew_is_not_missed_in_silence(self):
        """Landlock knows folders, not names: the new one stays closed to the service, and each reply says so."""
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder) / "root"
            files = {"p/s.jsonl": [record("user", "apple", "aaaaaaaa-0000-4000-8000-000000000001")]}
            write_transcripts(root, files)
            with Server(roots=[root]) as server:
                whole = server.search(q="apple")
                self.assertEqual((whole["total"]["value"], whole["warnings"]), (1, []))
                shutil.rmtree(root)
                write_transcripts(root, files)
                for strategy in ("index", "worksharing"):
                    reply = server.search(q="apple", strategy=strategy)
                    if reply["total"]["value"] == 0:
                        self.assertRegex(" ".join(reply["warnings"]), "a root cannot be read.*restart")
                    else:
                        self.assertEqual((reply["total"]["value"], reply["warnings"]), (1, []))


if __name__ == "__main__":
    unittest.main()
