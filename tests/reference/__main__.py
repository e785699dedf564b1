"""python3 -m reference count|search|stats --root DIR [--q QUERY] …"""

import argparse
import json
import sys

from .corpus import load
from .match import Options
from .search import search
from .times import to_text


def _arguments():
    parser = argparse.ArgumentParser(prog="reference", description=__doc__)
    parser.add_argument("command", choices=("count", "search", "stats"))
    parser.add_argument("--root", required=True, help="folder of transcripts")
    parser.add_argument("--q", default="", help="query; empty is everything")
    parser.add_argument("--sort", choices=("newest", "oldest"), default="newest")
    parser.add_argument("--case", choices=("insensitive", "sensitive", "smart"), default="insensitive")
    parser.add_argument("--word", action="store_true", help="literals match whole ASCII words only")
    parser.add_argument("--every-copy", action="store_true", help="do not collapse copies")
    parser.add_argument("--cache", help="file that keeps the read messages between runs")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _print_result(result, as_json):
    if as_json:
        facets = {n: [{"value": v, "count": c} for v, c in f.most_common()] for n, f in result.facets.items()}
        hits = [{"id": m.uuid, "source": m.source, "line": m.line, "position": m.position,
                 "time": to_text(m.time)} for m in result.hits]
        json.dump({"total": result.total, "hits": hits, "facets": facets}, sys.stdout, ensure_ascii=False)
        print()
        return
    print(result.total)
    for m in result.hits:
        print(f"{m.source}\t{m.line}\t{m.position}\t{to_text(m.time)}\t{m.uuid or '-'}")
    for name, counts in result.facets.items():
        print(name, dict(counts.most_common(10)))


def main():
    arguments = _arguments()
    corpus = load(arguments.root, arguments.cache)
    if arguments.command == "stats":
        stats = corpus.stats()
        print(json.dumps(stats) if arguments.json else "\n".join(f"{k}\t{v}" for k, v in stats.items()))
        return
    options = Options(arguments.case, arguments.word)
    result = search(corpus, arguments.q, sort=arguments.sort, dedupe=not arguments.every_copy, options=options)
    if arguments.command == "count":
        print(result.total)
    else:
        _print_result(result, arguments.json)


if __name__ == "__main__":
    main()
