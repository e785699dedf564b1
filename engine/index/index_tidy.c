#include "index_inner.h"

#include <stdlib.h>
#include <string.h>

/* Segments are of the same class if their sizes differ by less than TIDY_COUNT; as soon as there
 * are TIDY_COUNT of one class they become one of the next.  So a message is copied at most once a
 * class, and there are at most TIDY_COUNT segments of each. */
static unsigned class_of(const struct segment *s)
{
    unsigned class = 0;
    for (size_t size = s->size / TIDY_SMALL_BYTES; size > 0; size /= TIDY_COUNT)
        class ++;
    return class;
}

#define CLASSES 20
#define FILE_BYTES \
    (4u << 20) /* what is larger goes to a file at once, others when they are saved */

/* The places in ${s} of segments of one class that together fit into one, if there are enough.  The largest
 * never are: there are as many of them as there is text. */
static uint32_t choose(const struct index *ix, const struct snapshot *s, unsigned class,
                       uint32_t *places)
{
    uint32_t count = 0;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < s->segment_count; i++) {
        const struct segment *g = s->segments[i].segment;
        if (class_of(g) != class || sum + g->size > ix->segment_bytes)
            continue;
        sum += g->size;
        places[count++] = i;
    }
    return count >= TIDY_COUNT ? count : 0;
}

static bool is_one_of(const struct segment *s, struct segment *const *list, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (list[i] == s)
            return true;
    return false;
}

bool index_replace(struct index *ix, struct segment *const *old, uint32_t count,
                   struct merged *fresh)
{
    uint32_t there = 0, kept = 0;
    for (uint32_t i = 0; i < ix->segment_count; i++)
        there += is_one_of(ix->segments[i], old, count);
    /* Room for the fresh ones first: then nothing can fail. */
    if (count == 0 || there != count || index_reserve_segments(ix, fresh->count) != 0) {
        merged_drop(fresh);
        return false;
    }
    for (uint32_t i = 0; i < ix->segment_count; i++) {
        if (is_one_of(ix->segments[i], old, count))
            segment_drop(ix->segments[i]);
        else
            ix->segments[kept++] = ix->segments[i];
    }
    ix->segment_count = kept;
    for (uint32_t i = 0; i < fresh->count; i++)
        ix->segments[ix->segment_count++] = fresh->segments[i];
    fresh->count = 0;
    merged_drop(fresh);
    index_changed(ix);
    return true;
}

static bool replace_places(struct index *ix, const struct snapshot *s, const uint32_t *places,
                           uint32_t count, struct merged *fresh)
{
    struct segment **old = malloc((count + 1) * sizeof(struct segment *));
    if (old == NULL) {
        merged_drop(fresh);
        return false;
    }
    for (uint32_t i = 0; i < count; i++)
        old[i] = s->segments[places[i]].segment;
    bool done = index_replace(ix, old, count, fresh);
    free(old);
    return done;
}

int index_tidy_small(struct index *ix)
{
    uint32_t small = 0, n;
    int rc = 0;
    for (uint32_t i = 0; i < ix->segment_count; i++)
        small += class_of(ix->segments[i]) == 0;
    if (small < TIDY_COUNT)
        return 0;
    struct snapshot *s = index_current(ix);
    uint32_t *places = s == NULL ? NULL : malloc(s->segment_count * sizeof *places);
    if (places == NULL)
        return -1;
    snapshot_hold(s);
    n = choose(ix, s, 0, places);
    struct merged fresh;
    if (n > 0)
        rc = merge_segments(s, places, n, NULL, ix->segment_bytes, &fresh, NULL);
    if (n > 0 && rc == 0)
        (void)replace_places(ix, s, places, n, &fresh);
    snapshot_release(s);
    free(places);
    return rc;
}

/* A segment most of which is dead. */
static uint32_t choose_dead(const struct snapshot *s, uint32_t *places)
{
    for (uint32_t i = 0; i < s->segment_count; i++) {
        const struct snapshot_segment *v = &s->segments[i];
        if (v->live_rows == 0 || v->live_rows < v->segment->rows / 2) {
            places[0] = i;
            return 1;
        }
    }
    return 0;
}

static size_t size_of(const struct snapshot *s, const uint32_t *places, uint32_t count)
{
    size_t sum = 0;
    for (uint32_t i = 0; i < count; i++)
        sum += s->segments[places[i]].segment->size;
    return sum;
}

/* One merge; false if there is nothing to do. */
static bool tidy_once(struct index *ix)
{
    pthread_mutex_lock(&ix->lock);
    struct snapshot *s = index_current(ix);
    if (s != NULL)
        snapshot_hold(s);
    pthread_mutex_unlock(&ix->lock);
    uint32_t *places = s == NULL ? NULL : malloc((s->segment_count + 1) * sizeof *places);
    if (places == NULL) {
        snapshot_release(s);
        return false;
    }
    uint32_t n = choose_dead(s, places);
    for (unsigned class = 1; n == 0 && class < CLASSES; class ++)
        n = choose(ix, s, class, places);
    bool done = false;
    struct merged fresh;
    const char *folder = size_of(s, places, n) > FILE_BYTES && ix->lock_fd >= 0 ? ix->folder : NULL;
    if (n > 0 && merge_segments(s, places, n, folder, ix->segment_bytes, &fresh, NULL) == 0) {
        pthread_mutex_lock(&ix->lock);
        done = replace_places(ix, s, places, n, &fresh);
        pthread_mutex_unlock(&ix->lock);
    }
    snapshot_release(s);
    free(places);
    return done;
}

void index_tidy(struct index *ix)
{
    pthread_mutex_lock(&ix->work);
    for (int i = 0; i < CLASSES; i++)
        if (!tidy_once(ix))
            break;
    pthread_mutex_unlock(&ix->work);
}
