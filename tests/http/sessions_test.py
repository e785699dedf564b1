"""Sessions: what belongs to one, wherever it stands, is in its view, its export and its counts, and every hit is found there."""

import collections
import json
import os
import random
import tempfile
import unittest

from harness import Server, record, write_transcripts

A = "aaaaaaaa-0000-4000-8000-000000000001"
B = "bbbbbbbb-0000-4000-8000-000000000002"
C = "cccccccc-0000-4000-8000-000000000003"


def at(second):
    return f"2026-03-01T10:{second // 60:02}:{second % 60:02}.000Z"


def uid(n):
    return f"{n:08x}-0000-4000-8000-000000000000"


def say(n, text, session=A, kind="user", **more):
    return record(kind, text, uid(n), session, **{"time": at(n), **more})


class View:
    """A server on a folder, and what it shows of sessions."""

    def __init__(self, test, files, *options):
        self.folder = tempfile.TemporaryDirectory()
        test.addCleanup(self.folder.cleanup)
        write_transcripts(self.folder.name, files)
        self.server = Server(*options, roots=[self.folder.name])
        self.server.__enter__()
        test.addCleanup(self.server.__exit__)

    def get(self, path, **params):
        reply = self.server.get(path, **params)
        assert reply.status == 200, (path, params, reply.text)
        return reply.json

    def thread(self, session, limit=1000, **params):
        """All messages of a thread, page by page."""
        found, cursor = [], ""
        while True:
            page = self.get(f"/sessions/{session}/messages", limit=limit, cursor=cursor, **params)
            found += page["messages"]
            cursor = page["next_cursor"]
            if not cursor:
                assert page["total"]["value"] == len(found), (session, page["total"], len(found))
                return found

    def ids(self, session, **params):
        return [m["id"] for m in self.thread(session, **params)]

    def rows(self, **params):
        return {s["id"]: s for s in self.get("/sessions", limit=1000, **params)["sessions"]}

    def export(self, session, **params):
        return [m["id"] for m in self.get(f"/sessions/{session}/export", format="json", **params)]


class Parts(unittest.TestCase):
    """Sessions that are not one file."""

    def test_a_transcript_that_was_moved(self):
        both = [say(1, "moved one"), say(2, "moved two")]
        v = View(self, {f"-f1/{A}.jsonl": both, f"-f2/{A}.jsonl": both + [say(3, "moved three")]})
        hit = v.server.search(q="three")["hits"][0]
        page = v.get(f"/sessions/{hit['session']}/messages", around=hit["id"])
        self.assertEqual([m["id"] for m in page["messages"]], [uid(1), uid(2), uid(3)])
        self.assertEqual([m["source"][:3] for m in page["messages"]], ["-f1", "-f1", "-f2"])
        self.assertEqual(v.export(A), [uid(1), uid(2), uid(3)])
        self.assertEqual((v.rows()[A]["messages"], v.get(f"/sessions/{A}")["messages"]), (3, 3))
        context = v.server.search(q="three", context=5)["hits"][0]
        self.assertEqual([m["id"] for m in context["before"]], [uid(1), uid(2)])
        # What both grow by is merged by time; each keeps its own order.
        with open(f"{v.folder.name}/-f1/{A}.jsonl", "a", encoding="utf-8") as f:
            f.write(json.dumps(say(5, "five")) + "\n" + json.dumps(say(4, "earlier, but behind")) + "\n")
        with open(f"{v.folder.name}/-f2/{A}.jsonl", "a", encoding="utf-8") as f:
            f.write(json.dumps(say(6, "six")) + "\n")
        self.assertEqual(v.ids(A), [uid(n) for n in (1, 2, 3, 5, 4, 6)])
        self.assertEqual(v.ids(A, limit=1), [uid(n) for n in (1, 2, 3, 5, 4, 6)])

    def test_a_message_in_the_transcript_of_another_session(self):
        v = View(self, {f"-g/{A}.jsonl": [say(11, "own of A"), say(14, "later of A")],
                        f"-g/{B}.jsonl": [say(12, "the id was kept"), say(13, "own of B", B)]})
        hit = v.server.search(q="kept", context=1)["hits"][0]
        self.assertEqual(hit["session"], A)
        self.assertEqual([m["id"] for m in hit["before"] + hit["after"]], [uid(11), uid(14)])
        self.assertEqual(v.ids(A), [uid(11), uid(12), uid(14)])
        self.assertEqual(v.export(A), [uid(11), uid(12), uid(14)])
        # The transcript of B is shown whole: it begins with what it went on from.
        self.assertEqual(v.ids(B), [uid(12), uid(13)])
        self.assertEqual({i: r["messages"] for i, r in v.rows().items()}, {A: 3, B: 2})

    def test_a_file_that_only_has_the_name(self):
        v = View(self, {"-a/x.jsonl": [say(1, "of A")], "-b/x.jsonl": [say(2, "nameless", "")], f"-c/{A}.jsonl": [say(3, "too")]})
        self.assertEqual(v.ids("x"), [uid(2)])
        self.assertEqual((v.get("/sessions/x")["messages"], v.get("/sessions/x")["source"]), (1, "-b/x.jsonl"))
        self.assertEqual(v.ids(A), [uid(1), uid(3)])

    def test_a_fork_shows_and_counts_what_it_copied(self):
        v = View(self, {f"-a/{A}.jsonl": [say(1, "one"), say(2, "two")],
                        f"-a/{B}.jsonl": [say(1, "one", B), say(2, "two", B), say(3, "three", B)]})
        self.assertEqual({i: r["messages"] for i, r in v.rows().items()}, {A: 2, B: 3})
        self.assertEqual(v.ids(B), [uid(1), uid(2), uid(3)])
        self.assertEqual(v.server.search(session=B)["total"]["value"], 3)
        self.assertEqual(v.get("/stats")["totals"]["messages"], 3)

    def test_lines_written_twice_are_shown_once(self):
        v = View(self, {f"-a/{A}.jsonl": [say(1, "one"), say(2, "two"), say(1, "one"), say(3, "three")]})
        self.assertEqual(v.ids(A), [uid(1), uid(2), uid(3)])
        self.assertEqual(v.rows()[A]["messages"], 3)

    def agents(self):
        side = {"isSidechain": True, "agentId": "abc1234"}
        return {f"-a/{A}.jsonl": [say(1, "main"), say(4, "main again")],
                f"-a/{A}/subagents/agent-abc1234.jsonl": [say(1, "main", **side), say(2, "agent", **side), say(3, "agent end", **side)],
                f"-b/{A}/subagents/agent-abc1234.jsonl": [say(2, "agent", **side), say(3, "agent end", **side), say(5, "moved", **side)]}

    def test_agents_have_threads_of_their_own(self):
        v = View(self, self.agents())
        self.assertEqual(v.ids(A), [uid(1), uid(4)])
        self.assertEqual(v.ids(A, agent="abc1234"), [uid(n) for n in (1, 2, 3, 5)])
        self.assertEqual(v.export(A, agent="abc1234"), [uid(n) for n in (1, 2, 3, 5)])
        session = v.get(f"/sessions/{A}")
        self.assertEqual([(a["agent"], a["messages"]) for a in session["agents_list"]], [("abc1234", 4)])
        self.assertEqual((session["messages"], session["agents"]), (5, 1))
        # Around a message of an agent: its thread, and the cursors stay in it.
        page = v.get(f"/sessions/{A}/messages", around=uid(3), limit=2)
        self.assertEqual([m["id"] for m in page["messages"]], [uid(2), uid(3)])
        for agent in ({}, {"agent": "abc1234"}):
            there = v.get(f"/sessions/{A}/messages", cursor=page["next_cursor"], limit=2, **agent)
            self.assertEqual([m["id"] for m in there["messages"]], [uid(5)])
            back = v.get(f"/sessions/{A}/messages", cursor=page["prev_cursor"], limit=1, **agent)
            self.assertEqual([m["id"] for m in back["messages"]], [uid(1)])
        for params in ({"agent": "none", "around": uid(3)}, {"agent": "other"}):
            self.assertEqual(v.server.get(f"/sessions/{A}/messages", **params).status, 404)
        wrong = v.server.get(f"/sessions/{A}/messages", agent="none", cursor=page["next_cursor"])
        self.assertEqual((wrong.status, wrong.code), (400, "invalid_cursor"))
        # In both: the main thread first.
        self.assertEqual(len(v.get(f"/sessions/{A}/messages", around=uid(1))["messages"]), 2)

    def test_agents_whose_main_transcript_is_gone_stand_for_it(self):
        files = self.agents()
        del files[f"-a/{A}.jsonl"]
        v = View(self, files)
        self.assertEqual(v.ids(A), [uid(n) for n in (1, 2, 3, 5)])
        self.assertEqual(v.rows()[A]["messages"], 4)

    def test_around_and_cursor_exclude_each_other(self):
        v = View(self, {f"-a/{A}.jsonl": [say(n, "words") for n in range(9)]})
        path = f"/sessions/{A}/messages"
        cursor = v.get(path, limit=2)["next_cursor"]
        both = v.server.get(path, cursor=cursor, around=uid(7))
        self.assertEqual((both.status, both.code), (400, "invalid_parameter"))
        self.assertEqual(both.json["errors"][0]["parameter"], "cursor")
        self.assertEqual(len(v.get(path, cursor="", around=uid(7))["messages"]), 9)


def summary(text, leaf=None):
    return {"type": "summary", "summary": text, **({"leafUuid": leaf} if leaf else {})}


class Rows(unittest.TestCase):
    """What a row says beside its counts."""

    def test_where_a_session_without_a_prompt_goes_on(self):
        with tempfile.TemporaryDirectory() as here:
            only = say(1, "only me", kind="assistant", cwd=here)
            nameless = say(3, "no folder", C, "assistant")
            del nameless["cwd"]
            v = View(self, {f"-e/{A}.jsonl": [only, say(2, "later", kind="assistant", cwd="/elsewhere")],
                            f"-e/{B}.jsonl": [say(4, "prompt", B, cwd="/gone")], f"-e/{C}.jsonl": [nameless]})
            rows = v.rows()
            self.assertEqual((rows[A]["cwd"], rows[A]["resumable"]), (here, True))
            self.assertEqual(rows[A]["resume"], f"cd '{here}' && claude --resume {A}")
            self.assertEqual((rows[B]["cwd"], rows[B]["resumable"]), ("/gone", False))
            self.assertEqual((rows[C]["cwd"], rows[C]["resume"]), (None, f"claude --resume {C}"))

    def test_a_name_given_after_a_move(self):
        name = lambda text: {"type": "custom-title", "customTitle": text, "sessionId": A}
        v = View(self, {f"-f1/{A}.jsonl": [say(1, "one"), name("before")],
                        f"-f2/{A}.jsonl": [say(1, "one"), name("before"), name("after")]})
        self.assertEqual(v.rows()[A]["title"], "after")
        with open(f"{v.folder.name}/-f1/{A}.jsonl", "a", encoding="utf-8") as f:
            f.write(json.dumps(name("again")) + "\n")
        self.assertEqual(v.rows()[A]["title"], "again")

    def titles(self, files):
        v = View(self, {f"-p/{name}.jsonl": lines for name, lines in files.items()})
        return {i: r["title"] for i, r in v.rows().items()}

    def test_a_summary_is_the_title_of_the_session_of_its_leaf(self):
        got = self.titles({A: [say(1, "prompt a"), summary("of a", uid(1))],
                           B: [summary("also of a", uid(1)), say(2, "prompt b", B, time=at(0))],
                           C: [summary("first", uid(3)), summary("second", uid(3)), say(3, "prompt c", C)]})
        self.assertEqual(got, {A: "of a", B: "prompt b", C: "second"})

    def test_a_summary_that_names_no_message_is_that_of_its_file(self):
        got = self.titles({A: [summary("no leaf"), say(1, "prompt a")],
                           B: [say(2, "prompt b", B), summary("leaf is gone", uid(99))],
                           C: [summary("nothing else", uid(98))],
                           "empty": [say(4, "prompt d", "empty"), summary("")]})
        self.assertEqual(got, {A: "no leaf", B: "leaf is gone", C: "nothing else", "empty": "prompt d"})

    def test_before_messages_it_is_that_of_a_session_that_is_gone(self):
        """Claude Code wrote the titles of earlier sessions into a file when a run began."""
        got = self.titles({A: [summary("of another", uid(99)), say(1, "prompt a")],
                           B: [say(2, "prompt b", B), summary("of one more", uid(98)), say(3, "more", B)]})
        self.assertEqual(got, {A: "prompt a", B: "prompt b"})

    def test_a_fork_has_the_title_in_its_own_file(self):
        copied = [say(1, "one"), say(2, "two")]
        got = self.titles({A: copied, B: [{**r, "sessionId": B} for r in copied] + [summary("of the fork", uid(2))]})
        self.assertEqual(got, {A: "one", B: "of the fork"})


class Growing(unittest.TestCase):
    def test_cursors_last_while_the_parts_grow(self):
        """Each message that was there once, in order, though others land before and behind the place."""
        names = [f"-f1/{A}.jsonl", f"-f2/{A}.jsonl", f"-g/{B}.jsonl"]
        v = View(self, {name: [say(100 * i + n, "words") for i in range(4)] for n, name in enumerate(names)})
        before, seen, cursor, number = v.ids(A), [], "", 900
        while True:
            page = v.get(f"/sessions/{A}/messages", limit=2, cursor=cursor)
            seen += [m["id"] for m in page["messages"]]
            for name in names:
                number += 1
                with open(f"{v.folder.name}/{name}", "a", encoding="utf-8") as f:
                    f.write(json.dumps(say(number, "late", time=at(150))) + "\n")
            cursor = page["next_cursor"]
            if not cursor or len(seen) > 200:
                break
        self.assertEqual(len(seen), len(set(seen)))
        self.assertEqual([i for i in seen if i in before], before)


def pitfalls(rng):
    """Transcripts in which little is where it should be."""
    sessions = [A, B, C, "by-name"]
    files = collections.defaultdict(list)
    names = [f"-p{p}/{s}.jsonl" for p in (1, 2) for s in sessions]
    names += [f"-p{p}/{s}/subagents/agent-{a}.jsonl" for p in (1, 2) for s in sessions[:2] for a in ("aaa", "bbb")]
    names += ["-p1/agent-flat.jsonl", f"-p1/{A}/subagents/unnamed.jsonl", "-p3/stranger.jsonl", "top.jsonl"]
    known = []
    for n in range(rng.randint(20, 150)):
        name = rng.choice(names)
        session = rng.choice(sessions + [None, ""]) if rng.random() < 0.3 else None
        if session is None:
            session = next((s for s in sessions if s in name), rng.choice(sessions))
        if known and rng.random() < 0.2:
            one = dict(rng.choice(known))
            one["sessionId"] = session if rng.random() < 0.5 else one.get("sessionId")
        else:
            one = say(n, f"word{n} pitfall", session, rng.choice(["user", "assistant"]), time=at(rng.randint(0, 300)))
            known.append(one)
        one = dict(one)
        for key in ("uuid", "timestamp", "sessionId", "cwd"):
            if rng.random() < 0.07:
                one.pop(key, None)
        files[name].append(one)
        if rng.random() < 0.1:
            files[name].append({"type": "summary", "summary": f"pitfall summary {n}", "leafUuid": uid(rng.randint(0, n))})
    return files


class Everywhere(unittest.TestCase):
    """What holds for every session and every hit."""

    def check_hits(self, v, hits):
        for hit in hits:
            page = v.get(f"/sessions/{hit['session']}/messages", around=hit["id"], limit=3)
            self.assertIn(hit["id"], [m["id"] for m in page["messages"]])
            self.assertEqual(v.get(f"/messages/{hit['id']}")["id"], hit["id"])

    def check_sessions(self, v):
        rows = v.rows()
        for session, row in rows.items():
            main = v.ids(session)
            self.assertEqual(v.ids(session, limit=4), main)
            self.assertEqual(v.export(session), main)
            agents = v.get(f"/sessions/{session}")["agents_list"]
            self.assertEqual(row["agents"], len(agents))
            threads = [v.ids(session, agent=a["agent"]) for a in agents]
            self.assertEqual([a["messages"] for a in agents], [len(t) for t in threads])
            for thread in (main, *threads):
                self.assertEqual(len(thread), len(set(thread)))
            self.assertEqual(row["messages"], len(set(main).union(*threads)), session)
            if not agents:
                self.assertEqual(row["messages"], len(main))
            found = {h["id"] for h in v.server.search(session=session, limit=1000)["hits"]}
            self.assertLessEqual(found, set(main).union(*threads))
        return rows

    def check_pages_back(self, v, session):
        page = v.get(f"/sessions/{session}/messages", limit=1000)
        ids = [m["id"] for m in page["messages"]]
        page = v.get(f"/sessions/{session}/messages", around=ids[-1], limit=3, agent="none")
        back = [m["id"] for m in page["messages"]]
        while page["prev_cursor"]:
            first = page["first"]
            page = v.get(f"/sessions/{session}/messages", cursor=page["prev_cursor"], limit=3)
            back = [m["id"] for m in page["messages"]][:first - page["first"]] + back
        self.assertEqual(back, ids)

    def test_made_up_transcripts(self):
        for seed in range(6):
            with self.subTest(seed=seed):
                v = View(self, pitfalls(random.Random(seed)))
                hits = [h for dedupe in ("true", "false") for h in v.server.search(limit=1000, dedupe=dedupe)["hits"]]
                self.assertEqual({h["session"] for h in hits}, set(self.check_sessions(v)))
                self.check_hits(v, hits)
                for session in {h["session"] for h in hits}:
                    self.check_pages_back(v, session)
                self.check_contexts(v)

    def check_contexts(self, v):
        """The same whatever reads the files, and what the thread shows."""
        by_index = v.server.search(limit=200, context=2)["hits"]
        self.assertEqual(v.server.search(limit=200, context=2, strategy="serial")["hits"], by_index)
        for hit in by_index[:20]:
            near = [m["id"] for m in hit["before"]] + [hit["id"]] + [m["id"] for m in hit["after"]]
            agents = [a["agent"] for a in v.get(f"/sessions/{hit['session']}")["agents_list"]]
            threads = [v.ids(hit["session"], **a) for a in ({}, *({"agent": x} for x in agents))]
            self.assertTrue(any(near == t[i:i + len(near)] for t in threads for i in range(len(t))), near)

    def test_a_corpus_that_is_given(self):
        """SCROLLBACK_CORPUS: a folder of real transcripts; a sample of them."""
        corpus = os.environ.get("SCROLLBACK_CORPUS")
        if not corpus:
            self.skipTest("no corpus given")
        v = View(self, {})
        server = Server(roots=[corpus])
        v.server = server.__enter__()
        self.addCleanup(server.__exit__)
        self.check_sessions(v)
        rng = random.Random(1)
        hits = [h for q in ("the", "worktree", "error", "/a+/", "") for h in v.server.search(q=q, limit=1000, snippet_chars=0)["hits"]]
        self.check_hits(v, rng.sample(hits, min(400, len(hits))))


if __name__ == "__main__":
    unittest.main()
