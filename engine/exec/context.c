#include "context.h"

#include "buf.h"
#include "error.h"
#include "extract.h"
#include "facts.h"
#include "hits.h"
#include "lines.h"
#include "reader.h"
#include "span.h"
#include "utf8.h"

#include <stdlib.h>

/* Reading one file twice: first to number its messages, then to show those around the hits. */
struct around {
    const struct source_list *list;
    uint32_t n;
    struct arena *arena;
    struct reader *reader;
    struct extractor *extractor;
    struct reply_hit **hits; /* of this file */
    uint32_t hit_count;
    uint64_t *numbers; /* of the hits in the file; UINT64_MAX: not found */
    uint64_t seen;     /* messages so far */
    bool showing;
    struct buf shown;  /* of struct reply_hit: the messages near a hit, in order */
    struct buf places; /* of uint64_t: their numbers */
};

static void note_number(struct around *a, const struct message *m)
{
    for (uint32_t i = 0; i < a->hit_count; i++)
        if (a->hits[i]->line == m->line && a->hits[i]->position == m->position)
            a->numbers[i] = a->seen;
}

static bool is_near(const struct around *a, uint64_t number)
{
    for (uint32_t i = 0; i < a->hit_count; i++) {
        uint64_t at = a->numbers[i];
        if (at != UINT64_MAX && number + a->n >= at && number <= at + a->n)
            return true;
    }
    return false;
}

static int show(struct around *a, const struct message *m)
{
    struct reply_hit one;
    if (hit_from_message(a->list, m, a->arena, &one) != 0)
        return -1;
    one.text = SPAN("");
    for (unsigned p = 0; p < PART_COUNT; p++) {
        if (m->part[p].len == 0)
            continue;
        struct span head = {m->part[p].ptr, utf8_cut(m->part[p], CONTEXT_TEXT_CHARS)};
        if (arena_copy(a->arena, head, &one.text) != 0)
            return -1;
        break;
    }
    buf_append(&a->shown, &one, sizeof one);
    return buf_append(&a->places, &a->seen, sizeof a->seen);
}

static int take(void *arg, const struct message *m)
{
    struct around *a = arg;
    int rc = 0;
    if (!a->showing)
        note_number(a, m);
    else if (is_near(a, a->seen))
        rc = show(a, m);
    a->seen++;
    return rc;
}

/* Every line of the file; a file that cannot be read ends early. */
static int read_file(struct around *a, const struct source *s, const struct facts *facts)
{
    struct block b;
    uint64_t number = 1;
    a->seen = 0;
    if (extract_begin(a->extractor, s, facts, NULL) != 0)
        return -1;
    if (reader_open(a->reader, s, 0, s->size, NULL) != 0)
        return 0;
    while (reader_next(a->reader, &b, NULL) > 0) {
        struct span rest = {b.ptr, b.len}, line;
        for (; lines_next(&rest, &line); number++)
            if (extract_line(a->extractor, line, b.offset + (uint64_t)(line.ptr - b.ptr), number,
                             b.unterminated && rest.len == 0, take, a) != 0)
                return -1;
    }
    return 0;
}

/* Hand out the messages read: those of a hit stand in a row, since all numbers near it are there. */
static int give(struct around *a)
{
    size_t count = a->shown.len / sizeof(struct reply_hit);
    struct reply_hit *all = arena_alloc(a->arena, a->shown.len + 1);
    const uint64_t *places = (const void *)a->places.ptr;
    if (all == NULL)
        return -1;
    if (count > 0)
        memcpy(all, a->shown.ptr, a->shown.len);
    for (uint32_t i = 0; i < a->hit_count; i++) {
        size_t at = 0;
        while (at < count && places[at] < a->numbers[i])
            at++;
        if (at == count || places[at] != a->numbers[i])
            continue;
        uint64_t before = a->numbers[i] < a->n ? a->numbers[i] : a->n;
        uint64_t after = count - at - 1 < a->n ? count - at - 1 : a->n;
        while (after > 0 && places[at + after] != a->numbers[i] + after)
            after--;
        a->hits[i]->before = all + at - before;
        a->hits[i]->before_count = (uint32_t)before;
        a->hits[i]->after = all + at + 1;
        a->hits[i]->after_count = (uint32_t)after;
    }
    return 0;
}

static int add_to_file(struct around *a, const struct source *s)
{
    struct facts facts;
    struct error err = {0};
    if (facts_read(a->reader, s, &facts, &err) != 0)
        return err.code == ERROR_NO_MEMORY ? -1 : 0;
    a->numbers = malloc(((size_t)a->hit_count + 1) * sizeof *a->numbers);
    a->showing = false;
    buf_init(&a->shown);
    buf_init(&a->places);
    int rc = a->numbers == NULL ? -1 : 0;
    for (uint32_t i = 0; rc == 0 && i < a->hit_count; i++)
        a->numbers[i] = UINT64_MAX;
    if (rc == 0)
        rc = read_file(a, s, &facts);
    a->showing = true;
    if (rc == 0)
        rc = read_file(a, s, &facts);
    if (rc == 0)
        rc = give(a);
    buf_clear(&a->shown);
    buf_clear(&a->places);
    free(a->numbers);
    facts_clear(&facts);
    return rc;
}

static int compare_sources(const void *a, const void *b)
{
    return span_compare((*(struct reply_hit *const *)a)->source,
                        (*(struct reply_hit *const *)b)->source);
}

static int add_all(struct around *a, struct reply_hit **order, uint32_t count)
{
    for (uint32_t i = 0, k; i < count; i = k) {
        for (k = i + 1; k < count && span_equal(order[i]->source, order[k]->source);)
            k++;
        const struct source *s = source_find(a->list, order[i]->source);
        a->hits = order + i;
        a->hit_count = k - i;
        if (s != NULL && add_to_file(a, s) != 0)
            return -1;
    }
    return 0;
}

int context_add(const struct source_list *list, uint32_t n, struct arena *arena,
                struct reply_hit *hits, uint32_t count, struct error *err)
{
    struct around a = {.list = list, .n = n, .arena = arena};
    struct reply_hit **order = malloc(((size_t)count + 1) * sizeof(struct reply_hit *));
    int rc = -1;
    if (n == 0 || count == 0) {
        free(order);
        return 0;
    }
    for (uint32_t i = 0; order != NULL && i < count; i++)
        order[i] = &hits[i];
    if (order != NULL && reader_new(&a.reader) == 0 && extractor_new(&a.extractor) == 0) {
        qsort(order, count, sizeof *order, compare_sources);
        rc = add_all(&a, order, count);
    }
    extractor_free(a.extractor);
    reader_free(a.reader);
    free(order);
    return rc == 0 ? 0 : error_no_memory(err);
}
