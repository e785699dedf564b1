#include "messages_run.h"

#include "clock.h"
#include "error.h"
#include "hash.h"
#include "locate.h"
#include "open_thread.h"
#include "span.h"
#include "thread.h"
#include "thread_cursor.h"

#include <stdlib.h>

/* The caller sees the first member. */
struct messages_answer {
    struct messages_reply reply;
    struct arena arena;
};

/* A request on its way. */
struct request {
    const struct environment *env;
    const struct messages_request *asked;
    struct cancel *cancel;
    struct messages_answer *answer;
    struct open_thread open;
    size_t first; /* place in the thread */
};

static int no_such_message(struct error *err)
{
    error_parameter(err, "around");
    return error_set(err, ERROR_NOT_FOUND, ERROR_NO_POSITION,
                     "the session has no message with that id");
}

static int make_thread(struct request *r, struct span agent, struct error *err)
{
    return open_thread_choose(&r->open, r->env->sources, agent, err);
}

/* The thread that a cursor names. */
static int thread_of_cursor(struct request *r, struct error *err)
{
    struct thread_cursor c;
    struct span agent = r->asked->agent;
    if (thread_cursor_read(r->asked->cursor, r->open.session, &c, err) != 0)
        return -1;
    for (size_t i = 0; r->asked->agent.ptr == NULL && i < r->open.matches.count; i++) {
        const struct match *m = &r->open.matches.items[i].match;
        struct span name = source_thread(&r->env->sources->items[m->source]);
        if (c.thread != 0 && thread_cursor_name(name) == c.thread)
            agent = name;
    }
    if (thread_cursor_name(agent) != c.thread || (r->asked->main_only && c.thread != 0)) {
        error_parameter(err, "cursor");
        return error_set(err, ERROR_INVALID_CURSOR, ERROR_NO_POSITION,
                         "the cursor belongs to another thread; start again without one");
    }
    if (make_thread(r, agent, err) != 0)
        return -1;
    r->first = thread_cursor_place(&c, r->env->sources, &r->open.thread);
    return 0;
}

/* The record with the id that is asked for: of several the one that a search shows, but one of the main thread
 * before others where no thread was named.  NULL if there is none. */
static const struct match *find_around(const struct request *r, struct hash128 identity)
{
    const struct match *best = NULL;
    bool best_is_main = false;
    for (size_t i = 0; i < r->open.matches.count; i++) {
        const struct match *m = &r->open.matches.items[i].match;
        const struct source *s = &r->env->sources->items[m->source];
        if (!hash128_equal(m->identity, identity))
            continue;
        bool is_main = !s->is_agent;
        if (best == NULL || (is_main && !best_is_main) ||
            (is_main == best_is_main && match_is_preferred(m, best))) {
            best = m;
            best_is_main = is_main;
        }
    }
    return best;
}

/* What the id of ${r}->asked->around stands for: a uuid, or the hash of a place. */
static int around_identity(const struct request *r, struct hash128 *identity, struct error *err)
{
    struct span id = r->asked->around;
    const struct match **list;
    size_t found = SIZE_MAX;
    *identity = hash_128(id);
    if (find_around(r, *identity) != NULL || !locate_is_made_id(id))
        return 0;
    list = malloc((r->open.matches.count + 1) * sizeof *list);
    for (size_t i = 0; list != NULL && i < r->open.matches.count; i++)
        list[i] = &r->open.matches.items[i].match;
    int rc = list == NULL
                 ? error_no_memory(err)
                 : locate_unnamed(r->env->sources, list, r->open.matches.count, id, &found, err);
    if (rc == 0 && found != SIZE_MAX)
        *identity = list[found]->identity;
    free(list);
    return rc;
}

/* The thread in which a message is, and a page that has it in the middle. */
static int thread_around(struct request *r, struct error *err)
{
    struct hash128 identity;
    struct span agent = r->asked->agent;
    if (around_identity(r, &identity, err) != 0)
        return -1;
    const struct match *m = find_around(r, identity);
    if (m == NULL)
        return no_such_message(err);
    if (make_thread(r, agent, err) != 0)
        return -1;
    size_t at = session_thread_find(&r->open.thread, identity);
    if (at == r->open.thread.count && agent.ptr == NULL && !r->asked->main_only) {
        if (make_thread(r, source_thread(&r->env->sources->items[m->source]), err) != 0)
            return -1;
        at = session_thread_find(&r->open.thread, identity);
    }
    if (at == r->open.thread.count)
        return no_such_message(err);
    r->first = at > r->asked->limit / 2 ? at - r->asked->limit / 2 : 0;
    return 0;
}

/* Which thread, and where in it. */
static int choose(struct request *r, struct error *err)
{
    const struct messages_request *asked = r->asked;
    if (asked->cursor.len > 0 && asked->around.len > 0) {
        error_parameter(err, "cursor");
        return error_set(err, ERROR_INVALID_PARAMETER, ERROR_NO_POSITION,
                         "expected either around or cursor: a cursor says where its page begins");
    }
    if (open_thread_find(r->env, asked->session, r->cancel, &r->open, err) != 0)
        return -1;
    if (asked->cursor.len > 0)
        return thread_of_cursor(r, err);
    if (asked->around.len > 0)
        return thread_around(r, err);
    return make_thread(r, asked->agent, err);
}

static int write_cursors(const struct request *r, struct error *err)
{
    const struct session_thread *t = &r->open.thread;
    struct messages_reply *reply = &r->answer->reply;
    struct arena *arena = &r->answer->arena;
    size_t limit = r->asked->limit, behind = r->first + limit;
    if (behind < t->count &&
        thread_cursor_write(r->env->sources, r->open.session, r->open.agent, &t->items[behind - 1],
                            true, arena, &reply->next_cursor) != 0)
        return error_no_memory(err);
    size_t before = r->first > limit ? r->first - limit : 0;
    if (r->first > 0 &&
        thread_cursor_write(r->env->sources, r->open.session, r->open.agent, &t->items[before],
                            false, arena, &reply->prev_cursor) != 0)
        return error_no_memory(err);
    return 0;
}

/* The messages of the page; no cursors. */
static int read_page(struct request *r, struct error *err)
{
    const struct session_thread *of = &r->open.thread;
    struct messages_reply *reply = &r->answer->reply;
    struct thread_result t;
    struct thread_page page = {
        .first = r->first, .limit = r->asked->limit, .full = r->asked->full, .raw = r->asked->raw};
    if (thread_read(r->env, of->items, of->count, &page, r->cancel, &r->answer->arena, &t, err) !=
        0)
        return -1;
    reply->messages = t.messages;
    reply->count = t.count;
    reply->first = r->first;
    reply->total = of->count;
    reply->next_cursor = reply->prev_cursor = SPAN("");
    return 0;
}

static int fill(struct request *r, struct error *err)
{
    if (choose(r, err) != 0 || open_thread_check(&r->open, err) != 0 || read_page(r, err) != 0)
        return -1;
    return write_cursors(r, err);
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
    struct request r = {.env = env, .asked = request, .cancel = cancel, .answer = a};
    int rc = fill(&r, err);
    open_thread_clear(&r.open);
    if (rc != 0) {
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
    struct match match;
    struct thread_item item = {.match = &match};
    struct thread_page page = {.limit = 1, .full = full, .raw = raw};
    struct thread_result t;
    struct messages_answer *a = new_answer();
    *out = NULL;
    if (a == NULL)
        return error_no_memory(err);
    if (locate_message(env, id, cancel, &match, err) != 0 ||
        thread_read(env, &item, 1, &page, cancel, &a->arena, &t, err) != 0)
        goto fail;
    if (t.count == 0) { /* it was deleted meanwhile */
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

/* --- a thread from beginning to end -------------------------------------------------------------- */

struct thread_walk {
    struct messages_request asked;
    struct request request; /* without an answer between two pages */
};

int thread_walk_new(const struct environment *env, const struct messages_request *request,
                    struct cancel *cancel, struct thread_walk **out, struct error *err)
{
    struct thread_walk *w = calloc(1, sizeof *w);
    if (w == NULL)
        return error_no_memory(err);
    struct request *r = &w->request;
    w->asked = *request;
    *r = (struct request){.env = env, .asked = &w->asked};
    int rc = open_thread_find(env, request->session, cancel, &r->open, err);
    if (rc == 0 && arena_copy_any(&r->open.arena, request->agent, &w->asked.agent) != 0)
        rc = error_no_memory(err);
    if (rc == 0)
        rc = open_thread_choose(&r->open, env->sources, w->asked.agent, err);
    if (rc == 0)
        rc = open_thread_check(&r->open, err);
    if (rc != 0) {
        thread_walk_free(w);
        return -1;
    }
    *out = w;
    return 0;
}

int thread_walk_next(struct thread_walk *w, struct cancel *cancel, struct messages_reply **out,
                     struct error *err)
{
    uint64_t started = clock_monotonic_ns();
    struct request *r = &w->request;
    struct messages_answer *a = new_answer();
    *out = NULL;
    if (a == NULL)
        return error_no_memory(err);
    r->cancel = cancel;
    r->answer = a;
    if (read_page(r, err) != 0) {
        messages_reply_free(&a->reply);
        return -1;
    }
    r->first += w->asked.limit;
    a->reply.took_ms = (double)(clock_monotonic_ns() - started) / 1e6;
    *out = &a->reply;
    return 0;
}

bool thread_walk_ended(const struct thread_walk *w)
{
    return w->request.first >= w->request.open.thread.count;
}

void thread_walk_free(struct thread_walk *w)
{
    if (w == NULL)
        return;
    open_thread_clear(&w->request.open);
    free(w);
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
