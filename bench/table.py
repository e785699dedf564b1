"""What `./dev bench` prints: a row for each figure, with the bar it is held to and the verdict."""

import statistics

HEAD = f"{'what':52} {'scrollback':>12} {'beside':>10} {'ratio':>12}  {'bar':>10} {'moonshot':>10}  verdict"


def verdict(value, bar, moonshot, at_least):
    """A figure is good if it is at most, or AT_LEAST, the bar."""
    sign = -1 if at_least else 1
    if moonshot is not None and sign * value <= sign * moonshot:
        return "moonshot"
    return "met" if sign * value <= sign * bar else "MISSED"


class Table:
    def __init__(self):
        self.met = self.missed = 0
        print(HEAD)

    def line(self, what, ours, beside, ratio, bar, moonshot, word, note=""):
        self.met += word in ("met", "moonshot")
        self.missed += word == "MISSED"
        print(f"{what:52} {ours:>12} {beside:>10} {ratio:>12}  {bar:>10} {moonshot:>10}  {word:8} {note}".rstrip())

    def against(self, what, ours, theirs, bar, moonshot):
        """Processes against processes: lists of (wall, processor) milliseconds. The bar is a largest
        ratio of wall times; processor times, which other work on the machine disturbs less, stand beside."""
        wall, cpu = (statistics.median(t[i] for t in ours) for i in (0, 1))
        peer_wall, peer_cpu = (statistics.median(t[i] for t in theirs) for i in (0, 1))
        walls = [t[0] for t in ours]
        self.line(
            what, f"{wall:.0f} ms", f"{peer_wall:.0f} ms", f"{wall / peer_wall:.2f}x",
            f"<= {bar}x", f"{moonshot}x", verdict(wall / peer_wall, bar, moonshot, False),
            f"processor time {cpu:.0f} / {peer_cpu:.0f} ms = {cpu / peer_cpu:.2f}x; spread {max(walls) / min(walls):.1f}",
        )

    def faster(self, what, ours, cpu, theirs, bar, moonshot):
        """Times inside the engine against whole processes, in milliseconds; the bar is a smallest speed-up.
        CPU is the processor time of an answer, HTTP included."""
        mine, peer = statistics.median(ours), statistics.median(t[0] for t in theirs)
        gain = peer / mine
        self.line(
            what, f"{mine:.3f} ms", f"{peer:.0f} ms", f"{gain:.0f}x faster", f">= {bar}x", f"{moonshot}x",
            verdict(gain, bar, moonshot, True),
            f"fastest {min(ours):.3f} ms; processor time {cpu:.2f} / {statistics.median(t[1] for t in theirs):.0f} ms",
        )

    def figure(self, what, value, unit, bar, moonshot=None, at_least=False, note=""):
        """A figure held to a bar in its own unit."""
        digits = 0 if value >= 1000 else 1 if value >= 10 else 3
        far = "" if moonshot is None else f"{moonshot:,g}"
        sign = ">=" if at_least else "<="
        self.line(
            what, f"{value:,.{digits}f} {unit}", "", "", f"{sign} {bar:,g}", far,
            verdict(value, bar, moonshot, at_least), note,
        )

    def missing(self, what, why):
        self.line(what, "", "", "", "", "", "", f"not measured: {why}")

    def close(self):
        print(f"{self.met} bars met, {self.missed} missed")
