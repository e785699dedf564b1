#include "tail_told.h"

#include "snapshot_copies.h"
#include "span.h"

#include <stdlib.h>

struct asking {
    const struct tail_before *before;
    const struct reply_hit *hits;
    struct tail_news *news;
    const uint32_t *which; /* of each id the place in ${news} */
    struct arena arena;
};

static int look_at_copy(void *arg, size_t id, uint32_t row)
{
    struct asking *a = arg;
    const struct tail_before *b = a->before;
    uint32_t i = a->which[id];
    struct message copy;
    if (a->news[i].is_told)
        return 0;
    arena_reset(&a->arena);
    if (snapshot_message(b->snapshot, row, &a->arena, &copy) != 0)
        return -1;
    a->news[i].is_told = copy.offset < b->began[copy.source] &&
                         span_equal(copy.uuid, a->hits[i].id) &&
                         matcher_test(b->matcher, b->scratch, &copy);
    return 0;
}

int tail_told_find(const struct tail_before *b, const struct reply_hit *hits,
                   struct tail_news *news, uint32_t n)
{
    struct hash128 *ids = malloc(((size_t)n + 1) * sizeof *ids);
    uint32_t *which = malloc(((size_t)n + 1) * sizeof *which);
    struct asking a = {.before = b, .hits = hits, .news = news, .which = which};
    size_t count = 0;
    int rc = -1;
    arena_init(&a.arena);
    if (ids != NULL && which != NULL) {
        for (uint32_t i = 0; i < n; i++)
            if (news[i].has_uuid) {
                which[count] = i;
                ids[count++] = news[i].identity;
            }
        rc = snapshot_copies(b->snapshot, ids, count, b->cancel, look_at_copy, &a);
    }
    arena_clear(&a.arena);
    free(ids);
    free(which);
    return rc;
}
