"""Charts as SVG, drawn with nothing but text: bars in groups, and flames."""

import html

FONT = 'font-family="system-ui, sans-serif"'
INK, FAINT, PAPER = "#24292f", "#d0d7de", "#ffffff"
COLOURS = ["#8c959f", "#0969da", "#1a7f37", "#bf8700", "#8250df", "#cf222e", "#0e8a8a", "#57606a"]


def text(x, y, words, size=12, anchor="start", colour=INK, extra=""):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{colour}" {extra}>'
            f"{html.escape(words)}</text>")


def page(width, height, title, parts):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {FONT} role="img">'
            f"<title>{html.escape(title)}</title>"
            f'<rect width="{width}" height="{height}" fill="{PAPER}"/>' + "".join(parts) + "</svg>\n")


def bars(title, unit, groups, names):
    """GROUPS: (label, {name: value}) from top to bottom; NAMES: the series, in order. Shorter is better."""
    left = 30 + int(6.7 * max((len(label) for label, _ in groups), default=0))
    width, bar, gap = left + 670, 15, 14
    most = max((v for _, values in groups for v in values.values()), default=1) or 1
    scale = (width - left - 90) / most
    parts, y = [text(16, 26, title, 16, extra='font-weight="600"'), text(16, 46, unit, 12, colour="#57606a")], 66
    for i, name in enumerate(names):
        x = 16 + i * 118
        parts.append(f'<rect x="{x}" y="{y}" width="11" height="11" fill="{COLOURS[i % len(COLOURS)]}"/>')
        parts.append(text(x + 16, y + 10, name))
    y += 34
    for label, values in groups:
        here = [n for n in names if n in values]
        parts.append(text(left - 10, y + len(here) * bar / 2 + 4, label, anchor="end"))
        for name in here:
            w = max(values[name] * scale, 1)
            parts.append(f'<rect x="{left}" y="{y}" width="{w:.1f}" height="{bar - 3}" '
                         f'fill="{COLOURS[names.index(name) % len(COLOURS)]}"/>')
            parts.append(text(left + w + 6, y + bar - 5, f"{values[name]:.4g}", 11))
            y += bar
        y += gap
        parts.append(f'<line x1="16" x2="{width - 16}" y1="{y - gap / 2:.1f}" y2="{y - gap / 2:.1f}" stroke="{FAINT}"/>')
    return page(width, y + 6, title, parts)


def fold(stacks):
    """A tree of {name: [samples, children]} from (names from the root down, samples)."""
    root = [0, {}]
    for names, samples in stacks:
        root[0] += samples
        at = root
        for name in names:
            at = at[1].setdefault(name, [0, {}])
            at[0] += samples
    return root


def flames(title, stacks):
    """A flame graph: who called below, its callees above; as wide as their share of the samples."""
    root = fold(stacks)
    width, row, least = 1200, 17, 1.2
    boxes = []

    def place(children, x, level):
        for name in sorted(children):
            samples, below = children[name]
            w = samples / root[0] * (width - 20)
            if w >= least:
                boxes.append((x, level, w, name, samples))
                place(below, x, level + 1)
            x += w

    if root[0]:
        place(root[1], 10, 0)
    deepest = max((b[1] for b in boxes), default=0)
    height = 50 + (deepest + 1) * row + 10
    parts = [text(10, 24, title, 15, extra='font-weight="600"'),
             text(10, 42, f"{root[0]} samples; a box is as wide as its share, callees stand on their callers", 11,
                  colour="#57606a")]
    for x, level, w, name, samples in boxes:
        y = height - 10 - (level + 1) * row
        tint = 40 + hash_of(name) % 160
        parts.append(f'<g><title>{html.escape(name)}: {samples} samples, {100 * samples / root[0]:.1f} %</title>'
                     f'<rect x="{x:.1f}" y="{y}" width="{max(w - 0.5, 0.3):.1f}" height="{row - 1}" '
                     f'fill="rgb(240,{tint},{tint // 3})"/>')
        if w > 30:
            parts.append(text(x + 3, y + 12, name[: int(w / 6.6)], 11))
        parts.append("</g>")
    return page(width, height, title, parts)


def hash_of(name):
    """The same colour for the same name in every run."""
    value = 0
    for c in name:
        value = (value * 31 + ord(c)) & 0xFFFFFFF
    return value
