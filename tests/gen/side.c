/* side.c: The records that are no messages, and system texts and summaries. */
#include "record.h"

static const struct text_style english = {LANGUAGE_ENGLISH, false};

/* The cumulative copies of command output and sub-agent records: bulk that no search may find. */
void record_progress(struct session *s, const struct call *call)
{
    struct out *o = &s->out;
    struct rng r = {rng_child(call->texts.state, 9)};
    envelope_begin(s);
    out_text(o, ",\"type\":\"progress\",\"data\":");
    if (call->tool == TOOL_BASH) {
        out_text(o, "{\"type\":\"bash_progress\",\"output\":\"");
        text_listing(o, &r, 120);
        out_text(o, "\",\"fullOutput\":\"");
        text_listing(o, &r, rng_tail(&r, 1800));
        out_emit(o, "\",\"elapsedTimeSeconds\":%u,\"totalLines\":12}", rng_below(&r, 60));
    } else if (call->tool == TOOL_TASK) {
        out_text(o, "{\"message\":{\"type\":\"assistant\",\"message\":{\"role\":\"assistant\","
                    "\"content\":[{"
                    "\"type\":\"text\",\"text\":\"");
        text_prose(o, &r, english, 900);
        out_text(o, "\"}]}},\"normalizedMessages\":[],\"type\":\"agent_progress\",\"prompt\":\"");
        text_prose(o, &r, english, 900);
        out_emit(o, "\",\"agentId\":\"%s\"}", call->agent);
    } else {
        out_text(o, "{\"type\":\"hook_progress\",\"hookEvent\":\"PostToolUse\",\"hookName\":"
                    "\"PostToolUse:Edit\",\"command\":\"./format.sh\"}");
    }
    out_emit(o, ",\"toolUseID\":\"toolu_01%x\",\"parentToolUseID\":\"toolu_01%x\"", call->id,
             call->id);
    envelope_end(s, false);
}

void record_attachment(struct session *s)
{
    envelope_begin(s);
    if (rng_chance(&s->rng, 60)) {
        out_text(&s->out,
                 ",\"type\":\"attachment\",\"attachment\":{\"type\":\"hook_success\",\"hookName\":"
                 "\"SessionStart:startup\",\"content\":\"\",\"stdout\":\"");
        text_listing(&s->out, &s->rng, 300);
        out_text(&s->out, "\",\"exitCode\":0}");
    } else {
        out_text(
            &s->out,
            ",\"type\":\"attachment\",\"attachment\":{\"type\":\"task_reminder\",\"content\":[],"
            "\"itemCount\":0}");
    }
    envelope_end(s, false);
}

void record_system_note(struct session *s)
{
    envelope_begin(s);
    switch (rng_below(&s->rng, 3)) {
    case 0:
        out_emit(
            &s->out,
            ",\"type\":\"system\",\"subtype\":\"turn_duration\",\"durationMs\":%u,\"isMeta\":false",
            rng_between(&s->rng, 900, 400000));
        break;
    case 1:
        out_text(&s->out,
                 ",\"type\":\"system\",\"subtype\":\"stop_hook_summary\",\"hookCount\":1,"
                 "\"hookInfos\":[{"
                 "\"command\":\"./check.sh\"}],\"hookErrors\":[],\"preventedContinuation\":false,"
                 "\"stopReason\":\"\",\"hasOutput\":false,\"level\":\"suggestion\"");
        break;
    default:
        out_text(
            &s->out,
            ",\"type\":\"system\",\"subtype\":\"api_error\",\"level\":\"error\",\"error\":{"
            "\"status\":529,"
            "\"error\":{\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}},"
            "\"retryInMs\":512.2938,\"retryAttempt\":1,\"maxRetries\":10");
    }
    envelope_end(s, false);
}

void record_system_text(struct session *s)
{
    bool error = rng_chance(&s->rng, 20);
    envelope_begin(s);
    out_text(
        &s->out,
        ",\"type\":\"system\",\"subtype\":\"local_command\",\"content\":\"<local-command-stdout>");
    text_prose(&s->out, &s->rng, s->style, 60);
    out_emit(&s->out, "</local-command-stdout>\",\"level\":\"%s\",\"isMeta\":false",
             error ? "error" : "info");
    envelope_end(s, true);
}

void record_summary(struct session *s)
{
    struct uuid leaf = random_uuid(&s->rng);
    line_begin(s);
    out_text(&s->out, "{\"type\":\"summary\",\"summary\":\"");
    text_title(&s->out, &s->rng, s->style);
    out_emit(&s->out, "\",\"leafUuid\":\"%U\"}", &leaf);
    line_end(s, true);
}

void record_side(struct session *s)
{
    struct out *o = &s->out;
    struct uuid id = random_uuid(&s->rng);
    line_begin(s);
    switch (rng_below(&s->rng, 6)) {
    case 0:
        out_emit(o,
                 "{\"type\":\"queue-operation\",\"operation\":\"enqueue\",\"timestamp\":\"%T\","
                 "\"sessionId\":"
                 "\"%U\",\"content\":\"",
                 session_tick(s, 500), &s->id);
        text_prose(o, &s->rng, english, 60);
        out_text(o, "\"}");
        break;
    case 1:
        out_text(o, "{\"type\":\"custom-title\",\"customTitle\":\"");
        text_title(o, &s->rng, english);
        out_emit(o, "\",\"sessionId\":\"%U\"}", &s->id);
        break;
    case 2:
        out_text(o, "{\"type\":\"last-prompt\",\"lastPrompt\":\"");
        text_prose(o, &s->rng, english, 80);
        out_emit(o, "\",\"sessionId\":\"%U\"}", &s->id);
        break;
    case 3:
        out_emit(o, "{\"type\":\"mode\",\"mode\":\"normal\",\"sessionId\":\"%U\"}", &s->id);
        break;
    default:
        out_emit(o,
                 "{\"type\":\"file-history-snapshot\",\"messageId\":\"%U\",\"snapshot\":{"
                 "\"messageId\":\"%U\","
                 "\"trackedFileBackups\":{\"",
                 &id, &id);
        text_path(o, &s->rng);
        out_emit(o,
                 "\":{\"backupFileName\":\"%x@v1\",\"version\":1,\"backupTime\":\"%T\"}},"
                 "\"timestamp\":\"%T\"},"
                 "\"isSnapshotUpdate\":false}",
                 id.low, s->now_ms, s->now_ms);
    }
    line_end(s, false);
}
