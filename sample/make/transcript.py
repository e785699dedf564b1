"""Writes transcripts as Claude Code does, record for record.

A Session is told what happened, in order; it adds ids, times, tokens and the
structured copies of results.  Everything follows from the session's name, so
that the same story gives the same bytes.
"""

import hashlib
import json
import re
from datetime import datetime, timedelta, timezone
from pathlib import Path

PIXEL = ("iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAGUlEQVQI12NkYPjPgA0wYRUdlBLM"
         "2EUZABpgAQ9Q3oUtAAAAAElFTkSuQmCC")


class Session:
    def __init__(self, name, cwd, start, *, model="claude-opus-4-6", branch="main", version="2.1.77", agent=None, parent=None):
        self.name = name
        self.cwd = cwd
        self.start = datetime.fromisoformat(start).replace(tzinfo=timezone.utc) if isinstance(start, str) else start
        self.now = self.start
        self.model, self.branch, self.version, self.agent = model, branch, version, agent
        self.counter = 0
        self.id = parent.id if parent else self.uuid("session")
        self.parent_uuid = None
        self.records = []
        self.response = None
        self.context = 14000
        self.agents = []
        self.meta = None

    # --- ids, times and tokens ------------------------------------------------------------------

    def digest(self, what):
        self.counter += 1
        return hashlib.sha256(f"{self.name}/{self.counter}/{what}".encode()).hexdigest()

    def uuid(self, what):
        d = self.digest(what)
        return f"{d[:8]}-{d[8:12]}-4{d[13:16]}-{'89ab'[int(d[16], 16) % 4]}{d[17:20]}-{d[20:32]}"

    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)
        return self

    def tick(self):
        self.now += timedelta(milliseconds=900 + int(self.digest("tick")[:4], 16) % 9000)
        return self.now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{self.now.microsecond // 1000:03d}Z"

    # --- records --------------------------------------------------------------------------------

    def add(self, record):
        self.records.append(record)
        return self

    def envelope(self, first, last):
        record = {"parentUuid": self.parent_uuid, "isSidechain": self.agent is not None, "userType": "external",
                  "cwd": self.cwd, "sessionId": self.id, "version": self.version, "gitBranch": self.branch}
        if self.agent:
            record["agentId"] = self.agent
        record.update(first)
        self.parent_uuid = self.uuid("record")
        record.update({"uuid": self.parent_uuid, "timestamp": self.tick()})
        record.update(last)
        return self.add(record)

    def prompt(self, text, *, pause=90, image=False, **extra):
        """What a person types."""
        self.wait(pause)
        self.response = None
        content = text
        if image:
            picture = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}
            content = [{"type": "text", "text": text}, picture]
        if not self.agent:
            message = self.uuid("snapshot")
            self.add({"type": "file-history-snapshot", "messageId": message, "isSnapshotUpdate": False,
                      "snapshot": {"messageId": message, "trackedFileBackups": {}, "timestamp": self.tick()}})
        self.context += len(text) // 3
        return self.envelope({"type": "user", "message": {"role": "user", "content": content}}, extra)

    def queued(self, text):
        """A prompt typed while the assistant worked."""
        return self.envelope({"type": "attachment", "attachment": {
            "type": "queued_command", "prompt": text, "commandMode": "prompt"}}, {})

    def begin_response(self):
        d = self.digest("response")
        self.response = {"id": f"msg_01{d[:22]}", "request": f"req_011{d[22:43]}", "output": 3 + int(d[43:45], 16) % 9,
                         "read": self.context, "write": 300 + int(d[45:48], 16)}
        self.context += self.response["write"]

    def assistant(self, block, size, stop=None):
        if self.response is None:
            self.begin_response()
        r = self.response
        r["output"] += size // 4
        usage = {"input_tokens": 4, "cache_creation_input_tokens": r["write"], "cache_read_input_tokens": r["read"],
                 "cache_creation": {"ephemeral_5m_input_tokens": r["write"], "ephemeral_1h_input_tokens": 0},
                 "output_tokens": r["output"], "service_tier": "standard", "inference_geo": "not_available"}
        message = {"model": self.model, "id": r["id"], "type": "message", "role": "assistant", "content": [block],
                   "stop_reason": stop, "stop_sequence": None, "usage": usage}
        return self.envelope({"message": message, "requestId": r["request"], "type": "assistant"}, {})

    def think(self, text):
        signature = self.digest("signature") + self.digest("signature")
        return self.assistant({"type": "thinking", "thinking": text, "signature": signature}, len(text))

    def say(self, text):
        return self.assistant({"type": "text", "text": text}, len(text))

    def reply(self, text):
        """The last text of a turn."""
        self.assistant({"type": "text", "text": text}, len(text), "end_turn")
        self.response = None
        duration = 4000 + int(self.digest("duration")[:5], 16) % 90000
        return self.envelope({"type": "system", "subtype": "turn_duration", "durationMs": duration, "isMeta": False}, {})

    def call(self, tool, arguments, result, *, structured=None, error=False, image=False, progress=()):
        """A tool call and its result; `structured` is the result's other copy."""
        identity = "toolu_01" + self.digest("tool")[:22]
        self.assistant({"type": "tool_use", "id": identity, "name": tool, "input": arguments},
                       len(json.dumps(arguments)), "tool_use")
        asked = self.parent_uuid
        for line in progress:
            self.envelope({"type": "progress", "data": {"type": "bash_progress", "output": line, "fullOutput": result[:2000],
                           "elapsedTimeSeconds": 2, "totalLines": 12}, "toolUseID": identity, "parentToolUseID": identity}, {})
        content = result
        if image:
            content = [{"type": "text", "text": result},
                       {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}]
        block = {"tool_use_id": identity, "type": "tool_result", "content": content}
        if error:
            block["is_error"] = True
        self.context += len(result) // 3
        self.response = None
        if structured is None:
            structured = f"Error: {result}" if error else _structured(tool, arguments, result)
        return self.envelope({"type": "user", "message": {"role": "user", "content": [block]}},
                             {"toolUseResult": structured, "sourceToolAssistantUUID": asked})

    def bash(self, command, result, description="", **options):
        arguments = {"command": command}
        if description:
            arguments["description"] = description
        return self.call("Bash", arguments, result, **options)

    def read(self, path, text):
        lines = text.strip("\n").split("\n")
        numbered = "\n".join(f"{n:6d}→{line}" for n, line in enumerate(lines, 1))
        return self.call("Read", {"file_path": self.path(path)}, numbered, structured={
            "type": "text", "file": {"filePath": self.path(path), "content": text, "numLines": len(lines),
                                     "startLine": 1, "totalLines": len(lines)}})

    def edit(self, path, old, new, original=""):
        patch = [f"-{line}" for line in old.split("\n")] + [f"+{line}" for line in new.split("\n")]
        result = f"The file {self.path(path)} has been updated. Here's the result of running `cat -n` on a snippet:\n"
        result += "\n".join(f"{n:6d}→{line}" for n, line in enumerate(new.split("\n"), 12))
        return self.call("Edit", {"file_path": self.path(path), "old_string": old, "new_string": new}, result, structured={
            "filePath": self.path(path), "oldString": old, "newString": new, "originalFile": original or old,
            "structuredPatch": [{"oldStart": 12, "oldLines": old.count("\n") + 1, "newStart": 12,
                                 "newLines": new.count("\n") + 1, "lines": patch}],
            "userModified": False, "replaceAll": False})

    def write(self, path, text):
        return self.call("Write", {"file_path": self.path(path), "content": text},
                         f"File created successfully at: {self.path(path)}", structured={
                             "type": "create", "filePath": self.path(path), "content": text, "structuredPatch": [],
                             "originalFile": None})

    def grep(self, pattern, result, path="."):
        return self.call("Grep", {"pattern": pattern, "path": self.path(path), "output_mode": "content", "-n": True}, result)

    def todo(self, *items):
        """Items as (state, text)."""
        todos = [{"content": text, "status": state, "activeForm": text} for state, text in items]
        return self.call("TodoWrite", {"todos": todos},
                         "Todos have been modified successfully. Ensure that you continue to use the todo list to track "
                         "your progress.", structured={"oldTodos": [], "newTodos": todos})

    def task(self, description, prompt, story, answer):
        """A sub-agent; `story` is told its own Session."""
        name = "a" + self.digest("agent")[:6]
        agent = Session(f"{self.name}/{name}", self.cwd, self.now, model="claude-haiku-4-5-20251001", branch=self.branch,
                        version=self.version, agent=name, parent=self)
        agent.prompt(prompt, pause=2)
        story(agent)
        agent.meta = {"agentType": "Explore", "description": description}
        self.agents.append(agent)
        self.call("Task", {"description": description, "prompt": prompt, "subagent_type": "Explore"}, answer, structured={
            "status": "completed", "prompt": prompt, "agentId": name, "content": [{"type": "text", "text": answer}],
            "totalDurationMs": 48211, "totalTokens": 21904, "totalToolUseCount": 3})
        self.now = max(self.now, agent.now)
        return self

    def compact(self, summary):
        logical = self.parent_uuid
        self.parent_uuid = None
        self.envelope({"logicalParentUuid": logical, "type": "system", "subtype": "compact_boundary",
                       "content": "Conversation compacted", "isMeta": False, "level": "info",
                       "compactMetadata": {"trigger": "auto", "preTokens": 155012}}, {})
        self.context = 9000
        return self.envelope({"type": "user", "message": {"role": "user", "content":
                              "This session is being continued from a previous conversation that ran out of context. "
                              "The conversation is summarized below:\n" + summary}},
                             {"isVisibleInTranscriptOnly": True, "isCompactSummary": True})

    def command(self, name, output):
        """A slash command and what it printed."""
        self.envelope({"type": "user", "message": {"role": "user", "content":
                       "Caveat: The messages below were generated by the user while running local commands. DO NOT respond "
                       "to these messages unless the user explicitly asks you to."}}, {"isMeta": True})
        self.envelope({"type": "user", "message": {"role": "user", "content":
                       f"<command-name>/{name}</command-name>\n            <command-message>{name}</command-message>"}}, {})
        return self.envelope({"type": "system", "subtype": "local_command", "content":
                              f"<local-command-stdout>{output}</local-command-stdout>", "level": "info", "isMeta": False}, {})

    def interrupt(self):
        self.response = None
        return self.envelope({"type": "user", "message": {"role": "user", "content": [
            {"type": "text", "text": "[Request interrupted by user]"}]}}, {})

    def api_error(self, text):
        model, self.model = self.model, "<synthetic>"
        self.response = {"id": self.uuid("error"), "request": "req_none", "output": 0, "read": 0, "write": 0}
        self.assistant({"type": "text", "text": text}, 0, "stop_sequence")
        self.records[-1].update({"isApiErrorMessage": True, "error": "rate_limit"})
        self.model, self.response = model, None
        return self

    def summary(self, text):
        return self.add({"type": "summary", "summary": text, "leafUuid": self.parent_uuid or self.uuid("leaf")})

    def title(self, text):
        return self.add({"type": "custom-title", "customTitle": text, "sessionId": self.id})

    def fork(self, name, start):
        """A new session that begins with a copy of this one's records."""
        copy = Session(name, self.cwd, start, model=self.model, branch=self.branch, version=self.version)
        for record in self.records:
            if "uuid" in record:
                copy.add({**record, "sessionId": copy.id})
        copy.parent_uuid, copy.context = self.parent_uuid, self.context
        return copy

    # --- files ----------------------------------------------------------------------------------

    def path(self, relative):
        return relative if relative.startswith("/") else self.cwd if relative == "." else f"{self.cwd}/{relative}"

    def save(self, projects):
        folder = Path(projects) / re.sub(r"[^A-Za-z0-9]", "-", self.records_cwd())
        _write(folder / f"{self.id}.jsonl", self.records)
        for agent in self.agents:
            below = folder / self.id / "subagents"
            _write(below / f"agent-{agent.agent}.jsonl", agent.records)
            (below / f"agent-{agent.agent}.meta.json").write_text(json.dumps(agent.meta, separators=(",", ":")))

    def records_cwd(self):
        return next(r["cwd"] for r in self.records if "cwd" in r)


def _structured(tool, arguments, result):
    if tool == "Bash":
        return {"stdout": result, "stderr": "", "interrupted": False, "isImage": False}
    if tool == "Grep":
        return {"mode": "content", "numFiles": 0, "filenames": [], "content": result, "numLines": result.count("\n") + 1}
    if tool == "WebSearch":
        return {"query": arguments["query"], "results": [result], "durationSeconds": 3.2}
    return [{"type": "text", "text": result}]


def _write(path, records):
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(r, ensure_ascii=False, separators=(",", ":")) for r in records)
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
