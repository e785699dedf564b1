#include "worker.h"

#include "clock.h"
#include "error.h"
#include "filter.h"
#include "lines.h"

#include <stdlib.h>

struct worker {
    const struct scan *scan;
    unsigned number;
    struct reader *reader;
    struct reader *aside; /* for looking back or ahead while reader is in use */
    struct extractor *extractor;
    struct match_scratch *scratch;
    uint64_t files;
    uint64_t unreadable;
    bool failed;      /* out of memory */
    struct error err; /* of the range in work: ERROR_IO, or anything else for no memory */

    /* the range in work */
    struct units *units;
    const struct unit *unit;
    const struct source *source;
    uint64_t begin;
    struct facts own_facts; /* of a whole file, once a line asked for them */
    const struct facts *facts;
    uint64_t looked_back_to; /* before this offset the nearest time is looked_back_time */
    int64_t looked_back_time;
};

static void worker_free(struct worker *w)
{
    if (w == NULL)
        return;
    match_scratch_free(w->scratch);
    extractor_free(w->extractor);
    reader_free(w->reader);
    reader_free(w->aside);
    free(w);
}

static struct worker *worker_new(const struct scan *scan, unsigned number)
{
    struct worker *w = calloc(1, sizeof *w);
    if (w == NULL)
        return NULL;
    w->scan = scan;
    w->number = number;
    if (reader_new(&w->reader) == 0 && reader_new(&w->aside) == 0 &&
        extractor_new(&w->extractor) == 0 &&
        (scan->matcher == NULL || match_scratch_new(scan->matcher, &w->scratch) == 0))
        return w;
    worker_free(w);
    return NULL;
}

int workers_new(const struct scan *scan, struct worker ***out, struct error *err)
{
    struct worker **all = calloc(scan->threads, sizeof(struct worker *));
    if (all == NULL)
        return error_no_memory(err);
    for (unsigned i = 0; i < scan->threads; i++) {
        if ((all[i] = worker_new(scan, i)) == NULL) {
            workers_free(all, i);
            return error_no_memory(err);
        }
    }
    *out = all;
    return 0;
}

void workers_free(struct worker **w, unsigned n)
{
    if (w == NULL)
        return;
    for (unsigned i = 0; i < n; i++)
        worker_free(w[i]);
    free(w);
}

bool worker_failed(const struct worker *w)
{
    return w->failed;
}

struct reader *worker_reader(struct worker *w)
{
    return w->reader;
}

void worker_outcome(const struct worker *w, struct scan_outcome *out)
{
    const struct extract_counts *c = extract_counts(w->extractor);
    out->files += w->files;
    out->unreadable += w->unreadable;
    out->bytes += reader_bytes(w->reader) + reader_bytes(w->aside);
    out->counts.messages += c->messages;
    out->counts.other_records += c->other_records;
    out->counts.malformed_lines += c->malformed_lines;
    out->counts.text_bytes += c->text_bytes;
    out->counts.lines += c->lines;
    out->limited |= w->scratch != NULL && match_scratch_limited(w->scratch);
}

/* The time of a record whose line was read out of context: that of the nearest record before, else
 * after, else the file's.  What was looked back over once is not read again. */
static int64_t borrowed_time(struct worker *w, uint64_t offset)
{
    int64_t t = TIME_NONE;
    if (facts_time_before(w->aside, w->source, w->looked_back_to, offset, &t, NULL) != 0)
        t = TIME_NONE;
    if (t == TIME_NONE && w->looked_back_to == w->begin)
        t = units_time_before(w->units, w->unit, w->aside);
    else if (t == TIME_NONE)
        t = w->looked_back_time;
    w->looked_back_to = offset;
    w->looked_back_time = t;
    if (t == TIME_NONE)
        t = w->facts->first_time;
    return t == TIME_NONE ? w->source->mtime_ns / 1000000 : t;
}

static int take(void *arg, const struct message *m)
{
    struct worker *w = arg;
    const struct scan *scan = w->scan;
    struct message timed;
    if (!m->time_certain && !scan_needs_every_line(scan)) {
        timed = *m;
        timed.time_ms = borrowed_time(w, m->offset);
        m = &timed;
    }
    bool matched = scan->matcher == NULL || matcher_test(scan->matcher, w->scratch, m);
    return matched || scan->sink.every ? scan->sink.take(scan->sink.arg, w->number, m, matched) : 0;
}

/* Tell the extractor where it is, before the first line that it gets. */
static int begin_extracting(struct worker *w)
{
    if (w->facts == NULL) {
        if (facts_read(w->aside, w->source, &w->own_facts, &w->err) != 0)
            return -1;
        w->facts = &w->own_facts;
    }
    struct extract_start start = {TIME_NONE, NULL};
    if (w->unit->split != NULL) {
        start.calls = w->unit->split->calls;
        if (scan_needs_every_line(w->scan))
            start.last_time = units_time_before(w->units, w->unit, w->aside);
    }
    return extract_begin(w->extractor, w->source, w->facts, &start);
}

static int feed(struct worker *w, const struct block *b, struct span line, size_t *fed)
{
    if (*fed == 0 && begin_extracting(w) != 0)
        return -1;
    ++*fed;
    bool last = line.ptr + line.len == b->ptr + b->len;
    return extract_line(w->extractor, line, b->offset + (uint64_t)(line.ptr - b->ptr), 0,
                        b->unterminated && last, take, w);
}

static int feed_every_line(struct worker *w, const struct block *b, size_t *fed)
{
    struct span rest = {b->ptr, b->len}, line;
    int rc = 0;
    while (rc == 0 && lines_next(&rest, &line))
        rc = feed(w, b, line, fed);
    return rc;
}

static int feed_candidates(struct worker *w, const struct block *b, size_t *fed)
{
    struct span all = {b->ptr, b->len};
    size_t at = 0;
    int rc = 0;
    while (rc == 0 && (at = prefilter_next(w->scan->prefilter, all, at)) < all.len) {
        struct span line = lines_around(all, at);
        rc = feed(w, b, line, fed);
        at = (size_t)(line.ptr - all.ptr) + line.len + 1;
        if (at >= all.len)
            break;
    }
    return rc;
}

static bool must_stop(struct worker *w)
{
    return w->failed || cancel_poll(w->scan->cancel) != CANCEL_NONE;
}

/* Whether the query asks for the id that the file's name gives to records without one: then their
 * lines need not hold it. */
static bool is_named(const struct scan *scan, const struct source *s)
{
    if (!prefilter_needs_names(scan->prefilter))
        return false;
    for (uint32_t i = 0; i < scan->query->filter_count; i++)
        if (scan->query->filters[i]->field == FIELD_ID &&
            filter_id(scan->query->filters[i], (struct span){NULL, 0}, s->session))
            return true;
    return false;
}

static void read_range(struct worker *w, const struct source *s, uint64_t begin, uint64_t end)
{
    bool every = scan_needs_every_line(w->scan) || is_named(w->scan, s);
    struct block b;
    size_t fed = 0;
    int rc;
    w->err = (struct error){0};
    w->source = s;
    w->begin = w->looked_back_to = begin;
    w->looked_back_time = TIME_NONE;
    w->files += begin == 0; /* a split file counts once */
    if (reader_open(w->reader, s, begin, end, &w->err) != 0) {
        w->unreadable++;
        return;
    }
    while (!must_stop(w) && (rc = reader_next(w->reader, &b, &w->err)) != 0) {
        if (rc > 0)
            rc = every ? feed_every_line(w, &b, &fed) : feed_candidates(w, &b, &fed);
        if (rc >= 0)
            continue;
        w->unreadable += w->err.code == ERROR_IO;
        w->failed |= w->err.code != ERROR_IO;
        break;
    }
}

void worker_unit(struct worker *w, struct units *units, const struct unit *unit)
{
    w->units = units;
    w->unit = unit;
    if (unit->split != NULL) {
        w->facts = &unit->split->facts;
        if (!unit->split->broken)
            read_range(w, unit->split->source, unit->begin, unit->end);
        else if (unit->begin == 0)
            w->unreadable++;
        return;
    }
    for (uint32_t i = unit->first; i < unit->first + unit->count && !must_stop(w); i++) {
        const struct source *s = &w->scan->sources->items[i];
        w->facts = NULL;
        read_range(w, s, 0, s->size);
        if (w->facts != NULL)
            facts_clear(&w->own_facts);
    }
}
