#include "locate.h"

#include "error.h"
#include "fetch.h"
#include "hits.h"
#include "search.h"
#include "span.h"

#include <stdlib.h>

static int not_found(struct error *err, const char *what, struct span id)
{
    return error_set(err, ERROR_NOT_FOUND, ERROR_NO_POSITION, "there is no %s %.*s", what,
                     (int)(id.len > 64 ? 64 : id.len), id.ptr == NULL ? "" : id.ptr);
}

/* The first message of a session, by the search that everybody uses. */
static int first_of_session(const struct environment *env, struct span id, struct cancel *cancel,
                            struct search_reply **out, struct error *err)
{
    struct search_request r;
    search_request_init(&r);
    r.query.values[FILTER_SESSION] = &id;
    r.query.value_count[FILTER_SESSION] = 1;
    r.sort = SORT_OLDEST;
    r.limit = 1;
    r.snippet_chars = 0;
    return search_run(env, &r, cancel, out, err);
}

int locate_no_session(struct span id, struct error *err)
{
    return not_found(err, "session", id);
}

int locate_session(const struct environment *env, struct span id, struct cancel *cancel,
                   struct arena *arena, struct span *session, struct error *err)
{
    struct search_reply *reply;
    if (source_find_main(env->sources, id) != NULL)
        return arena_copy(arena, id, session) == 0 ? 0 : error_no_memory(err);
    if (first_of_session(env, id, cancel, &reply, err) != 0)
        return -1;
    int rc = 0;
    if (cancel_poll(cancel) != CANCEL_NONE)
        rc = error_given_up(err, cancel_poll(cancel));
    else if (reply->hit_count == 0)
        rc = not_found(err, "session", id);
    else if (arena_copy(arena, reply->hits[0].session, session) != 0)
        rc = error_no_memory(err);
    search_reply_free(reply);
    return rc;
}

/* The best copy seen by one worker, and the messages that have no uuid. */
struct finder {
    struct match best;
    bool found;
    struct match_set unnamed;
    struct match_names names;
};

struct search_by_id {
    const struct source_list *list;
    struct span id;
    bool unnamed; /* look for a message without a uuid */
    struct finder *workers;
};

static int take(void *arg, unsigned worker, const struct message *m, bool matched)
{
    struct search_by_id *s = arg;
    struct finder *w = &s->workers[worker];
    const struct source *source = &s->list->items[m->source];
    struct match one;
    (void)matched;
    if (s->unnamed ? m->uuid.ptr != NULL : !span_equal(m->uuid, s->id))
        return 0;
    if (match_fill(&one, m, message_rank(m, source->stem, source->is_agent), &w->names, false) != 0)
        return -1;
    if (s->unnamed) {
        struct match *kept = match_set_add(&w->unnamed);
        if (kept == NULL)
            return -1;
        *kept = one;
        return 0;
    }
    if (!w->found || match_is_preferred(&one, &w->best))
        w->best = one;
    w->found = true;
    return 0;
}

struct naming {
    const struct source_list *list;
    struct span id;
    struct arena arena;
    size_t found;
};

static int check_name(void *arg, size_t i, const struct message *m, struct span line)
{
    struct naming *n = arg;
    struct span id;
    (void)line;
    arena_reset(&n->arena);
    if (m->uuid.ptr != NULL)
        return 0;
    if (hit_id(n->list, m, &n->arena, &id) != 0)
        return -1;
    if (span_equal(id, n->id))
        n->found = i;
    return 0;
}

int locate_unnamed(const struct source_list *list, const struct match *const *matches, size_t n,
                   struct span id, size_t *found, struct error *err)
{
    struct naming naming = {.list = list, .id = id, .found = SIZE_MAX};
    arena_init(&naming.arena);
    int rc = fetch_messages(list, NULL, matches, n, check_name, &naming, err);
    arena_clear(&naming.arena);
    *found = naming.found;
    return rc;
}

/* Of the messages without a uuid the one whose place hashes to the id. */
static int find_unnamed(struct search_by_id *by, unsigned threads, struct match *out, bool *found,
                        struct error *err)
{
    struct match *all = NULL;
    const struct match **list = NULL;
    uint64_t n = 0;
    size_t at = SIZE_MAX;
    struct match_set *sets = calloc(threads, sizeof *sets);
    int rc = -1;
    for (unsigned i = 0; sets != NULL && i < threads; i++) {
        sets[i] = by->workers[i].unnamed;
        match_set_init(&by->workers[i].unnamed);
    }
    if (sets != NULL && match_set_gather(sets, threads, &all, &n) == 0)
        list = malloc((n + 1) * sizeof *list);
    for (uint64_t i = 0; list != NULL && i < n; i++)
        list[i] = &all[i];
    if (list != NULL)
        rc = locate_unnamed(by->list, list, n, by->id, &at, err);
    *found = at != SIZE_MAX;
    if (*found)
        *out = all[at];
    for (unsigned i = 0; sets != NULL && i < threads; i++)
        match_set_clear(&sets[i]);
    free(sets);
    free(list);
    free(all);
    return rc == 0 ? 0 : error_no_memory(err);
}

static bool best_of(const struct search_by_id *by, unsigned threads, struct match *out)
{
    bool found = false;
    for (unsigned i = 0; i < threads; i++) {
        const struct finder *w = &by->workers[i];
        if (w->found && (!found || match_is_preferred(&w->best, out)))
            *out = w->best;
        found |= w->found;
    }
    return found;
}

/* One pass; by uuid only the lines that can hold it are read. */
static int find(const struct environment *env, struct search_by_id *by, struct cancel *cancel,
                struct match *out, bool *found, struct error *err)
{
    struct require literal = {.type = REQUIRE_LITERAL, .literal = by->id, .case_sensitive = true};
    struct prefilter *prefilter = NULL;
    struct scan_outcome outcome;
    unsigned threads = env->threads;
    int rc = -1;
    by->workers = calloc(threads, sizeof *by->workers);
    if (by->workers == NULL ||
        (!by->unnamed && prefilter_from_require(&literal, false, &prefilter) != 0)) {
        free(by->workers);
        return error_no_memory(err);
    }
    for (unsigned i = 0; i < threads; i++)
        match_names_init(&by->workers[i].names);
    struct scan scan = {.sources = env->sources,
                        .prefilter = prefilter,
                        .sink = {.take = take, .arg = by, .every = by->unnamed},
                        .threads = threads,
                        .team = env->team,
                        .unit_bytes = env->unit_bytes,
                        .cancel = cancel};
    if (strategy_scan(STRATEGY_WORKSHARING, &scan, &outcome, err) == 0) {
        *found = best_of(by, threads, out);
        if (outcome.stopped != CANCEL_NONE) /* not read is not absent */
            rc = error_given_up(err, outcome.stopped);
        else
            rc = by->unnamed ? find_unnamed(by, threads, out, found, err) : 0;
    }
    for (unsigned i = 0; i < threads; i++) {
        match_names_clear(&by->workers[i].names);
        match_set_clear(&by->workers[i].unnamed);
    }
    prefilter_free(prefilter);
    free(by->workers);
    return rc;
}

bool locate_is_made_id(struct span id)
{
    if (id.len != 32)
        return false;
    for (size_t i = 0; i < id.len; i++)
        if (!((id.ptr[i] >= '0' && id.ptr[i] <= '9') || (id.ptr[i] >= 'a' && id.ptr[i] <= 'f')))
            return false;
    return true;
}

/* The same from the index, which numbers all copies of a message. */
static int find_row(const struct environment *env, const struct search_by_id *by, struct match *out,
                    bool *found)
{
    uint32_t *rows = NULL;
    size_t n = 0;
    struct arena arena;
    struct match_names names;
    struct match one;
    int rc = snapshot_identity(env->snapshot, hash_128(by->id), &rows, &n);
    arena_init(&arena);
    match_names_init(&names);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct message m;
        arena_reset(&arena);
        if ((rc = snapshot_message(env->snapshot, rows[i], &arena, &m)) != 0 ||
            !span_equal(m.uuid, by->id))
            continue;
        const struct source *s = &env->sources->items[m.source];
        rc = match_fill(&one, &m, message_rank(&m, s->stem, s->is_agent), &names, false);
        one.row = rows[i];
        if (rc == 0 && (!*found || match_is_preferred(&one, out))) {
            *out = one;
            *found = true;
        }
    }
    match_names_clear(&names);
    arena_clear(&arena);
    free(rows);
    return rc;
}

int locate_message(const struct environment *env, struct span id, struct cancel *cancel,
                   struct match *out, struct error *err)
{
    struct search_by_id by = {.list = env->sources, .id = id};
    bool found = false;
    if (id.len == 0)
        return not_found(err, "message", id);
    bool indexed = env->snapshot != NULL && snapshot_uncovered(env->snapshot)->count == 0;
    if (indexed && find_row(env, &by, out, &found) != 0)
        return error_no_memory(err);
    if (!indexed && find(env, &by, cancel, out, &found, err) != 0)
        return -1;
    if (!found && locate_is_made_id(id)) {
        by.unnamed = true;
        if (find(env, &by, cancel, out, &found, err) != 0)
            return -1;
    }
    return found ? 0 : not_found(err, "message", id);
}
