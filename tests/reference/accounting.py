"""What matches, counted: messages, sessions, tokens, money."""

import re

from .search import search
from .times import to_text

TOKENS = ("input", "output", "cache_write_5m", "cache_write_1h", "cache_read")

# Public list prices of June 2026, in millionths of a dollar for a thousand
# tokens, in the order of TOKENS.
PRICES = {
    "claude-3-haiku": (250, 1250, 300, 500, 30), "claude-3-5-haiku": (800, 4000, 1000, 1600, 80),
    "claude-3-opus": (15000, 75000, 18750, 30000, 1500),
    **dict.fromkeys(("claude-3-sonnet", "claude-3-5-sonnet", "claude-3-7-sonnet", "claude-sonnet-4", "claude-sonnet-4-5",
                     "claude-sonnet-4-6"), (3000, 15000, 3750, 6000, 300)),
    "claude-haiku-4-5": (1000, 5000, 1250, 2000, 100),
    **dict.fromkeys(("claude-opus-4", "claude-opus-4-1"), (15000, 75000, 18750, 30000, 1500)),
    **dict.fromkeys(("claude-opus-4-5", "claude-opus-4-6", "claude-opus-4-7", "claude-opus-4-8"),
                    (5000, 25000, 6250, 10000, 500)),
    "claude-fable-5": (10000, 50000, 12500, 20000, 1000),
}


def price_of(model):
    """The price of a model, dated ids included, or None."""
    name = (model or "").lower().replace(".", "-").removeprefix("anthropic/")
    return PRICES.get(name) or PRICES.get(re.sub(r"[-@]\d{8}$", "", name, flags=re.ASCII))


def final_records(corpus):
    """Of each API response the record whose usage counts."""
    final = {}
    for message in corpus.messages:
        if message.response is None:
            continue
        known = final.get(message.response)
        rank = (-message.usage[1], message.place)
        if known is None or rank < (-known.usage[1], known.place):
            final[message.response] = message
    return final


def totals(corpus, text, *, dedupe=True, options=None):
    """The totals of /stats for one query."""
    shown = search(corpus, text, sort="oldest", dedupe=dedupe, options=options).hits
    every = shown if not dedupe else search(corpus, text, dedupe=False, options=options).hits
    final = final_records(corpus)
    responses = [final[r] for r in dict.fromkeys(m.response for m in every if m.response)]
    tokens = [sum(m.usage[i] for m in responses) for i in range(len(TOKENS))]
    priced = [(m, price_of(m.model)) for m in responses]
    money = sum(n * p for m, price in priced if price for n, p in zip(m.usage, price))
    return {
        "messages": len(shown), "sessions": len({m.session for m in shown}), "projects": len({m.project for m in shown}),
        "files": len({m.source for m in every}), "prompts": sum(m.kind == "prompt" for m in shown),
        "tool_calls": sum(m.tool_calls for m in shown), "errors": sum(m.error for m in shown),
        "first_time": to_text(shown[0].time) if shown else None, "last_time": to_text(shown[-1].time) if shown else None,
        "tokens": dict(zip(TOKENS, tokens)), "cost_usd": money / 1e9,
        "unpriced_models": sorted({m.model for m, price in priced if not price and m.model}),
    }
