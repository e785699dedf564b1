#include "engine.h"

#include "arena.h"
#include "clock.h"
#include "discover.h"
#include "error.h"
#include "hash.h"
#include "pricing.h"
#include "search.h"
#include "span.h"
#include "stats_run.h"
#include "team.h"
#include "timeseries_run.h"
#include "walks.h"

#include <pthread.h>
#include <stdlib.h>

/* What a pass over all lines has counted, for as long as the files stay as they were. */
struct counted {
    bool known;
    uint64_t print; /* of the list of sources */
    struct extract_counts counts;
};

struct engine {
    char **roots;
    size_t root_count;
    char *sample; /* NULL: none */
    unsigned threads;
    enum strategy strategy;
    struct walks *walks;
    struct pricing *pricing; /* NULL: the one built in */
    engine_log_fn *log;
    void *log_arg;
    pthread_mutex_t lock; /* guards counted */
    struct counted counted;
};

void engine_config_init(struct engine_config *c)
{
    *c = (struct engine_config){.strategy = STRATEGY_AUTO};
}

static int copy_roots(struct engine *e, const struct engine_config *c)
{
    e->roots = calloc(c->root_count + 1, sizeof *e->roots);
    for (; e->roots != NULL && e->root_count < c->root_count; e->root_count++)
        if ((e->roots[e->root_count] = strdup(c->roots[e->root_count])) == NULL)
            return -1;
    if (c->sample != NULL && (e->sample = strdup(c->sample)) == NULL)
        return -1;
    return e->roots == NULL ? -1 : 0;
}

int engine_open(const struct engine_config *config, struct engine **out, struct error *err)
{
    struct engine *e = calloc(1, sizeof *e);
    if (e == NULL)
        return error_no_memory(err);
    e->threads = config->threads != 0 ? config->threads : team_default_threads();
    e->strategy = strategy_available(config->strategy) ? config->strategy : STRATEGY_WORKSHARING;
    e->log = config->log;
    e->log_arg = config->log_arg;
    pthread_mutex_init(&e->lock, NULL);
    if (copy_roots(e, config) != 0 || walks_new(&e->walks) != 0) {
        engine_close(e);
        return error_no_memory(err);
    }
    if (config->pricing != NULL && pricing_read(config->pricing, &e->pricing, err) != 0) {
        engine_close(e);
        return -1;
    }
    *out = e;
    return 0;
}

void engine_close(struct engine *e)
{
    if (e == NULL)
        return;
    for (size_t i = 0; i < e->root_count; i++)
        free(e->roots[i]);
    free(e->roots);
    free(e->sample);
    walks_free(e->walks);
    pricing_free(e->pricing);
    pthread_mutex_destroy(&e->lock);
    free(e);
}

/* The sources as they are now; the sample where there are none. */
static int list_sources(const struct engine *e, struct source_list **out, bool *sample,
                        struct error *err)
{
    *sample = false;
    if (discover_sources((const char *const *)e->roots, e->root_count, out, err) != 0)
        return -1;
    if ((*out)->count > 0 || e->sample == NULL)
        return 0;
    source_list_free(*out);
    const char *only = e->sample;
    *sample = true;
    return discover_sources(&only, 1, out, err);
}

static struct environment environment(const struct engine *e, const struct source_list *list)
{
    return (struct environment){
        .sources = list, .walks = e->walks, .strategy = e->strategy, .threads = e->threads};
}

static const struct pricing *prices(const struct engine *e)
{
    return e->pricing != NULL ? e->pricing : pricing_builtin();
}

static const char sample_text[] =
    "no transcripts were found: this is the sample that comes with scrollback; start it with "
    "--root DIR to search your own";
static const struct span sample_warning = {sample_text, sizeof sample_text - 1};

int engine_search(struct engine *e, const struct search_request *request, struct cancel *cancel,
                  struct search_reply **out, struct error *err)
{
    struct source_list *list;
    bool sample;
    uint64_t started = clock_monotonic_ns();
    if (list_sources(e, &list, &sample, err) != 0)
        return -1;
    struct environment env = environment(e, list);
    int rc = search_run(&env, request, cancel, out, err);
    if (rc == 0) {
        (*out)->warnings = &sample_warning;
        (*out)->warning_count = sample;
        (*out)->took_ms = (double)(clock_monotonic_ns() - started) / 1e6;
    }
    source_list_free(list);
    return rc;
}

/* A hash over everything that tells one state of the files from another. */
static uint64_t fingerprint(const struct source_list *list)
{
    uint64_t h = list->count;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct source *s = &list->items[i];
        uint64_t facts[] = {s->size, (uint64_t)s->mtime_ns, s->device, s->inode};
        h = hash_64_seeded(s->name, h);
        h = hash_64_seeded((struct span){(const char *)facts, sizeof facts}, h);
    }
    return h;
}

static void remember_counts(struct engine *e, uint64_t print, const struct extract_counts *counts)
{
    pthread_mutex_lock(&e->lock);
    e->counted = (struct counted){true, print, *counts};
    pthread_mutex_unlock(&e->lock);
}

int engine_stats(struct engine *e, const struct stats_request *request, struct cancel *cancel,
                 struct stats_reply **out, struct error *err)
{
    struct source_list *list;
    struct extract_counts counts;
    bool sample;
    uint64_t started = clock_monotonic_ns();
    if (list_sources(e, &list, &sample, err) != 0)
        return -1;
    struct environment env = environment(e, list);
    int rc = stats_run(&env, prices(e), request, cancel, &counts, out, err);
    if (rc == 0) {
        if ((*out)->complete)
            remember_counts(e, fingerprint(list), &counts);
        (*out)->warnings = &sample_warning;
        (*out)->warning_count = sample;
        (*out)->took_ms = (double)(clock_monotonic_ns() - started) / 1e6;
    }
    source_list_free(list);
    return rc;
}

int engine_timeseries(struct engine *e, const struct timeseries_request *request,
                      struct cancel *cancel, struct timeseries_reply **out, struct error *err)
{
    struct source_list *list;
    bool sample;
    if (list_sources(e, &list, &sample, err) != 0)
        return -1;
    struct environment env = environment(e, list);
    int rc = timeseries_run(&env, prices(e), request, cancel, out, err);
    if (rc == 0) {
        (*out)->warnings = &sample_warning;
        (*out)->warning_count = sample;
    }
    source_list_free(list);
    return rc;
}

static int take_nothing(void *arg, unsigned worker, const struct message *m, bool matched)
{
    (void)arg;
    (void)worker;
    (void)m;
    (void)matched;
    return 0;
}

/* Count what all lines hold, unless that is known. */
static int count_all(struct engine *e, const struct source_list *list, struct cancel *cancel,
                     struct extract_counts *out, struct error *err)
{
    uint64_t print = fingerprint(list);
    pthread_mutex_lock(&e->lock);
    bool known = e->counted.known && e->counted.print == print;
    *out = e->counted.counts;
    pthread_mutex_unlock(&e->lock);
    if (known)
        return 0;
    struct scan_outcome outcome;
    struct scan scan = {.sources = list,
                        .sink = {.take = take_nothing, .every = true},
                        .threads = e->threads,
                        .cancel = cancel};
    if (strategy_scan(e->strategy, &scan, &outcome, err) != 0)
        return -1;
    *out = outcome.counts;
    if (outcome.stopped == CANCEL_NONE)
        remember_counts(e, print, out);
    return 0;
}

/* The caller sees the first member. */
struct status_answer {
    struct engine_status status;
    struct arena arena;
};

static int copy_unreadable(struct status_answer *a, const struct source_list *list)
{
    struct reply_unreadable *items =
        arena_alloc(&a->arena, ((size_t)list->unreadable_count + 1) * sizeof *items);
    if (items == NULL)
        return -1;
    for (uint32_t i = 0; i < list->unreadable_count; i++)
        if (arena_copy(&a->arena, list->unreadable[i].name, &items[i].source) != 0 ||
            arena_copy(&a->arena, list->unreadable[i].reason, &items[i].reason) != 0)
            return -1;
    a->status.unreadable = items;
    a->status.unreadable_count = list->unreadable_count;
    return 0;
}

int engine_status(struct engine *e, bool counts, struct cancel *cancel, struct engine_status **out,
                  struct error *err)
{
    struct status_answer *a = calloc(1, sizeof *a);
    struct source_list *list = NULL;
    struct extract_counts seen = {0};
    if (a == NULL)
        return error_no_memory(err);
    arena_init(&a->arena);
    if (list_sources(e, &list, &a->status.sample, err) != 0 ||
        (counts && count_all(e, list, cancel, &seen, err) != 0))
        goto fail;
    if (copy_unreadable(a, list) != 0) {
        error_no_memory(err);
        goto fail;
    }
    a->status.files = list->count;
    a->status.bytes = list->bytes;
    a->status.messages = seen.messages;
    a->status.malformed_lines = seen.malformed_lines;
    a->status.other_records = seen.other_records;
    a->status.ready = true;
    a->status.progress = 1;
    source_list_free(list);
    *out = &a->status;
    return 0;
fail:
    source_list_free(list);
    engine_status_free(&a->status);
    return -1;
}

void engine_status_free(struct engine_status *s)
{
    struct status_answer *a = (struct status_answer *)s;
    if (a == NULL)
        return;
    arena_clear(&a->arena);
    free(a);
}
