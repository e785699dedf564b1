#include "merge.h"

#include "segment_builder.h"

#include <stdlib.h>

/* A living run. */
struct piece {
    const struct segment *segment;
    uint32_t run;
    uint32_t source;
    uint64_t offset; /* of its first row */
};

static int compare_pieces(const void *pa, const void *pb)
{
    const struct piece *a = pa, *b = pb;
    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    return (a->offset > b->offset) - (a->offset < b->offset);
}

static struct piece *list_pieces(const struct snapshot *s, const uint32_t *places, uint32_t count,
                                 size_t *n)
{
    size_t most = 1;
    *n = 0;
    for (uint32_t i = 0; i < count; i++)
        most += s->segments[places[i]].segment->runs;
    struct piece *list = malloc(most * sizeof *list);
    for (uint32_t i = 0; list != NULL && i < count; i++) {
        const struct snapshot_segment *v = &s->segments[places[i]];
        for (uint32_t r = 0; r < v->segment->runs; r++)
            if (v->run_source[r] != SNAPSHOT_DEAD &&
                v->segment->run[r].row < v->segment->run[r].end)
                list[(*n)++] = (struct piece){v->segment, r, v->run_source[r],
                                              v->segment->offset[v->segment->run[r].row]};
    }
    if (list != NULL)
        qsort(list, *n, sizeof *list, compare_pieces);
    return list;
}

static int add_piece(struct segment_builder *b, const struct piece *p, struct arena *arena)
{
    const struct segment_run *run = &p->segment->run[p->run];
    struct message m;
    if (segment_builder_run(b, run->version) != 0)
        return -1;
    for (uint32_t row = run->row; row < run->end; row++) {
        arena_reset(arena);
        if (segment_message(p->segment, row, arena, &m) != 0 ||
            segment_builder_add(b, &m, p->segment->bits[row].rank & SEGMENT_RANK) != 0)
            return -1;
    }
    return 0;
}

int merge_segments(const struct snapshot *s, const uint32_t *places, uint32_t count,
                   const char *folder, struct segment **out, int *disk_error, struct error *err)
{
    struct segment_builder *b = NULL;
    struct arena arena;
    size_t n;
    int rc = 0;
    *out = NULL;
    *disk_error = 0;
    arena_init(&arena);
    struct piece *list = list_pieces(s, places, count, &n);
    if (list == NULL || segment_builder_new(folder, &b) != 0)
        rc = error_no_memory(err);
    for (size_t i = 0; rc == 0 && i < n; i++)
        if (add_piece(b, &list[i], &arena) != 0)
            rc = error_no_memory(err);
    if (rc == 0)
        rc = segment_builder_finish(b, folder != NULL, out, disk_error, err);
    segment_builder_free(b);
    arena_clear(&arena);
    free(list);
    return rc;
}
