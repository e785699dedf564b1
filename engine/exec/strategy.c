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

enum strategy strategy_choose(const struct source_list *list)
{
    return ahead_is_cached(list) ? STRATEGY_WORKSHARING : STRATEGY_HYBRID;
}

int strategy_scan(enum strategy s, const struct scan *scan, struct scan_outcome *out,
                  struct error *err)
{
    *out = (struct scan_outcome){0};
    int rc = strategies[s](scan, out, err);
    out->profile.strategy = s;
    return rc;
}
