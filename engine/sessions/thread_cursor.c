#include "thread_cursor.h"

#include "error.h"
#include "hash.h"
#include "span.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CURSOR_SIZE 144

uint64_t thread_cursor_name(struct span agent)
{
    return agent.ptr == NULL ? 0 : hash_64(agent) | 1;
}

/* The check sum binds all of it to the session. */
static int print(const struct thread_cursor *c, struct span session, char text[CURSOR_SIZE])
{
    int n = snprintf(
        text, CURSOR_SIZE, "%c%" PRIx64 "-%" PRIx64 "-%" PRIx64 "-%" PRIx32 "-%" PRIx64,
        c->after ? 'a' : 'b', c->thread, c->source, c->offset, c->position, (uint64_t)c->time_ms);
    uint64_t check = hash_64_seeded((struct span){text, (size_t)n}, hash_64(session));
    return n + snprintf(text + n, CURSOR_SIZE - (size_t)n, "-%012" PRIx64, check >> 16);
}

int thread_cursor_write(const struct source_list *list, struct span session, struct span agent,
                        const struct thread_item *item, bool after, struct arena *arena,
                        struct span *out)
{
    struct thread_cursor c = {.after = after,
                              .thread = thread_cursor_name(agent),
                              .source = hash_64(list->items[item->match->source].name),
                              .offset = item->match->offset,
                              .position = item->match->position,
                              .time_ms = item->time_ms};
    char text[CURSOR_SIZE];
    int n = print(&c, session, text);
    return arena_copy(arena, (struct span){text, (size_t)n}, out);
}

int thread_cursor_read(struct span text, struct span session, struct thread_cursor *out,
                       struct error *err)
{
    char copy[CURSOR_SIZE] = "", again[CURSOR_SIZE];
    uint64_t value[5] = {0};
    if (text.len > 0 && text.len < sizeof copy)
        memcpy(copy, text.ptr, text.len);
    char *at = copy + (copy[0] != '\0');
    for (size_t i = 0; i < 5; i++) {
        value[i] = strtoull(at, &at, 16);
        at += *at == '-';
    }
    *out = (struct thread_cursor){.after = copy[0] == 'a',
                                  .thread = value[0],
                                  .source = value[1],
                                  .offset = value[2],
                                  .position = (uint32_t)value[3],
                                  .time_ms = (int64_t)value[4]};
    int n = print(out, session, again);
    if (span_equal(text, (struct span){again, (size_t)n}))
        return 0;
    error_parameter(err, "cursor");
    return error_set(err, ERROR_INVALID_CURSOR, ERROR_NO_POSITION,
                     "this is not a cursor of this session; start again without one");
}

/* Whether the item stands behind the place, if the message of the cursor does not show it. */
static bool is_behind(const struct thread_cursor *c, const struct source_list *list,
                      const struct thread_item *item)
{
    const struct match *m = item->match;
    if (item->time_ms != c->time_ms)
        return item->time_ms > c->time_ms;
    if (hash_64(list->items[m->source].name) != c->source)
        return false;
    return m->offset != c->offset ? m->offset > c->offset : m->position > c->position;
}

size_t thread_cursor_place(const struct thread_cursor *c, const struct source_list *list,
                           const struct session_thread *t)
{
    for (size_t i = 0; i < t->count; i++) {
        const struct match *m = t->items[i].match;
        if (m->offset == c->offset && m->position == c->position &&
            hash_64(list->items[m->source].name) == c->source)
            return i + c->after;
    }
    size_t i = 0;
    while (i < t->count && !is_behind(c, list, &t->items[i]))
        i++;
    return i;
}
