#include "index_query.h"

#include "candidates.h"
#include "clock.h"
#include "query_worker.h"
#include "team.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

/* Below this much work a second thread costs more than it brings: at the end of the loop it
 * may be waited for as long as a scheduler tick. */
#define PARALLEL_BYTES (10u << 20)
#define ROW_BYTES 64 /* a row without its text counts as so much work */
#define UNIT_BYTES (256u << 10)
#define UNITS_OF_FEW 16 /* a query of more lets others go first, again and again */

/* Consecutive candidate blocks of one segment. */
struct unit {
    uint32_t segment;
    uint32_t begin;
    uint32_t end;
};

/* One query on its way. */
struct asking {
    const struct snapshot *snapshot;
    const struct index_query *query;
    struct query_plan plan;
    struct candidates candidates;
    bool every;
    uint64_t unit_bytes;
    struct unit *units;
    size_t unit_count;
    size_t unit_capacity;
    uint64_t work; /* bytes, rows included */
    struct index_outcome *out;
    atomic_bool failed;
};

/* --- candidates ---------------------------------------------------------------------------------- */

static struct index_step *add_step(struct index_outcome *out, const char *name, uint64_t before)
{
    struct index_step *s = &out->step[out->steps++];
    *s = (struct index_step){.step = name, .before = before};
    return s;
}

/* Living rows of [row, end). */
static uint64_t living(const struct snapshot_segment *v, uint32_t row, uint32_t end)
{
    const struct segment *s = v->segment;
    uint64_t rows = 0;
    for (uint32_t run = segment_run_of(s, row); row < end; row = s->run[run++].end) {
        uint32_t stop = s->run[run].end < end ? s->run[run].end : end;
        rows += v->run_source[run] == SNAPSHOT_DEAD ? 0 : stop - row;
    }
    return rows;
}

static uint64_t rows_in(const struct snapshot_segment *v, const uint64_t *set)
{
    const struct segment *s = v->segment;
    bool whole = v->live_rows == s->rows;
    uint64_t rows = 0;
    for (uint32_t b = 0; b < s->blocks; b++) {
        uint32_t row = s->block[b].row, end = s->block[b + 1].row;
        if (set[b / 64] >> b % 64 & 1)
            rows += whole ? end - row : living(v, row, end);
    }
    return rows;
}

static int push_unit(struct asking *a, struct unit u)
{
    if (a->unit_count == a->unit_capacity) {
        size_t capacity = a->unit_capacity == 0 ? 64 : 2 * a->unit_capacity;
        void *p = realloc(a->units, capacity * sizeof *a->units);
        if (p == NULL)
            return -1;
        a->units = p;
        a->unit_capacity = capacity;
    }
    a->units[a->unit_count++] = u;
    return 0;
}

static uint64_t block_work(const struct segment *s, uint32_t b)
{
    uint32_t first = s->block[b].row, end = s->block[b + 1].row;
    return s->text_at[end] - s->text_at[first] + (uint64_t)(end - first) * ROW_BYTES;
}

static int push_blocks(struct asking *a, uint32_t segment, const uint64_t *set)
{
    const struct segment *s = a->snapshot->segments[segment].segment;
    struct unit u = {segment, 0, 0};
    uint64_t work = 0;
    for (uint32_t b = 0; b < s->blocks; b++) {
        if (!(set[b / 64] >> b % 64 & 1))
            continue;
        a->out->candidate_blocks++;
        if (u.end != b || work >= a->unit_bytes) {
            if (u.end > u.begin && push_unit(a, u) != 0)
                return -1;
            a->work += work;
            u.begin = b;
            work = 0;
        }
        u.end = b + 1;
        work += block_work(s, b);
    }
    a->work += work;
    return u.end > u.begin ? push_unit(a, u) : 0;
}

static int choose_in_segment(struct asking *a, uint32_t segment, struct index_step *time,
                             struct index_step *text)
{
    const struct snapshot_segment *v = &a->snapshot->segments[segment];
    const struct segment *s = v->segment;
    size_t words = (s->blocks + 63) / 64;
    uint64_t *set = malloc((words + 1) * sizeof *set);
    int rc = 0;
    if (set == NULL)
        return -1;
    memset(set, 0xFF, words * sizeof *set);
    if (!a->every) {
        candidates_time(&a->candidates, s, set);
        time->after += rows_in(v, set);
        uint64_t start = clock_monotonic_ns();
        rc = candidates_text(&a->candidates, s, set);
        text->ms += (double)(clock_monotonic_ns() - start) / 1e6;
        text->after += rows_in(v, set);
    } else {
        time->after += rows_in(v, set);
        text->after += rows_in(v, set);
    }
    if (rc == 0)
        rc = push_blocks(a, segment, set);
    free(set);
    return rc;
}

static int choose_blocks(struct asking *a)
{
    const struct snapshot *s = a->snapshot;
    uint64_t live = 0;
    for (uint32_t i = 0; i < s->segment_count; i++)
        live += s->segments[i].live_rows;
    struct index_step *time = add_step(a->out, "time", live);
    struct index_step *text = add_step(a->out, "signatures", 0);
    for (uint32_t i = 0; i < s->segment_count; i++)
        if (s->segments[i].live_rows > 0 && choose_in_segment(a, i, time, text) != 0)
            return -1;
    text->before = time->after;
    return 0;
}

/* --- running ------------------------------------------------------------------------------------- */

/* Where the workers' rows go. */
struct ending {
    query_emit_fn *emit;
    void **args; /* one for each worker */
};

/* What the threads share. */
struct running {
    struct asking *asking;
    struct query_worker **workers;
};

/* A query of many units lets others have the processor after each: a short one does not wait until the
 * scheduler takes it away. */
static int run_unit(struct asking *a, struct query_worker *w, const struct unit *u)
{
    const struct snapshot_segment *v = &a->snapshot->segments[u->segment];
    if (a->unit_count > UNITS_OF_FEW)
        (void)sched_yield();
    for (uint32_t b = u->begin; b < u->end; b++) {
        if (cancel_poll(a->query->cancel) != CANCEL_NONE)
            return 0;
        if (query_worker_block(w, v, b) != 0)
            return -1;
    }
    return 0;
}

/* A team_fn: the unit number ${step}. */
static void run_step(void *arg, unsigned worker, size_t step)
{
    struct running *r = arg;
    struct asking *a = r->asking;
    if (!atomic_load_explicit(&a->failed, memory_order_relaxed) &&
        run_unit(a, r->workers[worker], &a->units[step]) != 0)
        atomic_store_explicit(&a->failed, true, memory_order_relaxed);
}

static unsigned most_threads(const struct index_query *q)
{
    unsigned most = q->threads < 1 ? 1 : q->threads;
    return most < INDEX_QUERY_MAX_THREADS ? most : INDEX_QUERY_MAX_THREADS;
}

static unsigned choose_threads(const struct asking *a)
{
    bool little = a->work < PARALLEL_BYTES && a->query->unit_bytes == 0;
    return little || a->unit_count < 2 ? 1 : most_threads(a->query);
}

static void report(struct asking *a, struct query_worker **workers, unsigned threads,
                   uint64_t start)
{
    struct index_outcome *out = a->out;
    struct query_counts sum = {0};
    for (unsigned i = 0; i < threads; i++) {
        const struct query_counts *c = query_worker_counts(workers[i]);
        sum.rows += c->rows;
        sum.passed += c->passed;
        sum.bytes += c->bytes;
        sum.matched += c->matched;
        out->limited = out->limited || query_worker_limited(workers[i]);
    }
    out->threads = threads;
    out->messages = sum.rows;
    out->bytes = sum.bytes;
    out->stopped = cancel_poll(a->query->cancel);
    add_step(out, "filters", sum.rows)->after = sum.passed;
    struct index_step *text = add_step(out, "text", sum.passed);
    text->after = sum.matched;
    text->ms = (double)(clock_monotonic_ns() - start) / 1e6;
}

static int run(struct asking *a, const struct ending *e)
{
    struct query_worker *workers[INDEX_QUERY_MAX_THREADS] = {NULL};
    uint64_t start = clock_monotonic_ns();
    unsigned threads = team_enter(a->query->team, choose_threads(a)), made = 0;
    int rc = 0;
    for (; rc == 0 && made < threads; made++)
        rc = query_worker_new(a->snapshot, &a->plan, a->query->cancel, a->every, e->emit,
                              e->args[made], &workers[made]);
    if (rc == 0) {
        team_loop(threads, a->unit_count, run_step, &(struct running){a, workers});
        report(a, workers, threads, start);
        rc = a->failed ? -1 : 0;
    }
    team_leave(a->query->team, threads);
    for (unsigned i = 0; i < made; i++)
        query_worker_free(workers[i]);
    return rc;
}

/* Choose, then hand the rows to the ending. */
static int ask(const struct snapshot *s, const struct index_query *q, bool every,
               const struct ending *e, struct index_outcome *out, struct error *err)
{
    struct asking a = {.snapshot = s,
                       .query = q,
                       .every = every,
                       .unit_bytes = q->unit_bytes == 0 ? UNIT_BYTES : q->unit_bytes,
                       .out = out};
    *out = (struct index_outcome){0};
    if (query_plan_init(&a.plan, q->matcher) != 0)
        return error_no_memory(err);
    int rc = candidates_init(&a.candidates, q->matcher);
    if (rc == 0) {
        uint64_t start = clock_monotonic_ns();
        rc = choose_blocks(&a);
        out->step[0].ms = (double)(clock_monotonic_ns() - start) / 1e6 - out->step[1].ms;
        if (rc == 0)
            rc = run(&a, e);
        candidates_clear(&a.candidates);
    }
    query_plan_clear(&a.plan);
    free(a.units);
    return rc == 0 ? 0 : error_no_memory(err);
}

/* --- endings: matches ---------------------------------------------------------------------------- */

/* A worker's list; numbers of the segment's strings and sources as it knows them in its names, plus
 * one, 0 where it does not yet. */
struct lister {
    const struct snapshot *snapshot;
    bool with_tools;
    struct match_set *set;
    struct match_names *names;
    struct arena arena;
    const struct snapshot_segment *segment;
    uint32_t *model;
    uint32_t *branch;
    uint32_t *tools;
    uint32_t place_source; /* the pair last put, and its number */
    uint32_t place_session;
    uint32_t place;
};

static void lister_forget(struct lister *l)
{
    free(l->model);
    free(l->branch);
    free(l->tools);
    l->model = l->branch = l->tools = NULL;
    l->place_source = SNAPSHOT_DEAD;
}

static int lister_segment(struct lister *l, const struct snapshot_segment *v)
{
    size_t n = v->segment->strings + 1u;
    lister_forget(l);
    l->segment = v;
    l->model = calloc(n, sizeof *l->model);
    l->branch = calloc(n, sizeof *l->branch);
    l->tools = calloc(n, sizeof *l->tools);
    return l->model == NULL || l->branch == NULL || l->tools == NULL ? -1 : 0;
}

static int put_name(struct lister *l, uint32_t *memo, struct intern *names, uint32_t id,
                    uint32_t *out)
{
    if (memo[id] == 0) {
        if (intern_put(names, segment_string(l->segment->segment, id), out) != 0)
            return -1;
        memo[id] = *out + 1;
    }
    *out = memo[id] - 1;
    return 0;
}

static int put_tools(struct lister *l, uint32_t id, uint32_t *out)
{
    struct span_list list;
    if (l->tools[id] == 0) {
        arena_reset(&l->arena);
        if (segment_list(segment_string(l->segment->segment, id), &l->arena, &list) != 0 ||
            match_tools_put(l->names, list, out) != 0)
            return -1;
        l->tools[id] = *out + 1;
    }
    *out = l->tools[id] - 1;
    return 0;
}

static int put_place(struct lister *l, uint32_t source, uint32_t session, uint32_t *out)
{
    if (l->place_source != source || l->place_session != session) {
        if (match_place_put(l->names, segment_string(l->segment->segment, session),
                            l->snapshot->projects[source], &l->place) != 0)
            return -1;
        l->place_source = source;
        l->place_session = session;
    }
    *out = l->place;
    return 0;
}

static struct hash128 identity_of(const struct segment *s, uint32_t row, uint32_t source)
{
    if (s->bits[row].rank & SEGMENT_HAS_UUID)
        return s->identity[row];
    struct message m = {.source = source, .offset = s->offset[row], .position = s->position[row]};
    return message_identity(&m);
}

static int list_row(void *arg, const struct snapshot_segment *v, uint32_t row, uint32_t source,
                    bool matched)
{
    struct lister *l = arg;
    const struct segment *s = v->segment;
    (void)matched;
    if (l->segment != v && lister_segment(l, v) != 0)
        return -1;
    struct match *m = match_set_add(l->set);
    if (m == NULL)
        return -1;
    struct segment_bits bits = s->bits[row];
    *m = (struct match){.identity = identity_of(s, row, source),
                        .time_ms = s->time[row],
                        .offset = s->offset[row],
                        .source = source,
                        .row = v->first_row + row,
                        .position = s->position[row],
                        .kind = bits.kind,
                        .flags = bits.flags,
                        .parts = bits.parts,
                        .rank = bits.rank & SEGMENT_RANK};
    if (put_place(l, source, s->session[row], &m->place) != 0 ||
        put_name(l, l->model, &l->names->model, s->model[row], &m->model) != 0 ||
        put_name(l, l->branch, &l->names->branch, s->branch[row], &m->branch) != 0)
        return -1;
    return l->with_tools ? put_tools(l, s->tools[row], &m->tools) : 0;
}

int index_query(const struct snapshot *s, const struct index_query *q,
                struct match_set *const *sets, struct match_names *const *names,
                struct index_outcome *out, struct error *err)
{
    unsigned threads = most_threads(q);
    struct lister *listers = calloc(threads, sizeof *listers);
    void **args = calloc(threads, sizeof *args);
    int rc = -1;
    if (listers == NULL || args == NULL) {
        error_no_memory(err);
        goto done;
    }
    for (unsigned i = 0; i < threads; i++) {
        listers[i] = (struct lister){.snapshot = s,
                                     .with_tools = q->tools,
                                     .set = sets[i],
                                     .names = names[i],
                                     .place_source = SNAPSHOT_DEAD};
        arena_init(&listers[i].arena);
        args[i] = &listers[i];
    }
    rc = ask(s, q, false, &(struct ending){list_row, args}, out, err);
    for (unsigned i = 0; i < threads; i++) {
        lister_forget(&listers[i]);
        arena_clear(&listers[i].arena);
    }

done:
    free(listers);
    free(args);
    return rc;
}

/* --- endings: messages --------------------------------------------------------------------------- */

struct handler {
    const struct snapshot *snapshot;
    index_take_fn *take;
    void *arg;
    unsigned worker;
    struct arena arena;
};

static int hand_row(void *arg, const struct snapshot_segment *v, uint32_t row, uint32_t source,
                    bool matched)
{
    struct handler *h = arg;
    struct message m;
    (void)source;
    arena_reset(&h->arena);
    if (snapshot_message(h->snapshot, v->first_row + row, &h->arena, &m) != 0)
        return -1;
    return h->take(h->arg, h->worker, &m, v->first_row + row, matched);
}

int index_each(const struct snapshot *s, const struct index_query *q, bool every,
               index_take_fn *take, void *arg, struct index_outcome *out, struct error *err)
{
    unsigned threads = most_threads(q);
    struct handler *handlers = calloc(threads, sizeof *handlers);
    void **args = calloc(threads, sizeof *args);
    int rc = -1;
    if (handlers == NULL || args == NULL) {
        error_no_memory(err);
        goto done;
    }
    for (unsigned i = 0; i < threads; i++) {
        handlers[i] = (struct handler){.snapshot = s, .take = take, .arg = arg, .worker = i};
        arena_init(&handlers[i].arena);
        args[i] = &handlers[i];
    }
    rc = ask(s, q, every, &(struct ending){hand_row, args}, out, err);
    for (unsigned i = 0; i < threads; i++)
        arena_clear(&handlers[i].arena);

done:
    free(handlers);
    free(args);
    return rc;
}
