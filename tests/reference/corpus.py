"""The files below a root and all their messages, with a cache."""

import os
import pickle
from dataclasses import dataclass, field

from .messages import messages_of_file

FORMAT = 7  # of the cache; raise it when the reading of records changes


@dataclass
class Corpus:
    messages: list = field(default_factory=list)
    files: int = 0
    other_records: int = 0
    malformed_lines: int = 0
    unreadable: list = field(default_factory=list)

    @property
    def text_bytes(self):
        return sum(len(t.encode()) for m in self.messages for t in m.parts.values())

    def stats(self):
        return {"files": self.files, "messages": len(self.messages), "other_records": self.other_records,
                "malformed_lines": self.malformed_lines, "text_bytes": self.text_bytes,
                "unreadable": self.unreadable}


def transcripts(root):
    """Paths below root, relative to it: real ones first, then what only
    links lead to; each file and folder once."""
    seen_folders, seen_files, found, links = set(), set(), [], []

    def visit(folder):
        path = os.path.join(root, folder)
        try:
            identity = os.stat(path)
            names = sorted(os.listdir(path), key=os.fsencode)
        except OSError:
            return
        if (identity.st_dev, identity.st_ino) in seen_folders:
            return
        seen_folders.add((identity.st_dev, identity.st_ino))
        for name in names:
            take(os.path.join(folder, name) if folder else name, follow=False)

    def take(relative, follow):
        path = os.path.join(root, relative)
        if os.path.islink(path) and not follow:
            links.append(relative)
        elif os.path.isdir(path):
            visit(relative)
        elif relative.endswith(".jsonl") and os.path.isfile(path):
            identity = os.stat(path)
            if (identity.st_dev, identity.st_ino) not in seen_files:
                seen_files.add((identity.st_dev, identity.st_ino))
                found.append(relative)

    visit("")
    while links:
        links.sort(key=os.fsencode)
        take(links.pop(0), follow=True)
    return sorted(found, key=os.fsencode)


def load(root, cache=None):
    """Everything below root; with `cache`, a file that keeps it between runs."""
    names = transcripts(root)
    stamp = [FORMAT, os.path.realpath(root)]
    for name in names:
        status = os.stat(os.path.join(root, name))
        stamp.append((name, status.st_size, status.st_mtime_ns))
    cached = _read_cache(cache, stamp)
    if cached:
        return cached
    corpus = Corpus()
    for name in names:
        path = os.path.join(root, name)
        try:
            with open(path, "rb") as file:
                data = file.read()
        except OSError as error:
            corpus.unreadable.append({"source": name, "reason": error.strerror})
            continue
        messages, others, malformed = messages_of_file(name, data, os.stat(path).st_mtime_ns // 1_000_000)
        corpus.files += 1
        corpus.messages += messages
        corpus.other_records += others
        corpus.malformed_lines += malformed
    if cache:
        with open(cache, "wb") as file:
            pickle.dump((stamp, corpus), file, protocol=5)
    return corpus


def _read_cache(cache, stamp):
    if not cache or not os.path.exists(cache):
        return None
    try:
        with open(cache, "rb") as file:
            kept, corpus = pickle.load(file)
    except (OSError, pickle.UnpicklingError, EOFError, AttributeError, ValueError):
        return None
    return corpus if kept == stamp else None
