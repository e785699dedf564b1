"""A second, independent reading of the search rules, written for tests.

It shares no code with the engine, prefers the obvious to the fast, and uses
nothing beyond Python's standard library.  Where it and the engine disagree,
one of them misreads docs and contract; neither is right by default.
"""
