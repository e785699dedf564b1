#include "agent_meta.h"
#include "session_show.h"
#include "session_thread.h"
#include "span.h"

#include <stdlib.h>

struct thread_sum {
    uint32_t source; /* the first file */
    uint64_t messages;
    int64_t first_ms;
    int64_t last_ms;
};

/* A record of a sub-agent. */
struct agent_record {
    uint32_t thread;
    const struct match *match;
};

static int compare_threads(const void *a, const void *b)
{
    const struct thread_sum *x = a, *y = b;
    if (x->first_ms != y->first_ms)
        return x->first_ms < y->first_ms ? -1 : 1;
    return (x->source > y->source) - (x->source < y->source);
}

/* By thread, then message. */
static int compare_records(const void *a, const void *b)
{
    const struct agent_record *x = a, *y = b;
    if (x->thread != y->thread)
        return x->thread < y->thread ? -1 : 1;
    return hash128_compare(x->match->identity, y->match->identity);
}

/* The thread of a file: one that is there already, or a new one. */
static uint32_t find_thread(const struct source_list *list, struct thread_sum *sums, size_t *count,
                            const struct match *m)
{
    struct span name = source_thread(&list->items[m->source]);
    for (size_t i = 0; i < *count; i++)
        if (span_equal(source_thread(&list->items[sums[i].source]), name))
            return (uint32_t)i;
    sums[*count] = (struct thread_sum){m->source, 0, m->time_ms, m->time_ms};
    return (uint32_t)(*count)++;
}

static void add_record(struct thread_sum *s, const struct match *m, bool copy)
{
    s->messages += !copy;
    if (m->time_ms < s->first_ms)
        s->first_ms = m->time_ms;
    if (m->time_ms > s->last_ms)
        s->last_ms = m->time_ms;
    if (m->source < s->source)
        s->source = m->source;
}

/* The session's messages in sub-agent files, by thread; ${place}, ${records} and ${sums} have room. */
static size_t sum_up(const struct environment *env, const struct result_set *r, uint32_t session,
                     uint32_t *place, struct agent_record *records, struct thread_sum *sums)
{
    size_t n = 0, count = 0;
    for (uint64_t i = 0; i < r->count; i++) {
        const struct match *m = &r->all[i];
        if (r->place_session[m->place] != session || !env->sources->items[m->source].is_agent)
            continue;
        if (place[m->source] == 0)
            place[m->source] = find_thread(env->sources, sums, &count, m) + 1;
        records[n++] = (struct agent_record){place[m->source] - 1, m};
    }
    qsort(records, n, sizeof *records, compare_records);
    for (size_t i = 0; i < n; i++)
        add_record(&sums[records[i].thread], records[i].match,
                   i > 0 && compare_records(&records[i - 1], &records[i]) == 0);
    qsort(sums, count, sizeof *sums, compare_threads);
    return count;
}

/* *${out} is malloced. */
static int sum_threads(const struct environment *env, const struct tally *t, uint32_t session,
                       struct thread_sum **out, size_t *count)
{
    size_t sources = (size_t)env->sources->count + 1;
    uint32_t *place = calloc(sources, sizeof *place); /* + 1; 0: none */
    struct agent_record *records = malloc((t->results.count + 1) * sizeof *records);
    struct thread_sum *sums = calloc(sources, sizeof *sums);
    int rc = place == NULL || records == NULL || sums == NULL ? -1 : 0;
    *out = sums;
    if (rc == 0)
        *count = sum_up(env, &t->results, session, place, records, sums);
    else
        free(sums);
    free(place);
    free(records);
    return rc;
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
        if (arena_copy_any(arena, source_thread(s), &agents[i].agent) != 0 ||
            arena_copy_any(arena, s->name, &agents[i].source) != 0 ||
            agent_meta_read(s, arena, &agents[i]) != 0)
            rc = -1;
    }
    free(sums);
    *out = agents;
    *count = (uint32_t)n;
    return rc;
}
