"""From records to messages: who said what, where, when, with which tools."""

import os
import re
from bisect import bisect_left
from decimal import Decimal

from . import times
from .records import read_records

PARTS = ("text", "thinking", "tool_input", "tool_result", "summary", "system")
FILE_KEYS = ("file_path", "notebook_path", "path")
META_STARTS = (
    "<command-name>", "<command-message>", "<local-command-stdout>", "<local-command-caveat>",
    "<bash-input>", "<bash-stdout>", "<bash-stderr>", "<task-notification>", "<teammate-message",
    "Caveat: The messages below", "[Request interrupted by user",
    "This session is being continued from a previous conversation")
MOST_TOKENS = 10 ** 15
BLANKS = " \t\n\r\f\v"
SURROGATE = re.compile("[\ud800-\udfff]")


class Message:
    """One message; `parts` maps a part's name to its text, never empty."""

    __slots__ = ("source", "line", "position", "time", "role", "kind", "parts", "tools", "files",
                 "tool_calls", "error", "sidechain", "meta", "compact", "image", "tool", "model",
                 "branch", "project", "cwd", "session", "agent", "uuid", "own_file", "main_file",
                 "response", "usage", "folded")

    @property
    def place(self):
        """Sorts as (source path by bytes, line, position in the line)."""
        return (os.fsencode(self.source), self.line, self.position)


def clean(text):
    """Lone surrogates become U+FFFD."""
    return SURROGATE.sub("\ufffd", text)


def string(value, key):
    item = value.get(key)
    return clean(item) if isinstance(item, str) else None


def mapping(value, key):
    item = value.get(key)
    return item if isinstance(item, dict) else {}


def blocks_of(value):
    """Content as a list of blocks; a bare string is a text block."""
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        return []
    blocks = [{"type": "text", "text": b} if isinstance(b, str) else b for b in value]
    return [b for b in blocks if isinstance(b, dict)]


def of_type(blocks, name):
    return [b for b in blocks if b.get("type") == name]


def strings_inside(value):
    """Every string value at any depth, in order; no keys."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings_inside(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings_inside(item)


def joined(blocks):
    """The texts of the blocks of one part; empty blocks are left out."""
    return clean("\n".join(t for t in blocks if isinstance(t, str) and t))


def input_text(block):
    """Every string inside the input, the empty ones too."""
    return "\n".join(strings_inside(block.get("input")))


def result_text(block):
    texts = (b.get("text") for b in of_type(blocks_of(block.get("content")), "text"))
    return "\n".join(t for t in texts if isinstance(t, str))


def distinct(items):
    return list(dict.fromkeys(items))


def content_blocks(value, role):
    """The blocks of a user or assistant record (or queued prompt)."""
    if value.get("type") == "attachment":
        return blocks_of(value["attachment"].get("prompt"))
    message = value.get("message")
    return blocks_of(message if isinstance(message, str) else mapping(value, "message").get("content"))


def role_of(value):
    """The role a record gives a message, or None for other records."""
    if not isinstance(value, dict):
        return None
    kind = value.get("type")
    if kind in ("user", "assistant", "summary"):
        return kind
    if kind == "system" and isinstance(value.get("content"), str):
        return "system"
    if kind == "attachment":
        attachment = mapping(value, "attachment")
        if attachment.get("type") == "queued_command" and attachment.get("commandMode", "prompt") == "prompt":
            return "user"
    return None


def parts_of(value, role, blocks):
    texts = [b.get("text") for b in of_type(blocks, "text")]
    parts = {}
    if role == "user":
        parts["text"] = joined(texts)
        if value["type"] == "user":
            results = of_type(blocks, "tool_result")
            parts["tool_result"] = joined(result_text(b) for b in results)
    elif role == "assistant":
        parts["text"] = joined(texts)
        parts["thinking"] = joined(b.get("thinking") for b in of_type(blocks, "thinking"))
        calls = of_type(blocks, "tool_use")
        parts["tool_input"] = joined(input_text(b) for b in calls)
    elif role == "summary":
        parts["summary"] = joined([value.get("summary")])
    else:
        parts["system"] = joined([value.get("content")])
    return {name: text for name, text in parts.items() if text}


def kind_of(value, role, blocks):
    if role in ("summary", "system"):
        return role
    if role == "assistant":
        if of_type(blocks, "tool_use"):
            return "tool_use"
        return "reply" if of_type(blocks, "text") else "thinking"
    if value["type"] == "attachment":
        return "prompt"
    if of_type(blocks, "tool_result"):
        return "tool_result"
    if value.get("isMeta") is True or value.get("isCompactSummary") is True:
        return "meta"
    texts = [b["text"] for b in of_type(blocks, "text") if isinstance(b.get("text"), str) and b["text"]]
    if texts and texts[0].lstrip(BLANKS).startswith(META_STARTS):
        return "meta"
    return "prompt"


def has_image(blocks):
    return any(b.get("type") == "image"
               or b.get("type") == "tool_result" and of_type(blocks_of(b.get("content")), "image")
               for b in blocks)


class FileContext:
    """What a message takes from its file rather than from its record."""

    def __init__(self, source, mtime_ms, records):
        folders, name = os.path.split(source)
        self.source = source
        self.stem = clean_name(name.removesuffix(".jsonl"))
        steps = folders.split("/") if folders else []
        in_subagents = "subagents" in steps[1:]
        self.main_file = not (self.stem.startswith("agent-") or in_subagents)
        self.session = clean_name(steps[steps.index("subagents", 1) - 1]) if in_subagents else self.stem
        self.agent = self.stem[len("agent-"):] if self.stem.startswith("agent-") else None
        objects = [r.value for r in records if isinstance(r.value, dict)]
        cwds = (string(v, "cwd") for v in objects)
        self.project = next((c for c in cwds if c), clean_name(steps[0]) if steps else None)
        self.times = self._all_times(records, mtime_ms)
        self.call_names = {}

    @staticmethod
    def _all_times(records, mtime_ms):
        own = [times.from_json(r.value.get("timestamp")) if isinstance(r.value, dict) else None for r in records]
        known = [i for i, t in enumerate(own) if t is not None]
        filled = []
        for i, t in enumerate(own):
            if t is None:
                after = bisect_left(known, i)
                if after > 0:
                    t = own[known[after - 1]]
                else:
                    t = own[known[0]] if known else mtime_ms
            filled.append(t)
        return filled


def clean_name(name):
    """A path's bytes that are no UTF-8 become U+FFFD."""
    return os.fsencode(name).decode("utf-8", "replace")


def fill_tools(message, blocks, context):
    calls = of_type(blocks, "tool_use") if message.role == "assistant" else []
    results = of_type(blocks, "tool_result") if message.role == "user" else []
    names = [string(b, "name") for b in calls]
    names += [context.call_names.get(b.get("tool_use_id")) for b in results if isinstance(b.get("tool_use_id"), str)]
    message.tools = distinct(n for n in names if n)
    paths = (string(mapping(b, "input"), k) for b in calls for k in mapping(b, "input") if k in FILE_KEYS)
    message.files = distinct(p for p in paths if p)
    message.tool_calls = len(calls)
    message.tool = bool(calls or results)
    for block in calls:
        if isinstance(block.get("id"), str) and string(block, "name"):
            context.call_names[block["id"]] = string(block, "name")
    return results


def fill_flags(message, value, blocks, results):
    message.error = (any(b.get("is_error") is True for b in results)
                     or value.get("isApiErrorMessage") is True
                     or message.role == "system" and value.get("level") == "error")
    message.sidechain = value.get("isSidechain") is True
    message.meta = value.get("isMeta") is True
    message.compact = (value.get("isCompactSummary") is True
                       or message.role == "system" and value.get("subtype") == "compact_boundary")
    message.image = has_image(blocks)


def fill_origin(message, value, context):
    message.session = string(value, "sessionId") or context.session
    message.own_file = message.session == context.stem
    message.main_file = context.main_file
    message.agent = string(value, "agentId") or context.agent
    message.project = context.project
    message.cwd = string(value, "cwd") or None
    message.branch = string(value, "gitBranch") or None
    message.model = string(mapping(value, "message"), "model") or None
    message.uuid = string(value, "uuid") or None


def count(value, key):
    """A number of tokens, perhaps spelled as a string; anything odd is none."""
    number = value.get(key)
    if isinstance(number, str) and re.fullmatch(r"\d+(\.\d+)?", number, re.ASCII):
        number = Decimal(number)
    if isinstance(number, bool) or not isinstance(number, (int, Decimal)) or number < 0:
        return 0
    return int(min(number, MOST_TOKENS))


def fill_usage(message, value):
    """The API response a record belongs to and the tokens it tells of."""
    body = mapping(value, "message")
    message.response, message.usage = None, None
    if message.role != "assistant" or not isinstance(body.get("usage"), dict):
        return
    usage = body["usage"]
    short, long = (count(mapping(usage, "cache_creation"), f"ephemeral_{t}_input_tokens") for t in ("5m", "1h"))
    short += max(0, count(usage, "cache_creation_input_tokens") - short - long)  # what no tier accounts for
    message.usage = (count(usage, "input_tokens"), count(usage, "output_tokens"), short, long,
                     count(usage, "cache_read_input_tokens"))
    if string(body, "id"):
        message.response = (string(body, "id"), string(value, "requestId"))
    else:
        message.response = ("uuid", message.uuid or message.place)


def message_of(record, time, role, context):
    value = record.value
    message = Message()
    message.source, message.line, message.position = context.source, record.line, record.position
    message.time, message.role, message.folded = time, role, None
    blocks = content_blocks(value, role) if role in ("user", "assistant") else []
    message.kind = kind_of(value, role, blocks)
    message.parts = parts_of(value, role, blocks)
    results = fill_tools(message, blocks, context)
    fill_flags(message, value, blocks, results)
    fill_origin(message, value, context)
    fill_usage(message, value)
    return message


def messages_of_file(source, data, mtime_ms):
    """(messages, other records, malformed lines) of one file."""
    parsed = read_records(data)
    context = FileContext(source, mtime_ms, parsed.records)
    messages = []
    for record, time in zip(parsed.records, context.times):
        role = role_of(record.value)
        if role:
            messages.append(message_of(record, time, role, context))
    return messages, len(parsed.records) - len(messages), parsed.malformed_lines
