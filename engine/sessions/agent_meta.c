#include "agent_meta.h"

#include "json.h"
#include "json_rewrite.h"
#include "lines.h"
#include "span.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define META_SIZE 65536

/* Names of members to read as text, and where to. */
struct wanted {
    struct span name;
    struct span *to;
};

/* Read string members of the object at the cursor. */
static int read_members(struct json *c, const struct wanted *list, size_t n, struct arena *arena)
{
    struct json_string key, s;
    bool first = true;
    if (!json_at(c, '{') || json_enter(c) != 0)
        return 0;
    while (json_member(c, &first, &key) > 0) {
        struct span *to = NULL;
        for (size_t i = 0; i < n; i++)
            if (json_key_is(&key, list[i].name))
                to = list[i].to;
        if (to != NULL && json_at(c, '"')) {
            if (json_string(c, &s) != 0)
                return 0;
            if (json_text(&s, arena, to) != 0)
                return -1;
        } else if (json_skip(c) != 0) {
            return 0;
        }
    }
    return 0;
}

/* The path of agent-<id>.meta.json beside agent-<id>.jsonl. */
static int meta_path(const struct source *s, char *out, size_t size)
{
    const struct span suffix = SPAN(".jsonl"), meta = SPAN(".meta.json");
    if (!span_ends_with(s->path, suffix) || s->path.len + meta.len >= size)
        return -1;
    size_t stem = s->path.len - suffix.len;
    memcpy(out, s->path.ptr, stem);
    memcpy(out + stem, meta.ptr, meta.len + 1);
    return 0;
}

int agent_meta_read(const struct source *s, struct arena *arena, struct reply_agent *out)
{
    char path[4096];
    if (meta_path(s, path, sizeof path) != 0)
        return 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return 0;
    char *text = arena_zalloc(arena, META_SIZE + READER_PADDING);
    ssize_t n = text == NULL ? -1 : read(fd, text, META_SIZE);
    (void)close(fd);
    if (text == NULL)
        return -1;
    struct wanted list[] = {{SPAN("agentType"), &out->agent_type},
                            {SPAN("description"), &out->description},
                            {SPAN("toolUseId"), &out->tool_use_id}};
    struct json c = {.p = text, .end = text + (n > 0 ? n : 0), .kernels = json_kernels_best()};
    json_space(&c);
    return read_members(&c, list, sizeof list / sizeof list[0], arena);
}

/* Where the value of a member stands; the cursor is at an object. */
static bool member(struct json c, struct span name, struct json *out)
{
    struct json_string key;
    bool first = true, found = false;
    if (!json_at(&c, '{') || json_enter(&c) != 0)
        return false;
    while (json_member(&c, &first, &key) > 0) {
        if (json_key_is(&key, name)) {
            *out = c;
            found = true;
        }
        if (json_skip(&c) != 0)
            break;
    }
    return found;
}

/* tool_use_id of the first tool_result in message.content. */
static int result_id(struct json c, struct arena *arena, struct span *id)
{
    struct json message, content;
    bool first = true;
    if (!member(c, SPAN("message"), &message) || !member(message, SPAN("content"), &content) ||
        !json_at(&content, '[') || json_enter(&content) != 0)
        return 0;
    while (id->ptr == NULL && json_item(&content, &first) > 0) {
        struct wanted list[] = {{SPAN("tool_use_id"), id}};
        struct json item = content;
        if (read_members(&item, list, 1, arena) != 0)
            return -1;
        if (json_skip(&content) != 0)
            break;
    }
    return 0;
}

/* A line with "agentId" inside toolUseResult: the result of the call that ran the agent. */
static int read_line(struct span line, struct arena *arena, struct reply_agent *agents,
                     uint32_t count)
{
    struct json c = {.p = line.ptr, .end = line.ptr + line.len, .kernels = json_kernels_best()};
    struct json result;
    struct span agent = {NULL, 0}, id = {NULL, 0}, uuid = {NULL, 0};
    struct wanted of_result[] = {{SPAN("agentId"), &agent}};
    struct wanted of_record[] = {{SPAN("sourceToolAssistantUUID"), &uuid}};
    json_space(&c);
    if (!member(c, SPAN("toolUseResult"), &result))
        return 0;
    if (read_members(&result, of_result, 1, arena) != 0)
        return -1;
    for (uint32_t i = 0; agent.ptr != NULL && i < count; i++) {
        if (!span_equal(agents[i].agent, agent))
            continue;
        struct json again = c;
        if (result_id(c, arena, &id) != 0 || read_members(&again, of_record, 1, arena) != 0)
            return -1;
        if (agents[i].tool_use_id.ptr == NULL)
            agents[i].tool_use_id = id;
        if (uuid.len > 0)
            agents[i].tool_message_id = uuid;
    }
    return 0;
}

int agent_calls_read(struct reader *r, const struct source *main, struct arena *arena,
                     struct reply_agent *agents, uint32_t count)
{
    static const char mark[] = "\"agentId\"";
    struct block b;
    if (count == 0 || reader_open(r, main, 0, main->size, NULL) != 0)
        return 0;
    while (reader_next(r, &b, NULL) > 0) {
        struct span all = {b.ptr, b.len};
        const char *at = all.ptr, *end = all.ptr + all.len;
        while ((at = memmem(at, (size_t)(end - at), mark, sizeof mark - 1)) != NULL) {
            struct span line = lines_around(all, (size_t)(at - all.ptr));
            if (read_line(line, arena, agents, count) != 0)
                return -1;
            at = line.ptr + line.len;
        }
    }
    return 0;
}
