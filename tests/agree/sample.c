#include "sample.h"

#include "span.h"
#include "strategy.h"
#include "utf8.h"

uint64_t sample_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

struct sampling {
    struct sample *out;
    uint64_t state;
    uint64_t seen;
};

/* Reservoir sampling, so that late messages are picked as often as early ones. */
static int put(struct sampling *s, struct sample_list *list, struct span value)
{
    uint32_t at = list->count;
    if (value.ptr == NULL || value.len == 0 || value.len > 200)
        return 0;
    if (at == SAMPLE_MAX &&
        (at = (uint32_t)(sample_random(&s->state) % (s->seen + 1))) >= SAMPLE_MAX)
        return 0;
    if (arena_copy(&s->out->arena, value, &list->items[at]) != 0)
        return -1;
    list->count += at == list->count;
    return 0;
}

/* Some run of characters of a text, often a whole word. */
static struct span pick_run(struct sampling *s, struct span text)
{
    size_t at = (size_t)(sample_random(&s->state) % text.len);
    while (at > 0 && ((unsigned char)text.ptr[at] & 0xc0) == 0x80)
        at--;
    if (sample_random(&s->state) % 2 == 0)
        while (at > 0 && text.ptr[at - 1] != ' ' && text.ptr[at - 1] != '\n')
            at--;
    struct span rest = {text.ptr + at, text.len - at};
    size_t chars = 1 + (size_t)(sample_random(&s->state) % 24);
    return (struct span){rest.ptr, utf8_cut(rest, chars)};
}

static int take(void *arg, unsigned worker, const struct message *m, bool matched)
{
    struct sampling *s = arg;
    struct sample *o = s->out;
    (void)worker;
    (void)matched;
    s->seen++;
    for (unsigned p = 0; p < PART_COUNT; p++)
        if (m->part[p].len > 0 && put(s, &o->words, pick_run(s, m->part[p])) != 0)
            return -1;
    if (o->time_count < SAMPLE_MAX)
        o->times[o->time_count++] = m->time_ms;
    if ((m->tools.count > 0 && put(s, &o->tools, m->tools.items[0]) != 0) ||
        (m->files.count > 0 && put(s, &o->files, m->files.items[0]) != 0))
        return -1;
    return put(s, &o->projects, m->project) | put(s, &o->sessions, m->session) |
           put(s, &o->branches, m->branch) | put(s, &o->models, m->model) |
           put(s, &o->agents, m->agent) | put(s, &o->uuids, m->uuid);
}

int sample_read(const struct source_list *list, uint64_t seed, struct sample *out)
{
    struct sampling s = {.out = out, .state = seed};
    struct scan_outcome outcome;
    struct error err = {0};
    *out = (struct sample){0};
    arena_init(&out->arena);
    struct scan scan = {.sources = list,
                        .sink = {.take = take, .arg = &s, .every = true, .tools = true},
                        .threads = 1};
    return strategy_scan(STRATEGY_SERIAL, &scan, &outcome, &err);
}

void sample_clear(struct sample *s)
{
    arena_clear(&s->arena);
}
