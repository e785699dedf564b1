"""One search: match, show each copied message once, order, count."""

from collections import Counter

from . import times
from .match import Options, matcher
from .query import parse

FACETS = ("role", "kind", "part", "tool", "project", "session", "model", "branch", "day")


def copy_rank(message):
    """Of the copies of one message the least of these is shown."""
    home = 0 if message.own_file else 1 if message.main_file else 2
    return (home, message.place)


def without_copies(messages):
    shown = {}
    for message in messages:
        key = message.uuid or message.place
        if key not in shown or copy_rank(message) < copy_rank(shown[key]):
            shown[key] = message
    return list(shown.values())


def facet_values(message, name, zone):
    if name == "part":
        return list(message.parts)
    if name == "tool":
        return message.tools
    if name == "day":
        return [times.day_of(message.time, zone)]
    return [getattr(message, name)]


def facets_of(messages, zone):
    """Counter by value of each facet; None counts messages without one."""
    return {name: Counter(v for m in messages for v in facet_values(m, name, zone)) for name in FACETS}


class Result:
    def __init__(self, hits, zone):
        self.hits = hits
        self.total = len(hits)
        self.facets = facets_of(hits, zone)


def matching(corpus, text, options):
    """The indices of what matches, copies too; raises QueryError, SessionError, re.error and regexes.Unsupported."""
    sessions = {m.session for m in corpus.messages}
    test = matcher(parse(text), options, sessions)
    return [at for at, m in enumerate(corpus.messages) if test(m)]


def result_of(corpus, indices, *, sort="newest", dedupe=True, zone):
    hits = [corpus.messages[at] for at in indices]
    if dedupe:
        hits = without_copies(hits)
    hits.sort(key=lambda m: (m.time, m.place), reverse=sort == "newest")
    return Result(hits, zone)


def search(corpus, text, *, sort="newest", dedupe=True, options=None):
    """Raises what matching() does."""
    options = options or Options()
    return result_of(corpus, matching(corpus, text, options), sort=sort, dedupe=dedupe, zone=options.zone)
