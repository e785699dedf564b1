#include "tail_calls.h"

#include "arena.h"
#include "call_map.h"
#include "error.h"
#include "lines.h"
#include "span.h"
#include "span_set.h"

#include <string.h>

#define FIRST_WINDOW ((uint64_t)64 << 10) /* doubles with each step back */

/* The ids of calls in a range of lines. */
struct answers {
    struct arena arena;
    struct call_map made;   /* there */
    struct span_set wanted; /* answered there, and not made before in it */
};

static void answers_init(struct answers *a)
{
    arena_init(&a->arena);
    call_map_init(&a->made);
    span_set_init(&a->wanted);
}

static void answers_clear(struct answers *a)
{
    arena_clear(&a->arena);
    call_map_clear(&a->made);
    span_set_clear(&a->wanted);
}

static int note_ids(void *arg, const struct message *m)
{
    struct answers *a = arg;
    for (uint32_t i = 0; i < m->result_ids.count; i++) {
        struct span id = m->result_ids.items[i];
        if (call_map_get(&a->made, id).ptr == NULL &&
            (arena_copy(&a->arena, id, &id) != 0 || span_set_add(&a->wanted, id) != 0))
            return -1;
    }
    for (uint32_t i = 0; i < m->tool_ids.count; i++)
        if (call_map_put(&a->made, m->tool_ids.items[i], SPAN("made")) != 0)
            return -1;
    return 0;
}

/* Whether the line may make or answer a call: a key or type stands there, or an escape could spell it. */
static bool may_matter(struct span line)
{
    return memmem(line.ptr, line.len, "tool_use", 8) != NULL ||
           memmem(line.ptr, line.len, "\\u", 2) != NULL;
}

static int read_answers(struct reader *r, struct extractor *x, const struct source *s,
                        const struct facts *facts, uint64_t begin, uint64_t end, struct answers *a,
                        struct error *err)
{
    struct block b;
    int more;
    if (reader_open(r, s, begin, end, err) != 0)
        return -1;
    if (extract_begin(x, s, facts, NULL) != 0)
        return error_no_memory(err);
    while ((more = reader_next(r, &b, err)) == 1) {
        struct span rest = {b.ptr, b.len}, line;
        while (lines_next(&rest, &line))
            if (may_matter(line) &&
                extract_line(x, line, b.offset + (uint64_t)(line.ptr - b.ptr), 0,
                             b.unterminated && rest.len == 0, note_ids, a) != 0)
                return error_no_memory(err);
    }
    return more;
}

static bool knows_all(const struct tool_calls *calls, const struct span_set *ids, uint64_t before)
{
    for (size_t i = 0; i < ids->count; i++)
        if (tool_calls_name(calls, ids->items[i], before).ptr == NULL)
            return false;
    return true;
}

/* Window by window, each of the lines that start in it: no line is read twice. */
static int look_back(struct reader *r, const struct source *s, uint64_t from,
                     const struct span_set *ids, struct tool_calls **calls, struct error *err)
{
    uint64_t end = from, window = FIRST_WINDOW;
    while (end > 0 && (*calls == NULL || !knows_all(*calls, ids, from))) {
        struct tool_calls *older;
        uint64_t begin = end > window ? end - window : 0;
        if (tool_calls_read(r, s, begin, end, &older, err) != 0)
            return -1;
        int rc = *calls == NULL ? 0 : tool_calls_join(older, *calls);
        tool_calls_free(*calls);
        *calls = older;
        if (rc != 0)
            return error_no_memory(err);
        end = begin;
        window *= 2;
    }
    return 0;
}

int tail_calls_read(struct reader *r, struct extractor *x, const struct source *s,
                    const struct facts *facts, uint64_t begin, uint64_t end,
                    struct tool_calls **out, struct error *err)
{
    struct answers a;
    *out = NULL;
    answers_init(&a);
    int rc = read_answers(r, x, s, facts, begin, end, &a, err);
    if (rc == 0 && a.wanted.count > 0)
        rc = look_back(r, s, begin, &a.wanted, out, err);
    answers_clear(&a);
    if (rc != 0) {
        tool_calls_free(*out);
        *out = NULL;
    }
    return rc;
}
