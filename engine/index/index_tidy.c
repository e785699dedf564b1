#include "index_inner.h"

#include "merge.h"

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

/* The places in ${s} of the segments of one class, if there are enough. */
static uint32_t choose(const struct snapshot *s, unsigned class, uint32_t *places)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < s->segment_count; i++)
        if (class_of(s->segments[i].segment) == class)
            places[count++] = i;
    return count >= TIDY_COUNT ? count : 0;
}

void index_replace(struct index *ix, struct segment *const *old, uint32_t count,
                   struct segment *fresh)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < ix->segment_count; i++) {
        bool replaced = false;
        for (uint32_t k = 0; k < count; k++)
            replaced = replaced || ix->segments[i] == old[k];
        if (replaced)
            segment_drop(ix->segments[i]);
        else
            ix->segments[kept++] = ix->segments[i];
    }
    ix->segment_count = kept;
    if (fresh != NULL)
        ix->segments[ix->segment_count++] = fresh; /* one at least was removed */
    index_changed(ix);
}

static int replace_places(struct index *ix, const struct snapshot *s, const uint32_t *places,
                          uint32_t count, struct segment *fresh)
{
    struct segment **old = malloc(count * sizeof(struct segment *));
    if (old == NULL) {
        segment_drop(fresh);
        return -1;
    }
    for (uint32_t i = 0; i < count; i++)
        old[i] = s->segments[places[i]].segment;
    index_replace(ix, old, count, fresh);
    free(old);
    return 0;
}

int index_tidy_small(struct index *ix)
{
    uint32_t small = 0, n;
    int disk_error, rc = 0;
    for (uint32_t i = 0; i < ix->segment_count; i++)
        small += class_of(ix->segments[i]) == 0;
    if (small < TIDY_COUNT)
        return 0;
    struct snapshot *s = index_current(ix);
    uint32_t *places = s == NULL ? NULL : malloc(s->segment_count * sizeof *places);
    if (places == NULL)
        return -1;
    snapshot_hold(s);
    n = choose(s, 0, places);
    struct segment *fresh;
    rc = merge_segments(s, places, n, NULL, &fresh, &disk_error, NULL);
    if (rc == 0)
        rc = replace_places(ix, s, places, n, fresh);
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
        n = choose(s, class, places);
    bool done = false;
    struct segment *fresh;
    int disk_error;
    /* To a file only when saving: until then it can be had again from the sources. */
    if (n > 0 && merge_segments(s, places, n, NULL, &fresh, &disk_error, NULL) == 0) {
        pthread_mutex_lock(&ix->lock);
        done = replace_places(ix, s, places, n, fresh) == 0;
        pthread_mutex_unlock(&ix->lock);
    }
    snapshot_release(s);
    free(places);
    return done;
}

void index_tidy(struct index *ix)
{
    for (int i = 0; i < CLASSES; i++)
        if (!tidy_once(ix))
            return;
}
