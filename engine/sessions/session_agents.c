#include "agent_meta.h"
#include "session_show.h"
#include "span.h"

#include <stdlib.h>

struct thread_sum {
    uint32_t source;
    uint64_t messages;
    int64_t first_ms;
    int64_t last_ms;
};

static int compare_threads(const void *a, const void *b)
{
    const struct thread_sum *x = a, *y = b;
    if (x->first_ms != y->first_ms)
        return x->first_ms < y->first_ms ? -1 : 1;
    return (x->source > y->source) - (x->source < y->source);
}

/* The session's messages in sub-agent files, by file; *${out} is malloced. */
static int sum_threads(const struct environment *env, const struct tally *t, uint32_t session,
                       struct thread_sum **out, size_t *count)
{
    const struct result_set *r = &t->results;
    uint32_t *place = calloc((size_t)env->sources->count + 1, sizeof *place); /* + 1; 0: none */
    struct thread_sum *sums = calloc((size_t)env->sources->count + 1, sizeof *sums);
    size_t n = 0;
    if (place == NULL || sums == NULL) {
        free(place);
        free(sums);
        return -1;
    }
    for (uint64_t i = 0; i < r->count; i++) {
        const struct match *m = &r->all[i];
        if (r->place_session[m->place] != session || !env->sources->items[m->source].is_agent)
            continue;
        if (place[m->source] == 0) {
            sums[n] = (struct thread_sum){m->source, 0, m->time_ms, m->time_ms};
            place[m->source] = (uint32_t)++n;
        }
        struct thread_sum *s = &sums[place[m->source] - 1];
        s->messages++;
        if (m->time_ms < s->first_ms)
            s->first_ms = m->time_ms;
        if (m->time_ms > s->last_ms)
            s->last_ms = m->time_ms;
    }
    free(place);
    qsort(sums, n, sizeof *sums, compare_threads);
    *out = sums;
    *count = n;
    return 0;
}

int session_agents(const struct environment *env, const struct tally *t, uint32_t session,
                   struct arena *arena, struct reply_agent **out, uint32_t *count)
{
    struct thread_sum *sums;
    size_t n;
    if (sum_threads(env, t, session, &sums, &n) != 0)
        return -1;
    struct reply_agent *agents = arena_zalloc(arena, (n + 1) * sizeof *agents);
    int rc = agents == NULL ? -1 : 0;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        const struct source *s = &env->sources->items[sums[i].source];
        agents[i] = (struct reply_agent){
            .messages = sums[i].messages, .first_ms = sums[i].first_ms, .last_ms = sums[i].last_ms};
        if (arena_copy_any(arena, s->agent, &agents[i].agent) != 0 ||
            arena_copy_any(arena, s->name, &agents[i].source) != 0 ||
            agent_meta_read(s, arena, &agents[i]) != 0)
            rc = -1;
    }
    free(sums);
    *out = agents;
    *count = (uint32_t)n;
    return rc;
}
