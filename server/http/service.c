#include "service.h"

bool service_index_serves(struct service *s)
{
    struct engine_state state;
    engine_state(s->engine, &state);
    return state.index_enabled && state.ready;
}
