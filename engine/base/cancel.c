#include "cancel.h"

#include "clock.h"

#include <stddef.h>

void cancel_init(struct cancel *c, unsigned timeout_ms)
{
    atomic_init(&c->reason, CANCEL_NONE);
    c->deadline_ns = timeout_ms == 0 ? 0 : clock_monotonic_ns() + timeout_ms * UINT64_C(1000000);
}

void cancel_request(struct cancel *c, enum cancel_reason why)
{
    int none = CANCEL_NONE;
    atomic_compare_exchange_strong_explicit(&c->reason, &none, (int)why, memory_order_relaxed,
                                            memory_order_relaxed);
}

enum cancel_reason cancel_poll(struct cancel *c)
{
    if (c == NULL)
        return CANCEL_NONE;
    if (c->deadline_ns != 0 && clock_monotonic_ns() >= c->deadline_ns)
        cancel_request(c, CANCEL_TIMEOUT);
    return (enum cancel_reason)atomic_load_explicit(&c->reason, memory_order_relaxed);
}
