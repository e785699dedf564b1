"""The tables of routes, parameters and problems, read from the sources of the server.

They are tables so that this is possible: a few regular expressions, which fail loudly on what they do
not know.
"""

import pathlib
import re

TOP = pathlib.Path(__file__).resolve().parents[2]
SERVER = TOP / "server"

STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
ROW = re.compile(r'\{\s*"(\w+)",\s*PARAM_(\w+),\s*(\w+),\s*(\w+),\s*(\w+),\s*("[^"]*"|NULL)\s*\}')


def code_of(path):
    """The text of a source without comments and continued lines."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    return text.replace("\\\n", "\n")


def constants():
    found = {}
    for path in [*SERVER.rglob("*.[ch]"), *(TOP / "engine/api").glob("*.h")]:
        for name, value in re.findall(r"#define\s+(\w+)\s+\(?(\d+)u?\)?\s*(?:/\*.*)?$", path.read_text(), re.M):
            found[name] = int(value)
    return found


def word_lists(text):
    found = re.findall(r"const char \*const (\w+)\[\]\s*=\s*\{(.*?)NULL\s*\}", text, re.S)
    return {name: STRING.findall(words) for name, words in found}


def parameters():
    """{"search_param_specs": [{name, type, min, max, words, default}, ...], ...}"""
    numbers = constants()
    value = lambda text: int(text) if text.isdigit() else numbers[text]
    everywhere = {}
    for path in SERVER.rglob("*.c"):
        if "static const char" not in path.read_text() or path.name == "query_params.c":
            everywhere.update(word_lists(code_of(path)))
    for path in SERVER.rglob("*.c"):
        shared = re.findall(r"^const char \*const (\w+)\[\]", path.read_text(), re.M)
        everywhere.update({k: v for k, v in word_lists(code_of(path)).items() if k in shared})
    macro = code_of(SERVER / "routes/query_params.h").split("#define QUERY_PARAM_SPECS")[1].split("struct query_values")[0]
    tables = {}
    for path in SERVER.rglob("*.c"):
        text = code_of(path)
        words_here = {**everywhere, **word_lists(text)}
        for table, body in re.findall(r"const struct param_spec (\w+)\[\] = \{(.*?)\n\};", text, re.S):
            rows = ROW.findall(body.replace("QUERY_PARAM_SPECS", macro))
            if len(rows) != body.replace("QUERY_PARAM_SPECS", macro).count("PARAM_") - body.count("XX"):
                raise AssertionError(f"{path.name}: {table} has rows that are not understood")
            tables[table] = [
                {"name": name, "type": kind, "min": value(low), "max": value(high),
                 "words": None if words == "NULL" else words_here[words],
                 "default": None if default == "NULL" else default[1:-1]}
                for name, kind, low, high, words, default in rows]
    return tables


def routes():
    """{path: {methods, open, table}}, as in server/routes/routes.c."""
    text = code_of(SERVER / "routes/routes.c")
    body = text.split("route_table[] = {")[1].split("\n};")[0]
    found = {path: {"methods": {"get"}, "open": True, "table": None}
             for path in re.findall(r'PAGE_LINE\("([^"]+)"\)', body)}
    for path, methods, guard, table in re.findall(
            r'\{"([^"]+)",\s*([A-Z_| ]+),\s*([A-Z_0-9| ]+),\s*PLACE_\w+,\s*(\w+),', body):
        found[path] = {"methods": {m.replace("METHOD_", "").strip().lower() for m in methods.split("|")},
                       "open": guard.strip() in ("OPEN", "GUARD_NO_TOKEN"),
                       "table": None if table == "NULL" else table}
    if len(found) != len(re.findall(r'PAGE_LINE\(|\{"/', body)):
        raise AssertionError("server/routes/routes.c has lines that are not understood")
    return found


def problems():
    """{code: (status, title)}, as in server/http/problem.c."""
    rows = re.findall(r'\[PROBLEM_(\w+)\] = \{(\d+), "(\w+)", "([^"]+)"\}', code_of(SERVER / "http/problem.c"))
    return {name: (int(status), title) for key, status, name, title in rows if key != "NONE"}
