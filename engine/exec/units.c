#include "units.h"

#include "clock.h"
#include "error.h"
#include "team.h"

#include <stdlib.h>

#define UNIT_SMALLEST (UINT64_C(256) << 10)
#define UNIT_LARGEST (UINT64_C(8) << 20)
#define UNITS_PER_THREAD 16 /* so that the last one to finish is late by 1/16 at most */

static uint64_t unit_size(const struct scan *scan)
{
    if (scan->unit_bytes != 0)
        return scan->unit_bytes;
    uint64_t size = scan->sources->bytes / ((uint64_t)scan->threads * UNITS_PER_THREAD);
    return size < UNIT_SMALLEST ? UNIT_SMALLEST : size > UNIT_LARGEST ? UNIT_LARGEST : size;
}

/* A file of more than two units' size is split; the rest of the division goes to the last. */
static uint64_t unit_pieces(uint64_t size, uint64_t unit)
{
    return size / unit < 2 ? 1 : size / unit;
}

static void count_units(const struct source_list *list, uint64_t size, size_t *units,
                        size_t *splits)
{
    uint64_t batch = 0;
    *units = 1;
    *splits = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        uint64_t pieces = unit_pieces(list->items[i].size, size);
        if (pieces > 1 || batch + list->items[i].size > size) {
            ++*units;
            batch = 0;
        }
        if (pieces > 1) {
            *units += (size_t)pieces;
            ++*splits;
        } else {
            batch += list->items[i].size;
        }
    }
}

static struct unit *unit_add(struct units *u)
{
    struct unit *unit = &u->items[u->count++];
    atomic_init(&unit->last_time, UNIT_TIME_UNKNOWN);
    return unit;
}

static void add_split(struct units *u, const struct source *s, uint32_t at, uint64_t pieces)
{
    struct split_file *f = &u->splits[u->split_count++];
    f->source = s;
    f->first_unit = (uint32_t)u->count;
    f->unit_count = (uint32_t)pieces;
    for (uint64_t k = 0; k < pieces; k++) {
        struct unit *unit = unit_add(u);
        unit->first = at;
        unit->count = 1;
        unit->split = f;
        unit->begin = s->size / pieces * k;
        unit->end = k + 1 == pieces ? s->size : s->size / pieces * (k + 1);
    }
}

int units_plan(const struct scan *scan, struct units *out, struct error *err)
{
    const struct source_list *list = scan->sources;
    uint64_t size = unit_size(scan);
    size_t unit_max, split_max;
    count_units(list, size, &unit_max, &split_max);
    *out = (struct units){0};
    out->items = calloc(unit_max, sizeof *out->items);
    out->splits = calloc(split_max + 1, sizeof *out->splits);
    if (out->items == NULL || out->splits == NULL) {
        free(out->items);
        free(out->splits);
        *out = (struct units){0};
        return error_no_memory(err);
    }
    struct unit *open = NULL; /* the unit that still takes small files */
    uint64_t batch = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct source *s = &list->items[i];
        uint64_t pieces = unit_pieces(s->size, size);
        if (pieces > 1) {
            add_split(out, s, i, pieces);
            open = NULL;
            continue;
        }
        if (open == NULL || batch + s->size > size) {
            open = unit_add(out);
            open->first = i;
            batch = 0;
        }
        open->count++;
        batch += s->size;
    }
    return 0;
}

void units_free(struct units *u)
{
    for (size_t i = 0; i < u->count; i++)
        tool_calls_free(u->items[i].calls);
    for (size_t i = 0; i < u->split_count; i++) {
        tool_calls_free(u->splits[i].calls);
    }
    free(u->items);
    free(u->splits);
    *u = (struct units){0};
}

struct preparation {
    struct units *units;
    const struct scan *scan;
    struct reader **readers;
    _Atomic int failed;
};

static void prepare_calls(void *arg, unsigned worker, size_t step)
{
    struct preparation *p = arg;
    struct unit *u = &p->units->items[step];
    if (u->split == NULL || cancel_poll(p->scan->cancel) != CANCEL_NONE)
        return;
    struct error err = {0};
    if (tool_calls_read(p->readers[worker], u->split->source, u->begin, u->end, &u->calls, &err) !=
            0 &&
        err.code == ERROR_NO_MEMORY)
        atomic_store(&p->failed, 1);
}

static int join_calls(struct units *u, struct split_file *f)
{
    for (uint32_t k = f->first_unit; k < f->first_unit + f->unit_count; k++) {
        struct tool_calls *c = u->items[k].calls;
        u->items[k].calls = NULL;
        if (f->calls == NULL) {
            f->calls = c;
        } else if (c != NULL) {
            int rc = tool_calls_join(f->calls, c);
            tool_calls_free(c);
            if (rc != 0)
                return -1;
        }
    }
    return 0;
}

int units_prepare(struct units *u, const struct scan *scan, struct reader **readers)
{
    struct preparation p = {.units = u, .scan = scan, .readers = readers};
    if (u->split_count == 0 || !scan->sink.tools)
        return 0;
    team_for(scan->team, scan->threads, u->count, prepare_calls, &p);
    if (atomic_load(&p.failed))
        return -1;
    for (size_t i = 0; i < u->split_count; i++)
        if (join_calls(u, &u->splits[i]) != 0)
            return -1;
    return 0;
}

int units_time_before(struct units *u, const struct unit *unit, struct reader *r, int64_t *out,
                      struct error *err)
{
    const struct split_file *f = unit->split;
    *out = TIME_NONE;
    if (f == NULL)
        return 0;
    for (size_t k = (size_t)(unit - u->items); *out == TIME_NONE && k > f->first_unit; k--) {
        struct unit *before = &u->items[k - 1];
        *out = atomic_load_explicit(&before->last_time, memory_order_relaxed);
        if (*out != UNIT_TIME_UNKNOWN)
            continue;
        if (facts_time_before(r, f->source, before->begin, before->end, out, err) != 0)
            return -1;
        atomic_store_explicit(&before->last_time, *out, memory_order_relaxed);
    }
    return 0;
}
