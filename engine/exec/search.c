#include "search.h"

#include "buf.h"
#include "clock.h"
#include "collect.h"
#include "context.h"
#include "cursor.h"
#include "error.h"
#include "facets.h"
#include "hits.h"
#include "pass.h"
#include "reply.h"
#include "span.h"
#include "walks.h"
#include "weigher.h"

#include <stdlib.h>

#define SHOW_MS 500 /* that searching the shown texts may take when the request's time is over */

/* Everything one search holds while it runs. */
struct search {
    const struct environment *env;
    const struct search_request *request;
    struct cancel *cancel;
    struct compiled compiled;
    struct relevance relevance;
    struct weigher *weigher; /* NULL unless sorted by relevance */
    struct collector *collector;
    struct pass_outcome outcome;
    struct result_set results;
    struct page page;
    struct buf binding; /* what a cursor is bound to */
    struct cursor cursor;
    bool resumed; /* the request came with a cursor */
    struct search_answer *answer;
};

static int bind(struct search *s)
{
    const struct search_request *r = s->request;
    buf_append_span(&s->binding, query_describe(s->compiled.query));
    return buf_printf(&s->binding, "\n%d %d %d", (int)r->sort, r->group_by_session,
                      r->query.dedupe);
}

static int begin(struct search *s, struct error *err)
{
    const struct search_request *r = s->request;
    uint64_t check = 0;
    s->resumed = r->cursor.len > 0;
    if (s->resumed && cursor_read(r->cursor, &s->answer->arena, &s->cursor, &check, err) != 0)
        return -1;
    if (request_compile(s->env, &r->query, s->cursor.now_ms, s->cancel, &s->compiled, err) != 0)
        return -1;
    if (bind(s) != 0)
        return error_no_memory(err);
    if (s->resumed && cursor_check(&s->cursor, buf_span(&s->binding)) != check) {
        error_parameter(err, "cursor");
        return error_set(err, ERROR_INVALID_CURSOR, ERROR_NO_POSITION,
                         "the cursor belongs to another query; start again without one");
    }
    return 0;
}

static int prepare_relevance(struct search *s)
{
    relevance_init(&s->relevance, s->compiled.query, s->compiled.matcher);
    if (s->resumed && s->cursor.term_count == s->relevance.term_count)
        s->relevance.pinned = &s->cursor.sums;
    return weigher_new(&s->relevance, s->compiled.threads, &s->weigher);
}

static int scan(struct search *s, struct error *err)
{
    const struct search_request *r = s->request;
    bool tools = s->compiled.query->needs_tools || (r->facets & (1u << FACET_TOOL)) != 0;
    struct companion companion = {0};
    if (r->sort == SORT_RELEVANCE && prepare_relevance(s) != 0)
        return error_no_memory(err);
    if (s->weigher != NULL)
        companion = weigher_companion(s->weigher);
    if (collector_new(s->env->sources, s->compiled.threads, tools, &companion, &s->collector) != 0)
        return error_no_memory(err);
    return pass_run(s->env, &s->compiled, s->collector, s->cancel, &s->outcome, err);
}

/* Leave out what the first page of the walk could not see. */
static int keep_to_walk(struct search *s)
{
    uint64_t *bounds = NULL, kept = 0;
    if (!s->resumed || s->env->walks == NULL)
        return 0;
    if (walks_bounds(s->env->walks, s->cursor.walk, s->env->sources, &bounds) != 0)
        return -1;
    for (uint64_t i = 0; bounds != NULL && i < s->results.count; i++) {
        const struct match *m = &s->results.all[i];
        if (m->offset >= bounds[m->source])
            continue;
        s->results.all[kept++] = *m;
    }
    if (bounds != NULL)
        s->results.count = kept;
    free(bounds);
    return 0;
}

static int merge(struct search *s, struct error *err)
{
    struct buf weights;
    buf_init(&weights);
    int rc = collector_finish(s->collector, &s->results, &weights);
    if (rc == 0)
        rc = keep_to_walk(s);
    if (rc == 0 && s->weigher != NULL)
        rc = weigher_score(s->weigher, buf_span(&weights), &s->results);
    if (rc == 0)
        rc = result_set_collapse(&s->results, s->request->query.dedupe);
    if (rc == 0)
        rc = result_set_places(&s->results);
    buf_clear(&weights);
    return rc == 0 ? 0 : error_no_memory(err);
}

/* The place after which a resumed walk goes on.  A source that is gone leaves its place between
 * its neighbours. */
static struct order_key resume_key(const struct search *s)
{
    const struct source_list *list = s->env->sources;
    uint32_t low = 0, high = list->count;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (span_compare(list->items[mid].name, s->cursor.source) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    bool there = low < list->count && span_equal(list->items[low].name, s->cursor.source);
    return (struct order_key){.score = s->cursor.score,
                              .time_ms = s->cursor.time_ms,
                              .source = (uint64_t)low * 2 + there,
                              .offset = s->cursor.offset,
                              .position = s->cursor.position};
}

static int write_cursor(struct search *s)
{
    struct search_reply *reply = &s->answer->reply;
    reply->next_cursor = SPAN("");
    if (!s->page.more || s->page.count == 0)
        return 0;
    struct order_key last = order_key_of(&s->results, s->page.items[s->page.count - 1]);
    struct cursor next = {.now_ms = s->compiled.now_ms,
                          .walk = s->cursor.walk,
                          .score = last.score,
                          .time_ms = last.time_ms,
                          .offset = last.offset,
                          .position = last.position,
                          .source = s->env->sources->items[last.source / 2].name};
    if (!s->resumed && s->env->walks != NULL)
        next.walk = walks_remember(s->env->walks, s->env->sources);
    if (s->results.scores != NULL) {
        next.sums = s->relevance.sums;
        next.term_count = s->relevance.term_count;
    }
    return cursor_write(&next, buf_span(&s->binding), &s->answer->arena, &reply->next_cursor);
}

/* The plan, where it was asked for: the steps of the pass and what the merge left. */
static int explain(struct search *s)
{
    struct search_reply *reply = &s->answer->reply;
    const struct pass_outcome *o = &s->outcome;
    struct reply_step *plan;
    if (!s->request->explain)
        return 0;
    plan = arena_zalloc(&s->answer->arena, (PASS_STEPS + 1) * sizeof *plan);
    if (plan == NULL)
        return -1;
    for (uint32_t i = 0; i < o->steps; i++)
        plan[reply->plan_count++] = (struct reply_step){.step = span_of(o->step[i].step),
                                                        .before = o->step[i].before,
                                                        .after = o->step[i].after,
                                                        .ms = o->step[i].ms};
    plan[reply->plan_count++] = (struct reply_step){
        .step = SPAN("copies"), .before = s->results.count, .after = s->results.shown_count};
    reply->plan = plan;
    return 0;
}

/* What ends the search for what to show: the request's time, but when that is over a little more, for
 * hits without their text are of no use. */
static struct cancel *time_to_show(const struct search *s, struct cancel *more)
{
    struct cancel *own = s->cancel;
    uint64_t needed = clock_monotonic_ns() + SHOW_MS * UINT64_C(1000000);
    if (own == NULL ||
        (cancel_poll(own) == CANCEL_NONE && (own->deadline_ns == 0 || own->deadline_ns >= needed)))
        return own;
    cancel_init(more, SHOW_MS);
    return more;
}

/* The hits of the page and what is around them.  Where the time for that was over, the outcome says
 * so. */
static int make_hits(struct search *s, struct reply_hit **hits, struct error *err)
{
    const struct search_request *r = s->request;
    struct scan_outcome *outcome = &s->outcome.scan;
    uint32_t *count = &s->answer->reply.hit_count;
    struct cancel more;
    bool limited = false;
    struct hit_maker maker = {.sources = s->env->sources,
                              .snapshot =
                                  s->compiled.strategy == STRATEGY_INDEX ? s->env->snapshot : NULL,
                              .matcher = s->compiled.matcher,
                              .results = &s->results,
                              .snippet_chars = r->snippet_chars,
                              .cancel = time_to_show(s, &more),
                              .arena = &s->answer->arena};
    if (hits_make(&maker, &s->page, hits, count, &limited, err) != 0 ||
        context_add(s->env, r->context, s->cancel, &s->answer->arena, *hits, *count, err) != 0)
        return -1;
    outcome->limited = outcome->limited || limited;
    if ((r->context > 0 || limited) && outcome->stopped == CANCEL_NONE)
        outcome->stopped = cancel_poll(s->cancel);
    return 0;
}

static int show(struct search *s, struct error *err)
{
    const struct search_request *r = s->request;
    struct search_reply *reply = &s->answer->reply;
    struct order_key after;
    struct reply_hit *hits = NULL;
    struct reply_facet *facets = NULL;
    if (s->resumed)
        after = resume_key(s);
    if (facets_count(&s->results, r->facets, r->facet_limit, s->compiled.zone, &s->answer->arena,
                     &facets, &reply->facet_count) != 0 ||
        page_select(&s->results, r->sort, r->group_by_session, s->resumed ? &after : NULL, r->limit,
                    &s->page) != 0)
        return error_no_memory(err);
    if (make_hits(s, &hits, err) != 0)
        return -1;
    reply->hits = hits;
    reply->facets = facets;
    return write_cursor(s) != 0 || explain(s) != 0 ? error_no_memory(err) : 0;
}

/* What comes after the pass. */
static int finish(struct search *s, struct error *err)
{
    uint64_t started = clock_monotonic_ns();
    int rc = merge(s, err) == 0 ? show(s, err) : -1;
    if (s->env->profile != NULL) {
        s->env->profile->ns[PHASE_MERGE] += clock_monotonic_ns() - started;
        s->env->profile->records[PHASE_MERGE] += s->results.count;
    }
    return rc;
}

static void sum_up(struct search *s, uint64_t started)
{
    struct search_reply *reply = &s->answer->reply;
    const struct scan_outcome *o = &s->outcome.scan;
    reply->total = s->results.shown_count;
    reply->incomplete_reason = request_incomplete(o);
    reply->complete = reply->incomplete_reason == INCOMPLETE_NONE;
    reply->strategy = s->compiled.strategy;
    reply->scanned = request_scanned(o);
    reply->took_ms = (double)(clock_monotonic_ns() - started) / 1e6;
}

int search_run(const struct environment *env, const struct search_request *request,
               struct cancel *cancel, struct search_reply **out, struct error *err)
{
    uint64_t started = clock_monotonic_ns();
    struct search s = {.env = env, .request = request, .cancel = cancel};
    int rc = -1;
    *out = NULL;
    result_set_init(&s.results);
    buf_init(&s.binding);
    s.answer = calloc(1, sizeof *s.answer);
    if (s.answer == NULL)
        return error_no_memory(err);
    arena_init(&s.answer->arena);
    if (begin(&s, err) == 0 && scan(&s, err) == 0 && finish(&s, err) == 0) {
        sum_up(&s, started);
        *out = &s.answer->reply;
        rc = 0;
    } else {
        search_reply_free(&s.answer->reply);
    }
    page_clear(&s.page);
    collector_free(s.collector);
    weigher_free(s.weigher);
    result_set_clear(&s.results);
    compiled_clear(&s.compiled);
    buf_clear(&s.binding);
    return rc;
}

void search_reply_free(struct search_reply *r)
{
    struct search_answer *a = (struct search_answer *)r;
    if (a == NULL)
        return;
    arena_clear(&a->arena);
    free(a);
}
