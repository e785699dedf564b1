#include "strategy.h"

#include "error.h"
#include "team.h"
#include "worker.h"

#include <stdlib.h>

struct loop {
    const struct scan *scan;
    struct units units;
    struct worker **workers;
};

static void run_unit(void *arg, unsigned worker, size_t step)
{
    struct loop *l = arg;
    worker_unit(l->workers[worker], &l->units, &l->units.items[step]);
}

/* The readers of the workers, for the preparation. */
static struct reader **borrow_readers(const struct loop *l)
{
    struct reader **r = calloc(l->scan->threads, sizeof(struct reader *));
    for (unsigned i = 0; r != NULL && i < l->scan->threads; i++)
        r[i] = worker_reader(l->workers[i]);
    return r;
}

int strategy_worksharing(const struct scan *scan, struct scan_outcome *out, struct error *err)
{
    struct loop l = {.scan = scan};
    struct reader **readers = NULL;
    int rc = -1;
    if (units_plan(scan, &l.units, err) != 0 || workers_new(scan, &l.workers, err) != 0)
        goto done;
    readers = borrow_readers(&l);
    if (readers == NULL || units_prepare(&l.units, scan, readers) != 0) {
        error_no_memory(err);
        goto done;
    }
    team_for(scan->threads, l.units.count, run_unit, &l);
    rc = 0;
    for (unsigned i = 0; i < scan->threads; i++) {
        worker_outcome(l.workers[i], out);
        if (worker_failed(l.workers[i]))
            rc = error_no_memory(err);
    }
    out->stopped = cancel_poll(scan->cancel);
done:
    free(readers);
    workers_free(l.workers, scan->threads);
    units_free(&l.units);
    return rc;
}
