#include "kinds.h"

#include "compare.h"
#include "compare_sums.h"
#include "compare_threads.h"
#include "messages_run.h"
#include "search.h"
#include "sessions_run.h"
#include "stats_run.h"

#include <stdio.h>
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

/* A page around the first hit and what follows, by cursors and by a walk; all NULL without a hit. */
enum { THREAD_PAGES = 3 };
struct thread {
    bool limited; /* the search itself hit a limit: there is nothing to compare */
    struct messages_reply *pages[THREAD_PAGES];
    struct messages_reply *walked[THREAD_PAGES];
    struct messages_reply *alone;
};

static void free_thread(void *reply)
{
    struct thread *t = reply;
    if (t == NULL)
        return;
    for (size_t i = 0; i < THREAD_PAGES; i++) {
        messages_reply_free(t->pages[i]);
        messages_reply_free(t->walked[i]);
    }
    messages_reply_free(t->alone);
    free(t);
}

static int ask_pages(const struct environment *env, struct messages_request *r, struct thread *t,
                     struct error *err)
{
    for (size_t i = 0; i < THREAD_PAGES; i++) {
        if (messages_run(env, r, NULL, &t->pages[i], err) != 0)
            return -1;
        r->around = (struct span){NULL, 0};
        r->cursor = t->pages[i]->next_cursor;
        if (r->cursor.len == 0)
            break;
    }
    return 0;
}

static int walk_thread(const struct environment *env, const struct messages_request *r,
                       struct thread *t, struct error *err)
{
    struct thread_walk *w;
    if (thread_walk_new(env, r, NULL, &w, err) != 0)
        return -1;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < THREAD_PAGES && !thread_walk_ended(w); i++)
        rc = thread_walk_next(w, NULL, &t->walked[i], err);
    thread_walk_free(w);
    return rc;
}

static int ask_thread(const struct environment *env, const struct search_request *r, void **out,
                      struct error *err)
{
    struct messages_request asked;
    struct search_reply *found = NULL;
    struct search_request own = *r;
    struct thread *t = calloc(1, sizeof *t);
    if (t == NULL)
        abort();
    own.query.strategy = env->strategy;
    own.limit = 1;
    own.facets = 0;
    int rc = search_run(env, &own, NULL, &found, err);
    if (rc == 0 && found->hit_count > 0) {
        messages_request_init(&asked);
        asked.session = found->hits[0].session;
        asked.limit = 1 + r->limit % 40;
        asked.raw = true;
        asked.full = asked.limit % 2 == 0;
        rc = walk_thread(env, &asked, t, err);
        asked.around = found->hits[0].id;
        if (rc == 0)
            rc = message_run(env, found->hits[0].id, true, true, NULL, &t->alone, err);
        if (rc == 0)
            rc = ask_pages(env, &asked, t, err);
    }
    t->limited = found != NULL && found->incomplete_reason == INCOMPLETE_REGEX_LIMIT;
    search_reply_free(found);
    if (rc == 0)
        *out = t;
    else
        free_thread(t);
    return rc;
}

static int compare_pages(struct messages_reply *const *a, struct messages_reply *const *b, size_t n,
                         char *why, size_t size)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        if (a[i] != NULL && b[i] != NULL)
            rc = compare_threads(a[i], b[i], why, size);
        else if (a[i] != b[i])
            rc = -1;
    }
    return rc;
}

static int compare_thread(const void *a, const void *b, char *why, size_t size)
{
    const struct thread *x = a, *y = b;
    if (x->limited || y->limited)
        return COMPARE_LIMITED;
    (void)snprintf(why, size, "one has more pages");
    int rc = compare_pages(x->pages, y->pages, THREAD_PAGES, why, size);
    if (rc == 0)
        rc = compare_pages(x->walked, y->walked, THREAD_PAGES, why, size);
    if (rc == 0)
        rc = compare_pages(&x->alone, &y->alone, 1, why, size);
    if (rc == 0)
        why[0] = '\0';
    return rc;
}

static bool thread_has_hits(const void *reply)
{
    return ((const struct thread *)reply)->pages[0] != NULL;
}

const struct request_kind kinds[KINDS] = {
    {"search", ask_search, compare_searches, search_has_hits, free_search, false},
    {"walk", ask_walk, compare_walks, walk_has_hits, free_walk, false},
    {"stats", ask_stats, compare_stats, stats_has_hits, free_stats, false},
    {"sessions", ask_sessions, compare_sessions, sessions_has_hits, free_sessions, false},
    {"thread", ask_thread, compare_thread, thread_has_hits, free_thread, true},
};
