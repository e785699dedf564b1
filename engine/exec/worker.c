#include "worker.h"

#include "clock.h"
#include "error.h"
#include "filter.h"
#include "line_clock.h"
#include "lines.h"

#include <stdlib.h>
#include <string.h>

struct worker {
    const struct scan *scan;
    unsigned number;
    struct reader *reader;
    struct reader *aside; /* for looking back or ahead while reader is in use */
    struct extractor *extractor;
    struct match_scratch *scratch;
    uint64_t files;
    uint64_t unreadable;
    uint64_t portion_bytes; /* of bytes that others have read */
    bool failed;            /* out of memory */
    struct error err;       /* of the range in work: ERROR_IO, or anything else for no memory */

    /* the range in work */
    struct units *units;
    const struct unit *unit;
    const struct source *source;
    const struct block *block;
    uint64_t begin;
    struct facts facts;
    const struct source *facts_source; /* whose they are; NULL: nobody's */
    bool begun;                        /* the extractor knows where it is */
    uint64_t looked_back_to;           /* before this offset the nearest time is looked_back_time */
    int64_t looked_back_time;

    /* where the time went */
    uint64_t busy_ns;
    uint64_t wait_ns;
    uint64_t run_bytes;
    uint64_t line_bytes; /* of lines that were parsed */
    uint64_t hits;
    struct line_clock clock; /* of busy_ns: what was spent on lines */
};

static void worker_free(struct worker *w)
{
    if (w == NULL)
        return;
    match_scratch_free(w->scratch);
    extractor_free(w->extractor);
    reader_free(w->reader);
    reader_free(w->aside);
    facts_clear(&w->facts);
    free(w);
}

static struct worker *worker_new(const struct scan *scan, unsigned number)
{
    struct worker *w = calloc(1, sizeof *w);
    if (w == NULL)
        return NULL;
    w->scan = scan;
    w->number = number;
    w->clock.off = scan->without.profile;
    if (reader_new(&w->reader) == 0 && reader_new(&w->aside) == 0 &&
        extractor_new(&w->extractor) == 0 &&
        (scan->matcher == NULL || match_scratch_new(scan->matcher, scan->cancel, &w->scratch) == 0))
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

uint64_t worker_busy(const struct worker *w)
{
    return w->busy_ns;
}

void worker_spent(struct worker *w, enum phase phase, uint64_t ns)
{
    *(phase == PHASE_READ ? &w->busy_ns : &w->wait_ns) += ns;
}

static void worker_profile(const struct worker *w, struct profile *p)
{
    const struct extract_counts *c = extract_counts(w->extractor);
    line_clock_divide(&w->clock, p);
    p->ns[PHASE_READ] += w->busy_ns - w->clock.all_ns;
    p->ns[PHASE_WAITING] += w->wait_ns;
    p->bytes[PHASE_READ] += reader_bytes(w->reader) + reader_bytes(w->aside) + w->portion_bytes;
    p->records[PHASE_READ] += w->files;
    p->bytes[PHASE_SPLIT] += w->run_bytes;
    p->records[PHASE_SPLIT] += c->lines;
    p->bytes[PHASE_PARSE] += w->line_bytes;
    p->records[PHASE_PARSE] += c->lines;
    p->bytes[PHASE_EXTRACT] += c->text_bytes;
    p->records[PHASE_EXTRACT] += c->messages;
    p->bytes[PHASE_MATCH] += c->text_bytes;
    p->records[PHASE_MATCH] += w->hits;
}

void worker_outcome(const struct worker *w, struct scan_outcome *out)
{
    const struct extract_counts *c = extract_counts(w->extractor);
    out->files += w->files;
    out->unreadable += w->unreadable;
    out->bytes += reader_bytes(w->reader) + reader_bytes(w->aside) + w->portion_bytes;
    out->counts.messages += c->messages;
    out->counts.other_records += c->other_records;
    out->counts.malformed_lines += c->malformed_lines;
    out->counts.text_bytes += c->text_bytes;
    out->counts.lines += c->lines;
    out->limited |= w->scratch != NULL && match_scratch_limited(w->scratch);
    worker_profile(w, &out->profile);
}

/* The time of a record whose line was read out of context: that of the nearest record before, else
 * after, else the file's.  What was looked back over once is not read again.  0, or -1 with w->err. */
static int borrowed_time(struct worker *w, uint64_t offset, int64_t *out)
{
    int64_t t;
    if (facts_time_before(w->aside, w->source, w->looked_back_to, offset, &t, &w->err) != 0)
        return -1;
    if (t == TIME_NONE && w->looked_back_to != w->begin)
        t = w->looked_back_time;
    else if (t == TIME_NONE && units_time_before(w->units, w->unit, w->aside, &t, &w->err) != 0)
        return -1;
    w->looked_back_to = offset;
    w->looked_back_time = t;
    if (t == TIME_NONE)
        t = w->facts.first_time;
    *out = t == TIME_NONE ? source_time_ms(w->source) : t;
    return 0;
}

static int take_message(struct worker *w, const struct message *m)
{
    const struct scan *scan = w->scan;
    struct message timed;
    if (!m->time_certain && !scan_needs_every_line(scan)) {
        timed = *m;
        if (borrowed_time(w, m->offset, &timed.time_ms) != 0)
            return -1;
        m = &timed;
    }
    bool matched = scan->matcher == NULL || matcher_test(scan->matcher, w->scratch, m);
    w->hits += matched;
    return matched || scan->sink.every ? scan->sink.take(scan->sink.arg, w->number, m, matched) : 0;
}

static int take(void *arg, const struct message *m)
{
    struct worker *w = arg;
    struct line_clock_mark mark = line_clock_mark(&w->clock);
    int rc = take_message(w, m);
    line_clock_matched(&w->clock, mark);
    return rc;
}

/* The facts of the file in work; the lines at hand are often its first. */
static int find_facts(struct worker *w)
{
    if (w->facts_source == w->source)
        return 0;
    facts_clear(&w->facts);
    w->facts_source = NULL;
    if (facts_around(w->aside, w->source, w->block, &w->facts, &w->err) != 0)
        return -1;
    w->facts_source = w->source;
    return 0;
}

/* Tell the extractor where it is, before the first line that it gets. */
static int begin_extracting(struct worker *w)
{
    if (find_facts(w) != 0)
        return -1;
    struct extract_start start = {TIME_NONE, NULL};
    if (w->unit->split != NULL) {
        start.calls = w->unit->split->calls;
        if (scan_needs_every_line(w->scan) &&
            units_time_before(w->units, w->unit, w->aside, &start.last_time, &w->err) != 0)
            return -1;
    }
    w->begun = true;
    return extract_begin(w->extractor, w->source, &w->facts, &start);
}

static int extract(struct worker *w, struct span line)
{
    const struct block *b = w->block;
    bool last = line.ptr + line.len == b->ptr + b->len;
    return extract_line(w->extractor, line, b->offset + (uint64_t)(line.ptr - b->ptr), 0,
                        b->unterminated && last, take, w);
}

static int feed(struct worker *w, struct span line)
{
    if (!w->begun && begin_extracting(w) != 0)
        return -1;
    w->line_bytes += line.len;
    struct line_clock_mark mark = line_clock_mark(&w->clock);
    int rc = extract(w, line);
    line_clock_extracted(&w->clock, mark);
    return rc;
}

static int feed_every_line(struct worker *w)
{
    struct span rest = {w->block->ptr, w->block->len}, line;
    int rc = 0;
    while (rc == 0 && lines_next(&rest, &line))
        rc = feed(w, line);
    return rc;
}

static int feed_candidates(struct worker *w)
{
    struct span all = {w->block->ptr, w->block->len};
    size_t at = 0;
    int rc = 0;
    while (rc == 0 && (at = prefilter_next(w->scan->prefilter, all, at)) < all.len) {
        struct span line = lines_around(all, at);
        rc = feed(w, line);
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

/* Read the lines of a run; every PROFILE_WATCH-th run is watched. */
static int feed_block(struct worker *w, const struct block *b, bool every)
{
    line_clock_begin(&w->clock, w->extractor);
    w->block = b;
    w->run_bytes += b->len;
    int rc = every ? feed_every_line(w) : feed_candidates(w);
    line_clock_end(&w->clock);
    return rc;
}

static void begin_range(struct worker *w, const struct source *s, uint64_t begin)
{
    w->err = (struct error){0};
    w->source = s;
    w->begin = w->looked_back_to = begin;
    w->looked_back_time = TIME_NONE;
    w->begun = false;
}

/* A file that cannot be read counts once, however many have tried. */
static void note_failure(struct worker *w)
{
    struct split_file *f = w->unit->split;
    if (w->err.code != ERROR_IO)
        w->failed = true;
    else if (f == NULL || !atomic_exchange_explicit(&f->unreadable, true, memory_order_relaxed))
        w->unreadable++;
}

/* A run of lines as so many runs of one line (scan_without.batches). */
static int feed_one_by_one(struct worker *w, const struct block *b, bool every)
{
    int rc = 0;
    for (size_t at = 0, n; rc == 0 && at < b->len && !must_stop(w); at += n) {
        char *newline = memchr(b->ptr + at, '\n', b->len - at);
        n = newline == NULL ? b->len - at : (size_t)(newline + 1 - (b->ptr + at));
        struct block one = {b->ptr + at, n, b->offset + at, b->unterminated};
        rc = feed_block(w, &one, every);
    }
    return rc;
}

/* Feed the lines that start in [begin, end), from the file. */
static void feed_range(struct worker *w, uint64_t begin, uint64_t end)
{
    bool every = scan_needs_every_line(w->scan) || is_named(w->scan, w->source);
    struct block b;
    int rc = reader_open(w->reader, w->source, begin, end, &w->err);
    while (rc >= 0 && !must_stop(w)) {
        if ((rc = reader_next(w->reader, &b, &w->err)) == 0)
            return;
        if (rc > 0)
            rc =
                w->scan->without.batches ? feed_one_by_one(w, &b, every) : feed_block(w, &b, every);
    }
    if (rc < 0)
        note_failure(w);
}

/* A reader for this range alone (scan_without.kept_buffers). */
static void renew_reader(struct worker *w)
{
    struct reader *fresh;
    if (reader_new(&fresh) != 0) {
        w->failed = true;
        return;
    }
    w->portion_bytes += reader_bytes(w->reader);
    reader_free(w->reader);
    w->reader = fresh;
}

static void read_range(struct worker *w, const struct source *s, uint64_t begin, uint64_t end)
{
    const struct scan_without *without = &w->scan->without;
    begin_range(w, s, begin);
    if (without->kept_buffers)
        renew_reader(w);
    if (without->read_bytes != 0)
        reader_limit(w->reader, without->read_bytes);
    w->files += begin == 0; /* a split file counts once */
    feed_range(w, begin, end);
}

void worker_unit(struct worker *w, struct units *units, const struct unit *unit)
{
    uint64_t started = clock_monotonic_ns();
    w->units = units;
    w->unit = unit;
    if (unit->split != NULL)
        read_range(w, unit->split->source, unit->begin, unit->end);
    for (uint32_t i = unit->first;
         unit->split == NULL && i < unit->first + unit->count && !must_stop(w); i++) {
        const struct source *s = &w->scan->sources->items[i];
        read_range(w, s, 0, s->size);
    }
    w->busy_ns += clock_monotonic_ns() - started;
}

void worker_reads_portion(struct worker *w, struct units *units, const struct portion *p)
{
    uint64_t started = clock_monotonic_ns();
    w->units = units;
    w->unit = p->unit;
    read_range(w, p->source, p->begin, p->end);
    w->busy_ns += clock_monotonic_ns() - started;
}

/* Where the lines of a portion begin, stop, and the line begins that the bytes hold a part of. */
struct portion_lines {
    char *first;
    char *stop;
    char *part; /* NULL: there is none */
};

/* Return whether any line starts in the range.  (reader.h: a range owns the lines that start in it.) */
static bool find_lines(const struct portion *p, struct portion_lines *l)
{
    char *end = p->bytes + p->size;
    uint64_t offset = p->begin == 0 ? 0 : p->begin - 1;
    char *newline = p->begin == 0 ? NULL : memchr(p->bytes, '\n', p->size);
    if (p->begin != 0 && newline == NULL)
        return false;
    l->first = newline == NULL ? p->bytes : newline + 1;
    if (offset + (uint64_t)(l->first - p->bytes) >= p->end)
        return false;
    char *last = p->bytes + (p->end - 1 - offset); /* the range's last byte */
    newline = memchr(last, '\n', (size_t)(end - last));
    l->part = NULL;
    l->stop = newline == NULL ? end : newline + 1;
    if (newline == NULL) {
        newline = memrchr(l->first, '\n', (size_t)(end - l->first));
        l->part = newline == NULL ? l->first : newline + 1;
        l->stop = l->part;
    }
    return true;
}

static void feed_portion(struct worker *w, const struct portion *p)
{
    bool every = scan_needs_every_line(w->scan) || is_named(w->scan, w->source);
    uint64_t offset = p->begin == 0 ? 0 : p->begin - 1;
    struct portion_lines l;
    if (!find_lines(p, &l))
        return;
    struct block b = {.ptr = l.first,
                      .len = (size_t)(l.stop - l.first),
                      .offset = offset + (uint64_t)(l.first - p->bytes)};
    if (b.len > 0 && feed_block(w, &b, every) != 0) {
        note_failure(w);
        return;
    }
    if (l.part == NULL || must_stop(w))
        return;
    uint64_t at = offset + (uint64_t)(l.part - p->bytes);
    if (offset + p->size < p->source->size) {
        feed_range(w, at, at + 1);
        return;
    }
    b = (struct block){l.part, (size_t)(p->bytes + p->size - l.part), at, true};
    if (b.len > 0 && feed_block(w, &b, every) != 0)
        note_failure(w);
}

void worker_portion(struct worker *w, struct units *units, const struct portion *p)
{
    uint64_t started = clock_monotonic_ns();
    w->units = units;
    w->unit = p->unit;
    begin_range(w, p->source, p->begin);
    w->files += p->begin == 0;
    w->portion_bytes += p->size;
    feed_portion(w, p);
    w->busy_ns += clock_monotonic_ns() - started;
}
