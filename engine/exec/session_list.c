#include "session_list.h"

#include "error.h"
#include "intern.h"
#include "snapshot.h"

#include <stdlib.h>

static int take(void *arg, unsigned worker, const struct message *m, bool matched)
{
    struct intern *tables = arg;
    uint32_t id;
    (void)matched;
    return intern_put(&tables[worker], m->session, &id);
}

/* Gather all workers' tables in the first. */
static int join(struct intern *tables, unsigned n)
{
    for (unsigned i = 1; i < n; i++)
        for (uint32_t k = 1, id; k < tables[i].count; k++)
            if (intern_put(&tables[0], intern_get(&tables[i], k), &id) != 0)
                return -1;
    return 0;
}

/* The index has a list of its own; what it does not cover is read. */
static int add_indexed(const struct environment *env, struct intern *table)
{
    struct span *ids = NULL;
    size_t count = 0;
    if (snapshot_sessions(env->snapshot, &ids, &count) != 0)
        return -1;
    int rc = 0;
    uint32_t id;
    for (size_t i = 0; rc == 0 && i < count; i++)
        rc = intern_put(table, ids[i], &id);
    free(ids);
    return rc;
}

int session_list_pin(const struct environment *env, struct compiled *c, struct cancel *cancel,
                     struct error *err)
{
    struct intern *tables = calloc(c->threads, sizeof *tables);
    struct scan_sink sink = {.take = take, .arg = tables, .every = true};
    struct scan_outcome outcome;
    int rc = -1;
    if (tables == NULL)
        return error_no_memory(err);
    for (unsigned i = 0; i < c->threads; i++)
        intern_init(&tables[i]);
    struct scan scan = compiled_scan(c, env, sink, cancel);
    if (c->strategy == STRATEGY_INDEX) {
        scan.sources = snapshot_uncovered(env->snapshot);
        if (add_indexed(env, &tables[0]) != 0) {
            error_no_memory(err);
            goto done;
        }
    }
    if (strategy_scan(compiled_reader(c), &scan, &outcome, err) != 0)
        goto done;
    if (join(tables, c->threads) != 0) {
        error_no_memory(err);
        goto done;
    }
    uint32_t n = tables[0].count;
    rc = query_pin_sessions(c->query, n == 0 ? NULL : tables[0].strings + 1, n == 0 ? 0 : n - 1,
                            err);
done:
    for (unsigned i = 0; i < c->threads; i++)
        intern_clear(&tables[i]);
    free(tables);
    return rc;
}
