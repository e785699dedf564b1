#include "snapshot.h"

#include "snapshot_view.h"
#include "span.h"

#include <stdlib.h>

/* --- making -------------------------------------------------------------------------------------- */

/* From version to source: open addressing, version 0 is free. */
struct version_slot {
    uint64_t version;
    uint32_t source;
};

struct version_table {
    struct version_slot *slots;
    uint64_t mask;
};

static void table_put(struct version_table *t, uint64_t version, uint32_t source)
{
    uint64_t at = version & t->mask;
    while (t->slots[at].version != 0)
        at = (at + 1) & t->mask;
    t->slots[at] = (struct version_slot){version, source};
}

static uint32_t table_get(const struct version_table *t, uint64_t version)
{
    uint64_t at = version & t->mask;
    for (; t->slots[at].version != 0; at = (at + 1) & t->mask)
        if (t->slots[at].version == version)
            return t->slots[at].source;
    return SNAPSHOT_DEAD;
}

static int table_make(struct version_table *t, const struct catalog *c)
{
    uint64_t size = 16;
    while (size < 4 * (uint64_t)c->count)
        size *= 2;
    t->mask = size - 1;
    t->slots = calloc(size, sizeof *t->slots);
    if (t->slots == NULL)
        return -1;
    for (uint32_t i = 0; i < c->count; i++) {
        const struct catalog_entry *e = c->entries[i];
        if (e->solid_version != 0)
            table_put(t, e->solid_version, i);
        if (e->loose_version != 0)
            table_put(t, e->loose_version, i);
    }
    return 0;
}

static int add_segment(struct snapshot *s, struct segment *g, const struct version_table *t)
{
    struct snapshot_segment *v = &s->segments[s->segment_count];
    uint32_t *map = malloc((g->runs + 1u) * sizeof *map);
    if (map == NULL)
        return -1;
    *v = (struct snapshot_segment){.first_row = s->rows, .run_source = map};
    for (uint32_t i = 0; i < g->runs; i++) {
        map[i] = table_get(t, g->run[i].version);
        if (map[i] != SNAPSHOT_DEAD)
            v->live_rows += g->run[i].end - g->run[i].row;
    }
    v->segment = segment_hold(g);
    s->segment_count++;
    s->rows += g->rows;
    s->totals.segments++;
    *(g->path != NULL ? &s->totals.disk_bytes : &s->totals.memory_bytes) += g->size;
    return 0;
}

static struct snapshot_extent extent_of(const struct catalog_entry *e)
{
    bool is_known = e->indexed && e->unreadable.ptr == NULL;
    bool has_last = e->loose.messages + e->loose.other_records > 0;
    return (struct snapshot_extent){e->lines, e->solid_end,
                                    !is_known  ? UINT64_MAX
                                    : has_last ? e->read_end
                                               : e->solid_end};
}

static int add_sources(struct snapshot *s, const struct catalog *c)
{
    s->sources.items = malloc((c->count + 1u) * sizeof *s->sources.items);
    s->uncovered.items = malloc((c->count + 1u) * sizeof *s->uncovered.items);
    s->projects = malloc((c->count + 1u) * sizeof *s->projects);
    s->extents = malloc((c->count + 1u) * sizeof *s->extents);
    if (s->sources.items == NULL || s->uncovered.items == NULL || s->projects == NULL ||
        s->extents == NULL)
        return -1;
    for (uint32_t i = 0; i < c->count; i++) {
        const struct catalog_entry *e = c->entries[i];
        const struct extract_counts *pieces[] = {&e->solid, &e->loose};
        s->sources.items[s->sources.count++] = e->source;
        s->sources.bytes += e->source.size;
        s->projects[i] = e->project;
        s->extents[i] = extent_of(e);
        if (!e->indexed) {
            s->uncovered.items[s->uncovered.count++] = e->source;
            s->uncovered.bytes += e->source.size;
        }
        for (int k = 0; k < 2; k++) {
            s->totals.messages += pieces[k]->messages;
            s->totals.other_records += pieces[k]->other_records;
            s->totals.malformed_lines += pieces[k]->malformed_lines;
            s->totals.text_bytes += pieces[k]->text_bytes;
        }
    }
    return 0;
}

/* What discovery could not read, and what ingestion could not. */
static int add_unreadable(struct snapshot *s, struct catalog *c, const struct source_list *from)
{
    uint32_t most = (from == NULL ? 0 : from->unreadable_count) + c->count + 1;
    struct unreadable *u = malloc(most * sizeof *u);
    if (u == NULL)
        return -1;
    s->sources.unreadable = u;
    for (uint32_t i = 0; from != NULL && i < from->unreadable_count; i++, u++) {
        *u = from->unreadable[i];
        if (catalog_keep(c, from->unreadable[i].name, &u->name) != 0 ||
            catalog_keep(c, from->unreadable[i].reason, &u->reason) != 0)
            return -1;
    }
    for (uint32_t i = 0; i < c->count; i++)
        if (c->entries[i]->unreadable.ptr != NULL)
            *u++ = (struct unreadable){.name = c->entries[i]->source.name,
                                       .reason = c->entries[i]->unreadable};
    s->sources.unreadable_count = (uint32_t)(u - s->sources.unreadable);
    return 0;
}

int snapshot_new(struct catalog *c, struct segment *const *segments, uint32_t count,
                 const struct source_list *unreadable, struct snapshot **out)
{
    struct version_table table = {0};
    struct snapshot *s = calloc(1, sizeof *s);
    int rc = -1;
    if (s == NULL)
        return -1;
    atomic_init(&s->references, 1);
    s->segments = calloc(count + 1u, sizeof *s->segments);
    if (s->segments == NULL || table_make(&table, c) != 0)
        goto done;
    for (uint32_t i = 0; i < count; i++)
        if (add_segment(s, segments[i], &table) != 0)
            goto done;
    if (add_sources(s, c) != 0 || add_unreadable(s, c, unreadable) != 0)
        goto done;
    rc = 0;
    *out = s;

done:
    free(table.slots);
    if (rc != 0)
        snapshot_release(s);
    return rc;
}

struct snapshot *snapshot_hold(struct snapshot *s)
{
    atomic_fetch_add_explicit(&s->references, 1, memory_order_relaxed);
    return s;
}

void snapshot_release(struct snapshot *s)
{
    if (s == NULL || atomic_fetch_sub_explicit(&s->references, 1, memory_order_acq_rel) != 1)
        return;
    for (uint32_t i = 0; i < s->segment_count; i++) {
        segment_drop(s->segments[i].segment);
        free(s->segments[i].run_source);
    }
    free(s->segments);
    free(s->sources.items);
    free(s->sources.unreadable);
    free(s->uncovered.items);
    free(s->projects);
    free(s->extents);
    if (s->own != NULL)
        catalog_clear(s->own);
    free(s->own);
    free(s);
}

/* --- reading ------------------------------------------------------------------------------------- */

const struct source_list *snapshot_sources(const struct snapshot *s)
{
    return &s->sources;
}

const struct source_list *snapshot_uncovered(const struct snapshot *s)
{
    return &s->uncovered;
}

bool snapshot_extent(const struct snapshot *s, uint32_t source, struct snapshot_extent *out)
{
    *out = s->extents[source];
    return out->end != UINT64_MAX;
}

void snapshot_totals(const struct snapshot *s, struct snapshot_totals *out)
{
    *out = s->totals;
}

uint32_t snapshot_locate(const struct snapshot *s, uint32_t row, uint32_t *local)
{
    uint32_t low = 0, high = s->segment_count;
    while (high - low > 1) {
        uint32_t mid = low + (high - low) / 2;
        if (s->segments[mid].first_row <= row)
            low = mid;
        else
            high = mid;
    }
    *local = row - s->segments[low].first_row;
    return low;
}

static uint32_t source_of(const struct snapshot_segment *v, uint32_t local)
{
    return v->run_source[segment_run_of(v->segment, local)];
}

int snapshot_message(const struct snapshot *s, uint32_t row, struct arena *arena,
                     struct message *out)
{
    uint32_t local;
    const struct snapshot_segment *v = &s->segments[snapshot_locate(s, row, &local)];
    if (segment_message(v->segment, local, arena, out) != 0)
        return -1;
    out->source = source_of(v, local);
    out->project = s->projects[out->source];
    if (s->sources.items[out->source].is_retained)
        out->flags |= MESSAGE_SOURCE_GONE;
    return 0;
}

/* --- finding rows -------------------------------------------------------------------------------- */

struct found {
    uint32_t source;
    uint32_t position;
    uint64_t offset;
    uint32_t row;
};

struct found_list {
    struct found *items;
    size_t count;
    size_t capacity;
};

static int found_add(struct found_list *f, const struct snapshot_segment *v, uint32_t source,
                     uint32_t local)
{
    const struct segment *g = v->segment;
    if (f->count == f->capacity) {
        size_t capacity = f->capacity == 0 ? 64 : 2 * f->capacity;
        void *p = realloc(f->items, capacity * sizeof *f->items);
        if (p == NULL)
            return -1;
        f->items = p;
        f->capacity = capacity;
    }
    f->items[f->count++] = (struct found){.source = source,
                                          .position = g->position[local],
                                          .offset = g->offset[local],
                                          .row = v->first_row + local};
    return 0;
}

static int compare_found(const void *pa, const void *pb)
{
    const struct found *a = pa, *b = pb;
    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    if (a->offset != b->offset)
        return a->offset < b->offset ? -1 : 1;
    return (a->position > b->position) - (a->position < b->position);
}

static int find_by_uuid(const struct snapshot_segment *v, struct hash128 id, struct found_list *f)
{
    const struct segment *g = v->segment;
    for (uint32_t i = 0; i < g->runs; i++) {
        if (v->run_source[i] == SNAPSHOT_DEAD)
            continue;
        for (uint32_t row = g->run[i].row; row < g->run[i].end; row++)
            if (hash128_equal(g->identity[row], id) && (g->bits[row].rank & SEGMENT_HAS_UUID) &&
                found_add(f, v, v->run_source[i], row) != 0)
                return -1;
    }
    return 0;
}

static int found_finish(struct found_list *f, int rc, uint32_t **rows, size_t *count)
{
    uint32_t *out = rc == 0 ? malloc((f->count + 1) * sizeof *out) : NULL;
    if (out != NULL) {
        if (f->count > 0)
            qsort(f->items, f->count, sizeof *f->items, compare_found);
        for (size_t i = 0; i < f->count; i++)
            out[i] = f->items[i].row;
        *rows = out;
        *count = f->count;
    }
    free(f->items);
    return out == NULL ? -1 : 0;
}

static int find_by_session(const struct snapshot_segment *v, uint32_t session, struct found_list *f)
{
    const struct segment *g = v->segment;
    for (uint32_t i = 0; i < g->runs; i++) {
        if (v->run_source[i] == SNAPSHOT_DEAD)
            continue;
        for (uint32_t row = g->run[i].row; row < g->run[i].end; row++)
            if (g->session[row] == session && found_add(f, v, v->run_source[i], row) != 0)
                return -1;
    }
    return 0;
}

int snapshot_session(const struct snapshot *s, struct span session, uint32_t **rows, size_t *count)
{
    struct found_list f = {0};
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < s->segment_count; i++) {
        const struct snapshot_segment *v = &s->segments[i];
        uint32_t number = segment_find_string(v->segment, session);
        if (number != 0)
            rc = find_by_session(v, number, &f);
    }
    return found_finish(&f, rc, rows, count);
}

static int find_by_source(const struct snapshot_segment *v, uint32_t source, struct found_list *f)
{
    const struct segment *g = v->segment;
    for (uint32_t i = 0; i < g->runs; i++)
        for (uint32_t row = g->run[i].row; v->run_source[i] == source && row < g->run[i].end; row++)
            if (found_add(f, v, source, row) != 0)
                return -1;
    return 0;
}

int snapshot_source(const struct snapshot *s, uint32_t source, uint32_t **rows, size_t *count)
{
    struct found_list f = {0};
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < s->segment_count; i++)
        rc = find_by_source(&s->segments[i], source, &f);
    return found_finish(&f, rc, rows, count);
}

/* A row without a uuid has an identity made of its place, which only message_identity() knows. */
static int find_by_place(const struct snapshot_segment *v, struct hash128 id, struct found_list *f)
{
    const struct segment *g = v->segment;
    for (uint32_t i = 0; i < g->runs; i++) {
        if (v->run_source[i] == SNAPSHOT_DEAD)
            continue;
        for (uint32_t row = g->run[i].row; row < g->run[i].end; row++) {
            if (g->bits[row].rank & SEGMENT_HAS_UUID)
                continue;
            struct message m = {
                .source = v->run_source[i], .offset = g->offset[row], .position = g->position[row]};
            struct hash128 h = message_identity(&m);
            if (hash128_equal(h, id) && found_add(f, v, v->run_source[i], row) != 0)
                return -1;
        }
    }
    return 0;
}

int snapshot_identity(const struct snapshot *s, struct hash128 id, uint32_t **rows, size_t *count)
{
    struct found_list f = {0};
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < s->segment_count; i++)
        rc = find_by_uuid(&s->segments[i], id, &f);
    for (uint32_t i = 0; rc == 0 && f.count == 0 && i < s->segment_count; i++)
        rc = find_by_place(&s->segments[i], id, &f);
    return found_finish(&f, rc, rows, count);
}

/* Session ids, each once; the spans borrow from the segments. */
struct session_set {
    struct intern seen;
    struct span *items;
    size_t count;
    size_t capacity;
};

static int add_session(struct session_set *set, struct span session)
{
    uint32_t before = set->seen.count, id;
    if (set->count == set->capacity) {
        size_t capacity = set->capacity == 0 ? 256 : 2 * set->capacity;
        void *p = realloc(set->items, capacity * sizeof *set->items);
        if (p == NULL)
            return -1;
        set->items = p;
        set->capacity = capacity;
    }
    if (intern_put(&set->seen, session, &id) != 0)
        return -1;
    if (set->seen.count > before && id + 1 == set->seen.count)
        set->items[set->count++] = session;
    return 0;
}

/* ${known} has a byte for each string of the segment. */
static int collect_sessions(const struct snapshot_segment *v, uint8_t *known,
                            struct session_set *set)
{
    const struct segment *g = v->segment;
    for (uint32_t i = 0; i < g->runs; i++) {
        if (v->run_source[i] == SNAPSHOT_DEAD)
            continue;
        for (uint32_t row = g->run[i].row; row < g->run[i].end; row++) {
            uint32_t session = g->session[row];
            if (known[session])
                continue;
            known[session] = 1;
            if (add_session(set, segment_string(g, session)) != 0)
                return -1;
        }
    }
    return 0;
}

int snapshot_sessions(const struct snapshot *s, struct span **out, size_t *count)
{
    struct session_set set = {.items = calloc(1, sizeof *set.items), .capacity = 1};
    int rc = set.items == NULL ? -1 : 0;
    intern_init(&set.seen);
    for (uint32_t i = 0; rc == 0 && i < s->segment_count; i++) {
        uint8_t *known = calloc(s->segments[i].segment->strings + 1u, 1);
        rc = known == NULL ? -1 : collect_sessions(&s->segments[i], known, &set);
        free(known);
    }
    intern_clear(&set.seen);
    if (rc != 0) {
        free(set.items);
        return -1;
    }
    *out = set.items;
    *count = set.count;
    return 0;
}
