#include "transcripts.h"

#include "clock.h"
#include "span.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void transcript_uuid(unsigned id, char out[37])
{
    (void)snprintf(out, 37, "%08x-0000-4000-8000-000000000000", id);
}

static void add_string(struct buf *b, const char *name, const char *value)
{
    if (value != NULL)
        buf_printf(b, "\"%s\":\"%s\",", name, value);
}

static void add_content(struct buf *b, const struct transcript_line *l)
{
    buf_append_span(b, SPAN("\"content\":["));
    if (l->text != NULL)
        buf_printf(b, "{\"type\":\"text\",\"text\":\"%s\"}", l->text);
    if (l->tool != NULL)
        buf_printf(b, "%s{\"type\":\"tool_use\",\"id\":\"c%u\",\"name\":\"%s\",\"input\":{}}",
                   l->text == NULL ? "" : ",", l->id, l->tool);
    buf_append_span(b, SPAN("]"));
}

void transcript_add(struct buf *b, const struct transcript_line *l)
{
    char uuid[37], time[CLOCK_RFC3339_SIZE];
    buf_append_span(b, SPAN("{\"parentUuid\":null,"));
    add_string(b, "cwd", l->cwd);
    add_string(b, "sessionId", l->session);
    add_string(b, "gitBranch", l->branch);
    if (l->time_ms != 0) {
        clock_format_rfc3339(l->time_ms, time);
        add_string(b, "timestamp", time);
    }
    if (l->id != 0) {
        transcript_uuid(l->id, uuid);
        add_string(b, "uuid", uuid);
    }
    add_string(b, "type", l->assistant ? "assistant" : "user");
    buf_append_span(b, SPAN("\"message\":{"));
    if (l->message_id != 0)
        buf_printf(b, "\"id\":\"msg_%u\",\"usage\":{\"input_tokens\":%u,\"output_tokens\":%u},",
                   l->message_id, l->input, l->output);
    if (l->assistant)
        add_string(b, "model", l->model);
    add_content(b, l);
    buf_append_span(b, SPAN("}}\n"));
}

void transcript_append(const struct temp_tree *t, const char *name, struct buf *b)
{
    struct stat st;
    if (stat(temp_tree_path(t, name), &st) != 0)
        temp_tree_write(t, name, SPAN(""));
    FILE *f = fopen(temp_tree_path(t, name), "ab");
    if (f == NULL || buf_failed(b) || fwrite(b->ptr, 1, b->len, f) != b->len || fclose(f) != 0) {
        perror(name);
        abort();
    }
    b->len = 0;
}

unsigned transcript_roll(uint64_t *state, unsigned n)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (unsigned)((*state * UINT64_C(2685821657736338717)) >> 33) % n;
}

void transcript_random(uint64_t *state, int64_t from_ms, int64_t length_ms,
                       struct transcript_line *l)
{
    static const char *const texts[] = {"apple pie",     "the worktree of apples", "stone",
                                        "Apple apple",   "nothing to see",         "a stone apple",
                                        "worktree stone"};
    static const char *const branches[] = {"main", "next", NULL};
    static const char *const models[] = {"claude-opus-4-6", "claude-sonnet-4", "unheard-of", NULL};
    static const char *const tools[] = {NULL, NULL, "Bash", "Edit"};
    static const char *const folders[] = {"/home/me/a", "/home/me/b", NULL};
    static const char *const sessions[] = {"s-one", "s-two", "s-three", NULL};
    unsigned ticks = (unsigned)(length_ms / 60000);
    *l = (struct transcript_line){
        .assistant = transcript_roll(state, 2) == 0,
        .id = transcript_roll(state, 9) == 0 ? 0 : 1 + transcript_roll(state, 4000),
        .session = sessions[transcript_roll(state, 4)],
        .time_ms = from_ms + (int64_t)transcript_roll(state, ticks) * 60000,
        .text = texts[transcript_roll(state, 7)],
        .cwd = folders[transcript_roll(state, 3)],
        .branch = branches[transcript_roll(state, 3)],
        .model = models[transcript_roll(state, 4)],
    };
    if (!l->assistant)
        return;
    l->tool = tools[transcript_roll(state, 4)];
    l->message_id = transcript_roll(state, 300);
    l->input = transcript_roll(state, 1000);
    l->output = transcript_roll(state, 1000);
}

void transcript_write_random(const struct temp_tree *t, uint64_t *state, int64_t from_ms,
                             int64_t length_ms, unsigned files, unsigned lines)
{
    struct buf b;
    buf_init(&b);
    for (unsigned f = 0; f < files; f++) {
        char name[64];
        struct transcript_line l;
        (void)snprintf(name, sizeof name, "p%u/file-%u.jsonl", f % 3, f);
        for (unsigned i = 0; i < lines; i++) {
            transcript_random(state, from_ms, length_ms, &l);
            transcript_add(&b, &l);
        }
        transcript_append(t, name, &b);
    }
    buf_clear(&b);
}
