"""Work in a process of its own, so that it can be ended.

A signal does not do: Python's re takes quadratic time or worse for some
patterns, and does not look at signals meanwhile (3.11.2 does not).
"""

import os
import pickle
import select
import signal
import time


class TooSlow(Exception):
    """The time is over."""


def _report(work, pipe):
    try:
        answer = (True, work())
    except Exception as error:  # the parent raises it
        answer = (False, error)
    with os.fdopen(pipe, "wb") as out:
        pickle.dump(answer, out, protocol=5)


def _read(pipe, seconds):
    end, got = time.monotonic() + seconds, b""
    while select.select([pipe], [], [], max(0, end - time.monotonic()))[0]:
        piece = os.read(pipe, 1 << 20)
        if not piece:
            return got
        got += piece
    raise TooSlow


def within(seconds, work):
    """work()'s value or exception, both of which must be fit for pickle; TooSlow after so many seconds.

    What work() changes stays in the other process.  Not with threads about.
    """
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(ours)
            _report(work, theirs)
        finally:
            os._exit(0)
    os.close(theirs)
    try:
        got = _read(ours, seconds)
    finally:
        os.close(ours)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if not got:
        raise RuntimeError("the process that worked ended without a word")
    returned, value = pickle.loads(got)
    if not returned:
        raise value
    return value
