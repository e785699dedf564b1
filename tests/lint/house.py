#!/usr/bin/env python3
"""Rules of the house that no compiler checks; run by ./dev lint.

1. A file of <layer>/ includes our headers from its own layer or from below only. (The build
   says so too, but only for code that the preset at hand compiles.)
2. A header's name exists once in the tree, and no source includes a system header of that name, so an
   #include means one thing.
3. foo.c includes foo.h first, if there is one: a header that leans on what came before is found out.
4. The server includes of the engine engine.h and the shared types of engine/api alone.
"""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
LAYERS = re.search(r"set\(SCROLLBACK_LAYERS\s+([^)]*)\)", (TOP / "cmake/layers.cmake").read_text()).group(1).split()
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)
SYSTEM_INCLUDE = re.compile(r"^\s*#\s*include\s*<([^>]+)>", re.M)


def layer_of(path):
    """The layer that a file of engine/ or server/ belongs to: its folder."""
    return path.relative_to(TOP).parts[-2]


def main():
    faults = []
    sources = sorted(p for d in ("engine", "server") for p in (TOP / d).rglob("*.[ch]"))
    owner = {}
    for path in sources:
        if path.suffix != ".h":
            continue
        if path.name in owner:
            faults.append(f"{path.relative_to(TOP)}: {owner[path.name].relative_to(TOP)} has the same name")
        owner[path.name] = path

    for path in sources:
        layer = layer_of(path)
        where = path.relative_to(TOP)
        if layer not in LAYERS:
            faults.append(f"{where}: {layer} is not a layer")
            continue
        text = path.read_text()
        names = INCLUDE.findall(text)
        for name in SYSTEM_INCLUDE.findall(text):
            if name in owner:
                faults.append(f"{where}: <{name}> would be {owner[name].relative_to(TOP)}")
        for name in names:
            lower = layer_of(owner[name]) if name in owner else layer
            if lower not in LAYERS:
                continue
            if LAYERS.index(lower) > LAYERS.index(layer):
                faults.append(f"{where}: includes {name} from {lower}, which stands above {layer}")
            if "engine" in LAYERS[:LAYERS.index(layer)] and lower in LAYERS[1:LAYERS.index("engine")]:
                faults.append(f"{where}: includes {name} from {lower}; the server sees engine.h and engine/api only")
        own = path.with_suffix(".h").name
        if path.suffix == ".c" and own in owner and (not names or names[0] != own):
            faults.append(f"{where}: must include {own} before anything else")

    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
