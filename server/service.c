#include "service.h"

#define LOOK_EVERY_NS UINT64_C(100000000)

bool service_index_serves(struct service *s)
{
    struct engine_status *status = NULL;
    struct error err = {0};

    if (atomic_load_explicit(&s->index_serves, memory_order_relaxed))
        return true;
    uint64_t now = jobs_now_ns();
    uint64_t before = atomic_load(&s->looked_ns);
    if (now - before < LOOK_EVERY_NS ||
        !atomic_compare_exchange_strong(&s->looked_ns, &before, now))
        return false;
    if (engine_status(s->engine, false, NULL, &status, &err) != 0)
        return false;
    bool serves = status->index_enabled && status->ready;
    engine_status_free(status);
    atomic_store(&s->index_serves, serves);
    return serves;
}
