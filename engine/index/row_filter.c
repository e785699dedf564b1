#include "row_filter.h"

#include "cold.h"
#include "filter.h"

#include <assert.h>
#include <stdlib.h>

enum answer { ANSWER_UNKNOWN, ANSWER_NO, ANSWER_YES };

/* What is known of one filter. */
struct memo {
    const struct filter *filter;
    uint8_t *by_string; /* of the segment at hand; NULL if it does not ask for strings */
    uint8_t *by_source; /* of the snapshot; only project */
    uint8_t *by_bits;   /* role, kind, is, has: by kind and flags */
};

struct row_filter {
    const struct snapshot *snapshot;
    const struct segment *segment;
    struct memo *memos;
    uint32_t count;
    struct arena arena; /* for lists being taken apart */
    bool failed;
};

#define BITS_SIZE (KIND_COUNT * 256u)

static bool asks_bits(enum field f)
{
    return f == FIELD_ROLE || f == FIELD_KIND || f == FIELD_IS || f == FIELD_HAS;
}

static bool asks_strings(enum field f)
{
    switch (f) {
    case FIELD_TOOL:
    case FIELD_FILE:
    case FIELD_SESSION:
    case FIELD_BRANCH:
    case FIELD_MODEL:
    case FIELD_AGENT:
    case FIELD_ID:
        return true;
    default:
        return false;
    }
}

static int memo_init(struct memo *m, const struct filter *filter, uint32_t sources)
{
    m->filter = filter;
    if (asks_bits(filter->field)) {
        m->by_bits = malloc(BITS_SIZE);
        if (m->by_bits == NULL)
            return -1;
        for (uint32_t i = 0; i < BITS_SIZE; i++) {
            enum kind kind = (enum kind)(i >> 8);
            m->by_bits[i] = filter_bits(filter, vocabulary_kind_role(kind), kind, i & 255u);
        }
    }
    if (filter->field == FIELD_PROJECT)
        m->by_source = calloc(sources + 1u, 1);
    return filter->field == FIELD_PROJECT && m->by_source == NULL ? -1 : 0;
}

int row_filter_new(const struct snapshot *s, const struct query *q, struct row_filter **out)
{
    struct row_filter *f = calloc(1, sizeof *f);
    if (f == NULL)
        return -1;
    f->snapshot = s;
    arena_init(&f->arena);
    f->memos = calloc(q->filter_count + 1u, sizeof *f->memos);
    if (f->memos == NULL)
        goto fail;
    for (; f->count < q->filter_count; f->count++)
        if (memo_init(&f->memos[f->count], q->filters[f->count], s->sources.count) != 0) {
            f->count++;
            goto fail;
        }
    *out = f;
    return 0;

fail:
    row_filter_free(f);
    return -1;
}

void row_filter_free(struct row_filter *f)
{
    if (f == NULL)
        return;
    for (uint32_t i = 0; f->memos != NULL && i < f->count; i++) {
        free(f->memos[i].by_string);
        free(f->memos[i].by_source);
        free(f->memos[i].by_bits);
    }
    free(f->memos);
    arena_clear(&f->arena);
    free(f);
}

int row_filter_segment(struct row_filter *f, const struct snapshot_segment *v)
{
    f->segment = v->segment;
    for (uint32_t i = 0; i < f->count; i++) {
        struct memo *m = &f->memos[i];
        if (!asks_strings(m->filter->field))
            continue;
        free(m->by_string);
        m->by_string = calloc(v->segment->strings + 1u, 1);
        if (m->by_string == NULL)
            return -1;
    }
    return 0;
}

bool row_filter_failed(const struct row_filter *f)
{
    return f->failed;
}

/* Whether the filter is true of one of the names in the list that string ${id} is. */
static bool test_list(struct row_filter *f, const struct filter *filter, uint32_t id)
{
    struct span_list list;
    bool yes = false;
    if (segment_list(segment_string(f->segment, id), &f->arena, &list) != 0)
        f->failed = true;
    else
        for (uint32_t i = 0; i < list.count && !yes; i++)
            yes = filter_text(filter, list.items[i]);
    arena_reset(&f->arena);
    return yes;
}

static bool test_string(struct row_filter *f, struct memo *m, uint32_t id)
{
    if (m->by_string[id] == ANSWER_UNKNOWN) {
        bool yes;
        enum field field = m->filter->field;
        if (field == FIELD_TOOL || field == FIELD_FILE)
            yes = test_list(f, m->filter, id);
        else if (field == FIELD_ID)
            yes = filter_id(m->filter, (struct span){"", 0}, segment_string(f->segment, id));
        else
            yes = filter_text(m->filter, segment_string(f->segment, id));
        m->by_string[id] = yes ? ANSWER_YES : ANSWER_NO;
    }
    return m->by_string[id] == ANSWER_YES;
}

static bool test_project(struct row_filter *f, struct memo *m, uint32_t source)
{
    if (m->by_source[source] == ANSWER_UNKNOWN)
        m->by_source[source] =
            filter_text(m->filter, f->snapshot->projects[source]) ? ANSWER_YES : ANSWER_NO;
    return m->by_source[source] == ANSWER_YES;
}

static bool test_uuid(struct row_filter *f, const struct memo *m, uint32_t row)
{
    const struct segment *s = f->segment;
    char text[36];
    if (!(s->bits[row].rank & SEGMENT_HAS_UUID))
        return false;
    struct cold_reader r = {s->cold + s->cold_at[row], s->cold + s->cold_at[row + 1]};
    cold_number(&r);
    return filter_id(m->filter, cold_uuid(&r, text), (struct span){"", 0});
}

static struct memo *memo_of(struct row_filter *f, const struct filter *filter)
{
    for (uint32_t i = 0; i < f->count; i++)
        if (f->memos[i].filter == filter)
            return &f->memos[i];
    assert(!"a query lists all its filters");
    return NULL;
}

bool row_filter_test(struct row_filter *f, const struct filter *filter, uint32_t row,
                     uint32_t source)
{
    const struct segment *s = f->segment;
    struct memo *m = memo_of(f, filter);
    switch (filter->field) {
    case FIELD_ROLE:
    case FIELD_KIND:
    case FIELD_IS:
    case FIELD_HAS:
        return m->by_bits[(uint32_t)s->bits[row].kind << 8 | s->bits[row].flags];
    case FIELD_PART:
        return filter_parts(filter, s->bits[row].parts);
    case FIELD_SINCE:
    case FIELD_UNTIL:
        return filter_time(filter, s->time[row]);
    case FIELD_TOOL:
        return test_string(f, m, s->tools[row]);
    case FIELD_FILE:
        return test_string(f, m, s->files[row]);
    case FIELD_PROJECT:
        return test_project(f, m, source);
    case FIELD_SESSION:
        return test_string(f, m, s->session[row]);
    case FIELD_BRANCH:
        return test_string(f, m, s->branch[row]);
    case FIELD_MODEL:
        return test_string(f, m, s->model[row]);
    case FIELD_AGENT:
        return test_string(f, m, s->agent[row]);
    case FIELD_ID:
        return test_string(f, m, s->session[row]) || test_uuid(f, m, row);
    case FIELD_COUNT:
        break;
    }
    assert(!"every filter has a field");
    return false;
}
