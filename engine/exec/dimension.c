#include "dimension.h"

#include "clock.h"
#include "span.h"

#include <stdio.h>
#include <stdlib.h>

/* Each distinct list of tools is taken apart once; there are few. */
static int split_tools(struct dimension *d)
{
    const struct intern *lists = &d->results->names.tools;
    d->tools = calloc((size_t)lists->count + 1, sizeof(uint32_t *));
    if (d->tools == NULL)
        return -1;
    for (uint32_t i = 1; i < lists->count; i++) {
        struct span rest = intern_get(lists, i), name;
        size_t n = 0;
        d->tools[i] = calloc(rest.len / sizeof(uint32_t) + 1, sizeof(uint32_t));
        if (d->tools[i] == NULL)
            return -1;
        while (match_tools_next(&rest, &name))
            if (intern_put(&d->own, name, &d->tools[i][n++]) != 0)
                return -1;
    }
    return 0;
}

int dimension_init(struct dimension *d, const struct result_set *r, enum facet facet,
                   const struct zone *zone)
{
    *d = (struct dimension){.results = r, .facet = facet, .zone = zone, .last_day = INT64_MIN};
    intern_init(&d->own);
    return facet == FACET_TOOL ? split_tools(d) : 0;
}

void dimension_clear(struct dimension *d)
{
    for (uint32_t i = 1; d->tools != NULL && i < d->results->names.tools.count; i++)
        free(d->tools[i]);
    free(d->tools);
    free(d->versions);
    intern_clear(&d->own);
    d->tools = NULL;
    d->versions = NULL;
}

/* Neighbours in time are the rule, so the last day is remembered. */
static int day_id(struct dimension *d, int64_t time_ms, uint32_t *id)
{
    char text[32];
    int year, month, day;
    int64_t days = zone_day(d->zone, time_ms);
    *id = d->last_day_id;
    if (days == d->last_day)
        return 0;
    clock_civil_from_days(days, &year, &month, &day);
    int n = snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
    if (intern_put(&d->own, (struct span){text, (size_t)n}, id) != 0)
        return -1;
    d->last_day = days;
    d->last_day_id = *id;
    return 0;
}

static int hour_id(struct dimension *d, int64_t time_ms, uint32_t *id)
{
    char text[16];
    int n = snprintf(text, sizeof text, "%d", zone_hour(d->zone, time_ms));
    return intern_put(&d->own, (struct span){text, (size_t)n}, id);
}

static int single_id(struct dimension *d, uint32_t index, uint32_t *id)
{
    const struct result_set *r = d->results;
    const struct match *m = &r->all[index];
    switch (d->facet) {
    case FACET_ROLE:
        *id = vocabulary_kind_role((enum kind)m->kind);
        return 0;
    case FACET_KIND:
        *id = m->kind;
        return 0;
    case FACET_PROJECT:
        *id = r->place_project[m->place];
        return 0;
    case FACET_SESSION:
        *id = r->place_session[m->place];
        return 0;
    case FACET_MODEL:
        *id = m->model;
        return 0;
    case FACET_DAY:
        return day_id(d, m->time_ms, id);
    case FACET_HOUR:
        return hour_id(d, m->time_ms, id);
    case FACET_VERSION:
        *id = d->versions[index];
        return 0;
    default:
        *id = m->branch;
        return 0;
    }
}

int dimension_ids(struct dimension *d, uint32_t index, uint32_t ids[DIMENSION_MAX_IDS],
                  const uint32_t **list)
{
    const struct match *m = &d->results->all[index];
    int n = 0;
    *list = ids;
    if (d->facet == FACET_PART) {
        for (uint32_t p = 0; p < PART_COUNT; p++)
            if (((unsigned)m->parts >> p & 1) != 0)
                ids[n++] = p;
        return n;
    }
    if (d->facet == FACET_TOOL) {
        if (m->tools == 0)
            return 0;
        *list = d->tools[m->tools];
        while ((*list)[n] != 0)
            n++;
        return n;
    }
    return single_id(d, index, ids) == 0 ? 1 : -1;
}

struct span dimension_name(const struct dimension *d, uint32_t id)
{
    switch (d->facet) {
    case FACET_ROLE:
        return span_of(vocabulary_role_name((enum role)id));
    case FACET_KIND:
        return span_of(vocabulary_kind_name((enum kind)id));
    case FACET_PART:
        return span_of(vocabulary_part_name((enum part)id));
    case FACET_PROJECT:
    case FACET_SESSION:
        return intern_get(&d->results->values, id);
    case FACET_MODEL:
        return intern_get(&d->results->names.model, id);
    case FACET_BRANCH:
        return intern_get(&d->results->names.branch, id);
    default:
        return intern_get(&d->own, id);
    }
}
