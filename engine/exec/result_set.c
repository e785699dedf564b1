#include "result_set.h"

#include <assert.h>
#include <stdlib.h>

void result_set_init(struct result_set *r)
{
    *r = (struct result_set){0};
    match_names_init(&r->names);
    intern_init(&r->values);
}

void result_set_clear(struct result_set *r)
{
    free(r->all);
    free(r->shown);
    free(r->scores);
    free(r->place_session);
    free(r->place_project);
    match_names_clear(&r->names);
    intern_clear(&r->values);
    result_set_init(r);
}

/* The slot of the message ${m} in a table of indexes + 1; the table is at most half full. */
static size_t slot_of(const struct result_set *r, const uint32_t *slots, size_t mask,
                      const struct match *m)
{
    size_t i = (size_t)m->identity.lo & mask;
    while (slots[i] != 0) {
        const struct match *other = &r->all[slots[i] - 1];
        if (hash128_equal(other->identity, m->identity))
            break;
        i = (i + 1) & mask;
    }
    return i;
}

/* The messages to show in the order of their matches, which later passes then walk through memory
 * forwards: several times faster than in the order of the table. */
static int list_shown(struct result_set *r, const uint32_t *slots, size_t size)
{
    uint64_t *marks = calloc((size_t)r->count / 64 + 1, sizeof *marks);
    if (marks == NULL)
        return -1;
    for (size_t s = 0; s < size; s++)
        if (slots[s] != 0)
            marks[(slots[s] - 1) / 64] |= UINT64_C(1) << (slots[s] - 1) % 64;
    for (uint64_t w = 0; w <= r->count / 64; w++)
        for (uint64_t m = marks[w]; m != 0; m &= m - 1)
            r->shown[r->shown_count++] = (uint32_t)(w * 64 + (unsigned)__builtin_ctzll(m));
    free(marks);
    return 0;
}

static int collapse_copies(struct result_set *r)
{
    size_t size = 64;
    while (size < r->count * 2)
        size *= 2;
    uint32_t *slots = calloc(size, sizeof *slots);
    if (slots == NULL)
        return -1;
    for (uint64_t i = 0; i < r->count; i++) {
        size_t s = slot_of(r, slots, size - 1, &r->all[i]);
        if (slots[s] == 0 || match_is_preferred(&r->all[i], &r->all[slots[s] - 1]))
            slots[s] = (uint32_t)i + 1;
    }
    int rc = list_shown(r, slots, size);
    free(slots);
    return rc;
}

int result_set_collapse(struct result_set *r, bool dedupe)
{
    assert(r->count < UINT32_MAX);
    r->shown = malloc((r->count + 1) * sizeof *r->shown);
    if (r->shown == NULL)
        return -1;
    r->shown_count = 0;
    if (dedupe)
        return collapse_copies(r);
    for (uint64_t i = 0; i < r->count; i++)
        r->shown[r->shown_count++] = (uint32_t)i;
    return 0;
}

int result_set_places(struct result_set *r)
{
    uint32_t n = r->names.place.count;
    r->place_session = calloc((size_t)n + 1, sizeof *r->place_session);
    r->place_project = calloc((size_t)n + 1, sizeof *r->place_project);
    if (r->place_session == NULL || r->place_project == NULL)
        return -1;
    for (uint32_t id = 1; id < n; id++) {
        struct span session, project;
        match_place_get(&r->names, id, &session, &project);
        if (intern_put(&r->values, session, &r->place_session[id]) != 0 ||
            intern_put(&r->values, project, &r->place_project[id]) != 0)
            return -1;
    }
    return 0;
}
