"""Steps of /timeseries: what "auto" chooses, and that no answer has more points than it may."""

import datetime
import tempfile
import unittest

from harness import Server, record, write_transcripts

MOST_POINTS = 11_000
SESSIONS = 100
DAY, WEEK = 86_400, 604_800


def transcripts(folder):
    """A message a day, each in a session of its own, and one more session after 199 days."""
    files = {}
    for n in [*range(SESSIONS), 199]:
        session = f"11111111-1111-4111-8111-{n:012d}"
        time = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(days=n)
        files[f"-p/{session}.jsonl"] = [record("user", "apple", f"aaaaaaaa-0000-4000-8000-{n:012d}", session,
                                               time.strftime("%Y-%m-%dT12:00:00.000Z"))]
    write_transcripts(folder, files)


class Steps(unittest.TestCase):
    def test_auto_takes_the_finest_that_fits(self):
        with tempfile.TemporaryDirectory() as folder:
            transcripts(folder)
            with Server(roots=[folder]) as server:
                for by, step, series in (("", DAY, 1), ("role", DAY, 1), ("session", WEEK, SESSIONS + 1)):
                    params = {"by": by} if by else {}
                    reply = server.get("/timeseries", **params).json
                    points = reply["points"]
                    self.assertEqual(reply["step_s"], step, by)
                    self.assertEqual(len({p["series"] for p in points}), series)
                    self.assertEqual(len(points), series * len({p["time"] for p in points}))
                    self.assertLessEqual(len(points), MOST_POINTS)
                    self.assertEqual(sum(p["value"] for p in points), SESSIONS + 1)

    def test_a_step_that_does_not_fit_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            transcripts(folder)
            with Server(roots=[folder]) as server:
                for params in ({"step": "15m"}, {"step": "1d", "by": "session"}):
                    reply = server.get("/timeseries", **params)
                    self.assertEqual((reply.status, reply.json["errors"][0]["parameter"]), (400, "step"))
                self.assertEqual(len(server.get("/timeseries", step="1h", until="2026-03-01").json["points"]), 59 * 24 - 12)


if __name__ == "__main__":
    unittest.main()
