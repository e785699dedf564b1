#include "kinds.h"

#include "compare.h"
#include "compare_sums.h"
#include "search.h"
#include "sessions_run.h"
#include "stats_run.h"

#include <stdlib.h>

static int ask_search(const struct environment *env, const struct search_request *r, void **out,
                      struct error *err)
{
    struct search_reply *reply = NULL;
    struct search_request own = *r;
    own.query.strategy = env->strategy;
    int rc = search_run(env, &own, NULL, &reply, err);
    *out = reply;
    return rc;
}

static int compare_searches(const void *a, const void *b, char *why, size_t size)
{
    return compare_replies(a, b, why, size);
}

static bool search_has_hits(const void *reply)
{
    return ((const struct search_reply *)reply)->total > 0;
}

static void free_search(void *reply)
{
    search_reply_free(reply);
}

/* The first pages of an answer, each by the cursor of the one before. */
enum { PAGES = 4 };
struct walk {
    struct search_reply *pages[PAGES];
};

static void free_walk(void *reply)
{
    struct walk *w = reply;
    for (size_t i = 0; w != NULL && i < PAGES; i++)
        search_reply_free(w->pages[i]);
    free(w);
}

static int ask_walk(const struct environment *env, const struct search_request *r, void **out,
                    struct error *err)
{
    struct search_request own = *r;
    struct walk *w = calloc(1, sizeof *w);
    if (w == NULL)
        abort();
    own.query.strategy = env->strategy;
    own.limit = 1 + r->limit % 5;
    own.facets = 0;
    for (size_t i = 0; i < PAGES; i++) {
        if (search_run(env, &own, NULL, &w->pages[i], err) != 0) {
            free_walk(w);
            return -1;
        }
        own.cursor = w->pages[i]->next_cursor;
        if (own.cursor.len == 0)
            break;
    }
    *out = w;
    return 0;
}

static int compare_walks(const void *a, const void *b, char *why, size_t size)
{
    const struct walk *x = a, *y = b;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < PAGES && x->pages[i] != NULL && y->pages[i] != NULL; i++)
        rc = compare_replies(x->pages[i], y->pages[i], why, size);
    return rc; /* whether another page follows was compared */
}

static bool walk_has_hits(const void *reply)
{
    return ((const struct walk *)reply)->pages[0]->total > 0;
}

static int ask_stats(const struct environment *env, const struct search_request *r, void **out,
                     struct error *err)
{
    static const enum facet by[] = {FACET_NONE,    FACET_MODEL,  FACET_TOOL, FACET_PROJECT,
                                    FACET_SESSION, FACET_BRANCH, FACET_DAY,  FACET_VERSION};
    struct stats_request own;
    struct stats_reply *reply = NULL;
    struct extract_counts counts;
    stats_request_init(&own);
    own.query = r->query;
    own.query.strategy = env->strategy;
    own.by = by[r->facet_limit % (sizeof by / sizeof by[0])];
    int rc = stats_run(env, pricing_builtin(), &own, NULL, &counts, &reply, err);
    *out = reply;
    return rc;
}

static bool stats_has_hits(const void *reply)
{
    return ((const struct stats_reply *)reply)->totals.messages > 0;
}

static void free_stats(void *reply)
{
    stats_reply_free(reply);
}

static int ask_sessions(const struct environment *env, const struct search_request *r, void **out,
                        struct error *err)
{
    struct sessions_request own;
    struct sessions_reply *reply = NULL;
    sessions_request_init(&own);
    own.query = r->query;
    own.query.strategy = env->strategy;
    own.sort = (enum sessions_sort)(r->facet_limit % (SESSIONS_COSTLIEST + 1));
    own.limit = 10;
    int rc = sessions_run(env, pricing_builtin(), &own, NULL, &reply, err);
    *out = reply;
    return rc;
}

static bool sessions_has_hits(const void *reply)
{
    return ((const struct sessions_reply *)reply)->total > 0;
}

static void free_sessions(void *reply)
{
    sessions_reply_free(reply);
}

const struct request_kind kinds[KINDS] = {
    {"search", ask_search, compare_searches, search_has_hits, free_search},
    {"walk", ask_walk, compare_walks, walk_has_hits, free_walk},
    {"stats", ask_stats, compare_stats, stats_has_hits, free_stats},
    {"sessions", ask_sessions, compare_sessions, sessions_has_hits, free_sessions},
};
