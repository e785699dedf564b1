#include "strategy.h"

#include "ahead.h"
#include "error.h"

typedef int strategy_fn(const struct scan *scan, struct scan_outcome *out, struct error *err);

static strategy_fn *const strategies[STRATEGY_COUNT] = {
    [STRATEGY_SERIAL] = strategy_serial,
    [STRATEGY_WORKSHARING] = strategy_worksharing,
    [STRATEGY_ASYNC] = strategy_async,
    [STRATEGY_HYBRID] = strategy_hybrid,
};

bool strategy_available(enum strategy s)
{
    return strategies[s] != NULL;
}

/* A walk over a list of sources: an ahead_next_fn. */
struct walk {
    const struct source_list *list;
    uint32_t next;
};

static bool next_source(void *arg, struct ahead_range *out)
{
    struct walk *w = arg;
    if (w->next == w->list->count)
        return false;
    *out = ahead_source(&w->list->items[w->next++]);
    return true;
}

/* From this mean size on the kernel's own read-ahead does as well alone. */
#define LARGE_FILES (UINT64_C(8) << 20)

enum strategy strategy_choose(const struct source_list *list)
{
    struct walk walk = {.list = list};
    bool large = list->count > 0 && list->bytes / list->count >= LARGE_FILES;
    return large || ahead_is_cached(next_source, &walk, list->bytes) ? STRATEGY_WORKSHARING
                                                                     : STRATEGY_HYBRID;
}

int strategy_scan(enum strategy s, const struct scan *scan, struct scan_outcome *out,
                  struct error *err)
{
    *out = (struct scan_outcome){0};
    int rc = strategies[s](scan, out, err);
    out->profile.strategy = s;
    return rc;
}
