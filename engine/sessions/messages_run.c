#include "messages_run.h"

#include "clock.h"
#include "error.h"
#include "hash.h"
#include "locate.h"
#include "span.h"
#include "thread.h"

#include <stdio.h>
#include <stdlib.h>

/* The caller sees the first member. */
struct messages_answer {
    struct messages_reply reply;
    struct arena arena;
};

#define CURSOR_SIZE 40

/* A thread only grows, so the number of a message is a lasting place in it; a check sum binds the
 * number to its file. */
static uint64_t cursor_check(const struct source *s, uint64_t first)
{
    return hash_64_seeded(s->name, first ^ UINT64_C(0x74687265616473)) >> 16;
}

static int cursor_write(const struct source *s, uint64_t first, struct arena *a, struct span *out)
{
    char *p = arena_alloc(a, CURSOR_SIZE);
    if (p == NULL)
        return -1;
    int n = snprintf(p, CURSOR_SIZE, "%llu-%012llx", (unsigned long long)first,
                     (unsigned long long)cursor_check(s, first));
    *out = (struct span){p, (size_t)n};
    return 0;
}

static int cursor_read(struct span text, const struct source *s, uint64_t *first, struct error *err)
{
    char copy[CURSOR_SIZE] = "", again[CURSOR_SIZE];
    unsigned long long number = 0;
    if (text.len < sizeof copy)
        memcpy(copy, text.ptr, text.len);
    *first = number = strtoull(copy, NULL, 10);
    int n = snprintf(again, sizeof again, "%llu-%012llx", number,
                     (unsigned long long)cursor_check(s, number));
    if (span_equal(text, (struct span){again, (size_t)n}))
        return 0;
    error_parameter(err, "cursor");
    return error_set(err, ERROR_INVALID_CURSOR, ERROR_NO_POSITION,
                     "this is not a cursor of this session; start again without one");
}

static int write_cursors(const struct source *s, const struct thread_result *t, uint32_t limit,
                         struct messages_answer *a)
{
    struct messages_reply *r = &a->reply;
    uint64_t behind = t->first + t->count;
    r->next_cursor = r->prev_cursor = SPAN("");
    if (behind < t->total && cursor_write(s, behind, &a->arena, &r->next_cursor) != 0)
        return -1;
    if (t->first == 0)
        return 0;
    uint64_t before = t->first > limit ? t->first - limit : 0;
    return cursor_write(s, before, &a->arena, &r->prev_cursor);
}

static int no_such_agent(const struct messages_request *r, struct error *err)
{
    return error_set(err, ERROR_NOT_FOUND, ERROR_NO_POSITION, "the session has no sub-agent %.*s",
                     (int)(r->agent.len > 64 ? 64 : r->agent.len), r->agent.ptr);
}

/* Which file, and what of it. */
static int choose(const struct environment *env, const struct messages_request *r,
                  struct cancel *cancel, struct messages_answer *a, const struct source **s,
                  struct thread_page *page, struct error *err)
{
    struct span session;
    if (locate_session(env, r->session, cancel, &a->arena, s, &session, err) != 0)
        return -1;
    if (r->agent.len > 0 && (*s = locate_agent(env->sources, session, r->agent)) == NULL)
        return no_such_agent(r, err);
    *page = (struct thread_page){
        .around = r->around, .limit = r->limit, .full = r->full, .raw = r->raw};
    if (r->agent.len == 0 && !span_equal((*s)->stem, session))
        page->session = session; /* no file of its own: only what is its own in this one */
    return r->cursor.len == 0 ? 0 : cursor_read(r->cursor, *s, &page->first, err);
}

static int fill(const struct environment *env, const struct messages_request *r,
                struct cancel *cancel, struct messages_answer *a, struct error *err)
{
    const struct source *s;
    struct thread_page page;
    struct thread_result t;
    if (choose(env, r, cancel, a, &s, &page, err) != 0 ||
        thread_read(env->sources, s, &page, cancel, &a->arena, &t, err) != 0)
        return -1;
    if (!t.found) {
        error_parameter(err, "around");
        return error_set(err, ERROR_NOT_FOUND, ERROR_NO_POSITION,
                         "the session has no message with that id");
    }
    a->reply.messages = t.messages;
    a->reply.count = t.count;
    a->reply.first = t.first;
    a->reply.total = t.total;
    return write_cursors(s, &t, r->limit, a) == 0 ? 0 : error_no_memory(err);
}

static struct messages_answer *new_answer(void)
{
    struct messages_answer *a = calloc(1, sizeof *a);
    if (a != NULL)
        arena_init(&a->arena);
    return a;
}

int messages_run(const struct environment *env, const struct messages_request *request,
                 struct cancel *cancel, struct messages_reply **out, struct error *err)
{
    uint64_t started = clock_monotonic_ns();
    struct messages_answer *a = new_answer();
    *out = NULL;
    if (a == NULL)
        return error_no_memory(err);
    if (fill(env, request, cancel, a, err) != 0) {
        messages_reply_free(&a->reply);
        return -1;
    }
    a->reply.took_ms = (double)(clock_monotonic_ns() - started) / 1e6;
    *out = &a->reply;
    return 0;
}

int message_run(const struct environment *env, struct span id, bool full, bool raw,
                struct cancel *cancel, struct messages_reply **out, struct error *err)
{
    uint64_t started = clock_monotonic_ns();
    const struct source *s;
    struct thread_page page = {.around = id, .limit = 1, .full = full, .raw = raw};
    struct thread_result t;
    struct messages_answer *a = new_answer();
    *out = NULL;
    if (a == NULL)
        return error_no_memory(err);
    if (locate_message(env, id, cancel, &s, err) != 0 ||
        thread_read(env->sources, s, &page, cancel, &a->arena, &t, err) != 0)
        goto fail;
    if (!t.found || t.count == 0) { /* it was deleted meanwhile */
        error_set(err, ERROR_NOT_FOUND, ERROR_NO_POSITION, "the message is gone");
        goto fail;
    }
    a->reply.messages = t.messages;
    a->reply.count = 1;
    a->reply.total = 1;
    a->reply.next_cursor = a->reply.prev_cursor = SPAN("");
    a->reply.took_ms = (double)(clock_monotonic_ns() - started) / 1e6;
    *out = &a->reply;
    return 0;
fail:
    messages_reply_free(&a->reply);
    return -1;
}

void messages_reply_free(struct messages_reply *r)
{
    struct messages_answer *a = (struct messages_answer *)r;
    if (a == NULL)
        return;
    arena_clear(&a->arena);
    free(a);
}

void messages_request_init(struct messages_request *r)
{
    *r = (struct messages_request){.limit = 100};
}
