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

/* A merge in work. */
struct merger {
    struct segment_builder *builder;
    const char *folder;
    struct merged *out;
    struct arena arena; /* of one message */
};

static int finish_one(struct merger *m, struct error *err)
{
    struct segment *made;
    int disk_error;
    void *p = realloc(m->out->segments, (m->out->count + 1) * sizeof(struct segment *));
    if (p == NULL)
        return error_no_memory(err);
    m->out->segments = p;
    if (segment_builder_finish(m->builder, m->folder != NULL, &made, &disk_error, err) != 0)
        return -1;
    if (disk_error != 0)
        m->out->disk_error = disk_error;
    if (made != NULL)
        m->out->segments[m->out->count++] = made;
    return 0;
}

static int add_piece(struct merger *m, const struct piece *p, struct error *err)
{
    const struct segment_run *run = &p->segment->run[p->run];
    struct message message;
    for (uint32_t row = run->row; row < run->end; row++) {
        arena_reset(&m->arena);
        if (segment_message(p->segment, row, &m->arena, &message) != 0)
            return error_no_memory(err);
        if ((segment_builder_full(m->builder) || !segment_builder_has_room(m->builder, &message)) &&
            finish_one(m, err) != 0)
            return -1;
        if (segment_builder_run(m->builder, run->version) != 0 ||
            segment_builder_add(m->builder, &message, p->segment->bits[row].rank & SEGMENT_RANK) !=
                0)
            return error_no_memory(err);
    }
    return 0;
}

int merge_segments(const struct snapshot *s, const uint32_t *places, uint32_t count,
                   const char *folder, uint64_t limit, struct merged *out, struct error *err)
{
    struct merger m = {.folder = folder, .out = out};
    size_t n;
    int rc = 0;
    *out = (struct merged){0};
    arena_init(&m.arena);
    struct piece *list = list_pieces(s, places, count, &n);
    if (list == NULL || segment_builder_new(folder, &m.builder) != 0)
        rc = error_no_memory(err);
    else
        segment_builder_limit(m.builder, limit);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = add_piece(&m, &list[i], err);
    if (rc == 0)
        rc = finish_one(&m, err);
    if (rc != 0)
        merged_drop(out);
    segment_builder_free(m.builder);
    arena_clear(&m.arena);
    free(list);
    return rc;
}

void merged_drop(struct merged *m)
{
    for (uint32_t i = 0; i < m->count; i++)
        segment_drop(m->segments[i]);
    free(m->segments);
    *m = (struct merged){0};
}
