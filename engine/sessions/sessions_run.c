#include "sessions_run.h"

#include "agent_meta.h"
#include "clock.h"
#include "collect.h"
#include "cursor.h"
#include "error.h"
#include "locate.h"
#include "pass.h"
#include "session_matches.h"
#include "session_show.h"
#include "span.h"

#include <stdio.h>
#include <stdlib.h>

/* The caller sees the first member. */
struct sessions_answer {
    struct sessions_reply reply;
    struct arena arena;
};

struct listing {
    const struct environment *env;
    const struct sessions_request *request;
    struct cancel *cancel;
    struct tally tally;
    struct session_table table;
    struct session_row **rows; /* those to be listed */
    size_t count;
    bool filtered;        /* a query or a filter was given */
    struct buf binding;   /* what a cursor is bound to */
    struct cursor cursor; /* of the request; without one only now_ms is set */
    struct sessions_answer *answer;
};

/* Everything, whatever the request asks for: a session is shown with the sums of all of it. */
static int tally_everything(struct listing *l, struct error *err)
{
    struct request_query all;
    request_query_init(&all);
    all.tz = l->request->query.tz; /* for its check alone */
    all.strategy = l->request->query.strategy;
    all.threads = l->request->query.threads;
    return tally_run(l->env, &all, l->cancel, &l->tally, err);
}

static bool is_filtered(const struct request_query *q)
{
    bool any = q->q.len > 0;
    for (int f = 0; f < FILTER_COUNT; f++)
        any |= q->value_count[f] > 0;
    return any;
}

static int compare_numbers(const void *a, const void *b)
{
    const struct session_row *x = a, *y = b;
    return (x->session > y->session) - (x->session < y->session);
}

/* Count the matches of each session; the numbers of sessions differ between the two result sets. */
static int add_matches(struct listing *l, const struct result_set *found)
{
    for (uint64_t k = 0; k < found->shown_count; k++) {
        const struct match *m = &found->all[found->shown[k]];
        struct span id = intern_get(&found->values, found->place_session[m->place]);
        struct session_row key = {.session = intern_find(&l->tally.results.values, id)};
        struct session_row *row =
            bsearch(&key, l->table.rows, l->table.count, sizeof key, compare_numbers);
        if (row != NULL)
            row->matches++;
    }
    return 0;
}

static int find_matches(struct listing *l, struct pass_outcome *outcome, struct error *err)
{
    struct compiled c;
    struct collector *collector = NULL;
    struct companion none = {0};
    struct result_set found;
    struct buf records;
    int rc = -1;
    result_set_init(&found);
    buf_init(&records);
    if (request_compile(l->env, &l->request->query, l->cursor.now_ms, l->cancel, &c, err) != 0)
        goto done;
    if (collector_new(l->env->sources, c.threads, c.query->needs_tools, &none, &collector) != 0) {
        error_no_memory(err);
        goto done;
    }
    if (pass_run(l->env, &c, collector, l->cancel, outcome, err) != 0)
        goto done;
    if (collector_finish(collector, &found, &records) != 0 ||
        result_set_collapse(&found, true) != 0 || result_set_places(&found) != 0)
        error_no_memory(err);
    else
        rc = add_matches(l, &found);
done:
    buf_clear(&records);
    result_set_clear(&found);
    collector_free(collector);
    compiled_clear(&c);
    return rc;
}

/* A place in the order of the list: what it is sorted by, then the id. */
struct list_key {
    int64_t last_ms;
    uint64_t size; /* messages or cost, where those decide */
    struct span id;
};

static struct list_key key_of(const struct listing *l, const struct session_row *row)
{
    enum sessions_sort sort = l->request->sort;
    return (struct list_key){
        .last_ms = sort == SESSIONS_NEWEST || sort == SESSIONS_OLDEST ? row->last_ms : 0,
        .size = sort == SESSIONS_LONGEST     ? row->messages
                : sort == SESSIONS_COSTLIEST ? row->cost_picodollars
                                             : 0,
        .id = intern_get(&l->tally.results.values, row->session)};
}

static int compare_keys(const struct listing *l, const struct list_key *x, const struct list_key *y)
{
    int order = (x->last_ms < y->last_ms) - (x->last_ms > y->last_ms);
    if (order == 0)
        order = (x->size < y->size) - (x->size > y->size);
    if (order == 0)
        order = span_compare(x->id, y->id);
    return l->request->sort == SESSIONS_OLDEST ? -order : order;
}

static int compare_rows(const void *a, const void *b, void *arg)
{
    const struct listing *l = arg;
    struct list_key x = key_of(l, *(struct session_row *const *)a);
    struct list_key y = key_of(l, *(struct session_row *const *)b);
    return compare_keys(l, &x, &y);
}

static int choose_rows(struct listing *l)
{
    l->rows = malloc((l->table.count + 1) * sizeof(struct session_row *));
    if (l->rows == NULL)
        return -1;
    for (size_t i = 0; i < l->table.count; i++)
        if (!l->filtered || l->table.rows[i].matches > 0)
            l->rows[l->count++] = &l->table.rows[i];
    if (l->count > 0)
        qsort_r(l->rows, l->count, sizeof *l->rows, compare_rows, l);
    return 0;
}

/* A name or a text of the request, so that none can be taken for two others. */
static void add_bound(struct buf *b, struct span s)
{
    buf_printf(b, "%zu ", s.len);
    buf_append_span(b, s);
}

/* What a cursor is bound to: all of the request that decides which sessions are listed, in which
 * order.  Relative dates count from the time in the cursor. */
static int describe(struct listing *l)
{
    const struct request_query *q = &l->request->query;
    struct buf *b = &l->binding;
    buf_printf(b, "sessions %d %d %d %d %d\n", (int)l->request->sort, (int)q->mode,
               (int)q->letter_case, q->word, q->dedupe);
    add_bound(b, q->tz);
    add_bound(b, q->q);
    for (int f = 0; f < FILTER_COUNT; f++)
        for (uint32_t i = 0; i < q->value_count[f]; i++) {
            buf_printf(b, "\n%d ", f);
            add_bound(b, q->values[f][i]);
        }
    return buf_failed(b) ? -1 : 0;
}

/* A cursor holds the place of the last session shown, and the time that the first page began at. */
static int read_cursor(struct listing *l, struct error *err)
{
    uint64_t check;
    if (describe(l) != 0)
        return error_no_memory(err);
    l->cursor.now_ms = l->request->query.now_ms != 0 ? l->request->query.now_ms : clock_now_ms();
    if (l->request->cursor.len == 0)
        return 0;
    if (cursor_read(l->request->cursor, &l->answer->arena, &l->cursor, &check, err) != 0)
        return -1;
    if (cursor_check(&l->cursor, buf_span(&l->binding)) != check) {
        error_parameter(err, "cursor");
        return error_set(err, ERROR_INVALID_CURSOR, ERROR_NO_POSITION,
                         "the cursor belongs to another request; start again without one");
    }
    return 0;
}

/* Behind the place in the cursor, not its session: one that grew since has another place. */
static size_t first_row(const struct listing *l)
{
    struct list_key last = {l->cursor.time_ms, l->cursor.offset, l->cursor.source};
    size_t first = 0;
    for (; l->request->cursor.len > 0 && first < l->count; first++) {
        struct list_key key = key_of(l, l->rows[first]);
        if (compare_keys(l, &key, &last) > 0)
            break;
    }
    return first;
}

static int write_cursor(struct listing *l, const struct session_row *row)
{
    struct list_key last = key_of(l, row);
    struct cursor c = {.now_ms = l->cursor.now_ms,
                       .source = last.id,
                       .time_ms = last.last_ms,
                       .offset = last.size};
    return cursor_write(&c, buf_span(&l->binding), &l->answer->arena,
                        &l->answer->reply.next_cursor);
}

static int show_page(struct listing *l, struct error *err)
{
    struct sessions_answer *a = l->answer;
    size_t first = first_row(l);
    size_t n = l->count - first < l->request->limit ? l->count - first : l->request->limit;
    struct reply_session *out = arena_alloc(&a->arena, (n + 1) * sizeof *out);
    if (out == NULL)
        return error_no_memory(err);
    if (session_show(l->env, &l->tally, (const struct session_row *const *)(l->rows + first), n,
                     &a->arena, out, err) != 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        out[i].has_matches = l->filtered;
    a->reply.sessions = out;
    a->reply.count = (uint32_t)n;
    a->reply.total = l->count;
    a->reply.next_cursor = SPAN("");
    if (n > 0 && first + n < l->count && write_cursor(l, l->rows[first + n - 1]) != 0)
        return error_no_memory(err);
    return 0;
}

static int list_sessions(struct listing *l, const struct pricing *pricing, struct error *err)
{
    struct pass_outcome outcome = {0};
    if (tally_everything(l, err) != 0)
        return -1;
    if (session_table_make(&l->tally, l->env->sources, pricing, &l->table) != 0)
        return error_no_memory(err);
    l->filtered = is_filtered(&l->request->query);
    if (l->filtered && find_matches(l, &outcome, err) != 0)
        return -1;
    if (choose_rows(l) != 0)
        return error_no_memory(err);
    struct scan_outcome *o = &l->tally.outcome;
    if (o->stopped == CANCEL_NONE && l->filtered)
        o = &outcome.scan;
    l->answer->reply.incomplete_reason = request_incomplete(o);
    l->answer->reply.complete = l->answer->reply.incomplete_reason == INCOMPLETE_NONE;
    return 0;
}

static int begin_answer(struct listing *l, struct error *err)
{
    l->answer = calloc(1, sizeof *l->answer);
    if (l->answer == NULL)
        return error_no_memory(err);
    arena_init(&l->answer->arena);
    buf_init(&l->binding);
    return 0;
}

/* Hand the answer out if all went well (${rc}), and free everything else. */
static int end_answer(struct listing *l, int rc, uint64_t started, struct sessions_reply **out)
{
    if (rc == 0) {
        l->answer->reply.took_ms = (double)(clock_monotonic_ns() - started) / 1e6;
        *out = &l->answer->reply;
    } else {
        sessions_reply_free(&l->answer->reply);
    }
    buf_clear(&l->binding);
    free(l->rows);
    session_table_clear(&l->table);
    tally_clear(&l->tally);
    return rc;
}

int sessions_run(const struct environment *env, const struct pricing *pricing,
                 const struct sessions_request *request, struct cancel *cancel,
                 struct sessions_reply **out, struct error *err)
{
    uint64_t started = clock_monotonic_ns();
    struct listing l = {.env = env, .request = request, .cancel = cancel};
    *out = NULL;
    if (begin_answer(&l, err) != 0)
        return -1;
    int rc = read_cursor(&l, err);
    if (rc == 0)
        rc = list_sessions(&l, pricing, err);
    if (rc == 0)
        rc = show_page(&l, err);
    return end_answer(&l, rc, started, out);
}

/* The calls that started the agents, from the main transcripts. */
static int read_calls(struct listing *l, struct span id, struct reader *reader,
                      struct reply_agent *agents, uint32_t count)
{
    const struct source_list *list = l->env->sources;
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < list->count; i++)
        if (source_is_named(&list->items[i], id))
            rc = agent_calls_read(reader, &list->items[i], &l->answer->arena, agents, count);
    return rc;
}

/* The one session and its agents, from the sums over everything. */
static int show_one(struct listing *l, struct span id, struct error *err)
{
    struct sessions_answer *a = l->answer;
    struct reader *reader = NULL;
    struct reply_agent *agents = NULL;
    struct session_row key = {.session = intern_find(&l->tally.results.values, id)};
    const struct session_row *row =
        bsearch(&key, l->table.rows, l->table.count, sizeof key, compare_numbers);
    struct reply_session *out = arena_alloc(&a->arena, sizeof *out);
    if (row == NULL)
        return locate_no_session(id, err);
    if (out == NULL || session_show(l->env, &l->tally, &row, 1, &a->arena, out, err) != 0)
        return error_no_memory(err);
    int rc =
        session_agents(l->env, &l->tally, row->session, &a->arena, &agents, &a->reply.agent_count);
    if (rc == 0)
        rc = reader_new(&reader);
    if (rc == 0)
        rc = read_calls(l, id, reader, agents, a->reply.agent_count);
    reader_free(reader);
    a->reply.sessions = out;
    a->reply.agents = agents;
    a->reply.count = 1;
    a->reply.total = 1;
    a->reply.next_cursor = SPAN("");
    return rc == 0 ? 0 : error_no_memory(err);
}

int session_run(const struct environment *env, const struct pricing *pricing, struct span id,
                struct cancel *cancel, struct sessions_reply **out, struct error *err)
{
    uint64_t started = clock_monotonic_ns();
    struct sessions_request request;
    struct listing l = {.env = env, .request = &request, .cancel = cancel};
    struct span full;
    sessions_request_init(&request);
    *out = NULL;
    if (begin_answer(&l, err) != 0)
        return -1;
    int rc = locate_session(env, id, cancel, &l.answer->arena, &full, err);
    if (rc == 0)
        rc = list_sessions(&l, pricing, err);
    if (rc == 0 && !l.answer->reply.complete) /* sums of a part would pass for the session's */
        rc = error_given_up(err, cancel_poll(cancel));
    if (rc == 0)
        rc = show_one(&l, full, err);
    return end_answer(&l, rc, started, out);
}

void sessions_request_init(struct sessions_request *r)
{
    *r = (struct sessions_request){.sort = SESSIONS_NEWEST, .limit = 20};
    request_query_init(&r->query);
}

void sessions_reply_free(struct sessions_reply *r)
{
    struct sessions_answer *a = (struct sessions_answer *)r;
    if (a == NULL)
        return;
    arena_clear(&a->arena);
    free(a);
}
