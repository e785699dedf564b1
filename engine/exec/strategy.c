#include "strategy.h"

#include "error.h"

typedef int strategy_fn(const struct scan *scan, struct scan_outcome *out, struct error *err);

static strategy_fn *const strategies[STRATEGY_COUNT] = {
    [STRATEGY_SERIAL] = strategy_serial,
    [STRATEGY_WORKSHARING] = strategy_worksharing,
};

bool strategy_available(enum strategy s)
{
    return strategies[s] != NULL;
}

int strategy_scan(enum strategy s, const struct scan *scan, struct scan_outcome *out,
                  struct error *err)
{
    *out = (struct scan_outcome){0};
    return strategies[s](scan, out, err);
}
