#include "ingest.h"

#include "clock.h"
#include "facts.h"
#include "line_clock.h"
#include "lines.h"
#include "reader.h"
#include "remembered_calls.h"
#include "segment_builder.h"
#include "source_compare.h"
#include "span.h"
#include "wide_hash.h"

#include <errno.h>
#include <stdlib.h>

/* A block of less than this share of a section's most is not asked whether its rows fit: what makes a message of a
 * line (names of tools, replacement characters) never makes a multiple of it that comes near. */
#define LARGE_SHARE 64

static const char too_long[] = "a line is too long for the index";

/* What is known of a source now; the catalogue does not know it yet. */
struct reading {
    struct catalog_entry *entry; /* the catalogue's, as it was before */
    struct catalog_entry next;   /* as it will be */
    struct span project;         /* malloced; absent: that of before */
};

struct ingester {
    struct ingest_config config;
    struct reader *reader;
    struct extractor *extractor;
    struct file_stream *stream; /* borrowed; may be NULL */
    bool streaming;             /* the file in work comes from it, not from the reader */
    struct segment_builder *builder;
    uint64_t run;              /* the version of the rows that come */
    bool is_large;             /* the block in work: its rows may not fit */
    bool too_long;             /* a row of it did not, not even alone */
    struct segment **segments; /* full ones */
    uint32_t segment_count;
    int disk_error;
    XXH3_state_t *hash; /* of the bytes of the current source up to where it was read */
    char *compare;      /* of source_compare() */
    struct remembered_calls calls;
    struct reading now;   /* of the source in work */
    struct reading *done; /* of those since the last commit */
    uint32_t done_count;
    uint32_t done_capacity;
    atomic_uint_fast64_t bytes;
    struct line_clock lines; /* where the time went */
    uint64_t busy_ns;
    uint64_t files;
};

int ingester_new(const struct ingest_config *config, struct ingester **out)
{
    struct ingester *g = calloc(1, sizeof *g);
    if (g == NULL)
        return -1;
    g->config = *config;
    g->hash = XXH3_createState();
    if (g->hash == NULL || reader_new(&g->reader) != 0 || extractor_new(&g->extractor) != 0 ||
        segment_builder_new(config->folder, &g->builder) != 0) {
        ingester_free(g);
        return -1;
    }
    segment_builder_limit(g->builder, config->segment_bytes);
    *out = g;
    return 0;
}

static void forget_project(struct reading *r)
{
    free((void *)(uintptr_t)r->project.ptr);
    r->project = (struct span){NULL, 0};
}

void ingester_free(struct ingester *g)
{
    if (g == NULL)
        return;
    remembered_calls_clear(&g->calls);
    for (uint32_t i = 0; i < g->done_count; i++)
        forget_project(&g->done[i]);
    free(g->done);
    for (uint32_t i = 0; i < g->segment_count; i++)
        segment_drop(g->segments[i]);
    free(g->segments);
    XXH3_freeState(g->hash);
    reader_free(g->reader);
    extractor_free(g->extractor);
    segment_builder_free(g->builder);
    free(g->compare);
    free(g);
}

uint64_t ingest_bytes(const struct ingester *g)
{
    return atomic_load_explicit(&g->bytes, memory_order_relaxed);
}

void ingest_from(struct ingester *g, struct file_stream *st)
{
    g->stream = st;
}

void ingest_profile(const struct ingester *g, struct profile *p)
{
    const struct extract_counts *c = extract_counts(g->extractor);
    uint64_t bytes = ingest_bytes(g),
             waited = g->stream == NULL ? 0 : file_stream_waited_ns(g->stream);
    uint64_t other = g->busy_ns > g->lines.all_ns ? g->busy_ns - g->lines.all_ns : 0;
    line_clock_divide(&g->lines, p);
    p->ns[PHASE_WAITING] += waited;
    p->ns[PHASE_READ] += other > waited ? other - waited : 0;
    p->bytes[PHASE_READ] += bytes;
    p->records[PHASE_READ] += g->files;
    p->bytes[PHASE_SPLIT] += bytes;
    p->records[PHASE_SPLIT] += c->lines;
    p->bytes[PHASE_PARSE] += bytes;
    p->records[PHASE_PARSE] += c->lines;
    p->bytes[PHASE_EXTRACT] += c->text_bytes;
    p->records[PHASE_EXTRACT] += c->messages;
    p->bytes[PHASE_MATCH] += c->text_bytes;
    p->records[PHASE_MATCH] += c->messages;
}

static uint64_t next_version(struct ingester *g)
{
    return atomic_fetch_add_explicit(g->config.version, 1, memory_order_relaxed);
}

/* --- segments ------------------------------------------------------------------------------------ */

static int push_segment(struct ingester *g, struct error *err)
{
    struct segment *s;
    int disk_error;
    struct segment **all = realloc(g->segments, (g->segment_count + 1) * sizeof(struct segment *));
    if (all == NULL)
        return error_no_memory(err);
    g->segments = all;
    if (segment_builder_finish(g->builder, g->config.to_file, &s, &disk_error, err) != 0)
        return -1;
    if (disk_error != 0)
        g->disk_error = disk_error;
    if (s != NULL)
        g->segments[g->segment_count++] = s;
    return 0;
}

static int begin_run(struct ingester *g, uint64_t version)
{
    g->run = version;
    return segment_builder_run(g->builder, version);
}

/* Have room for ${m}, in another segment if need be.  Return 0, or -1, also where there is none in any. */
static int make_room(struct ingester *g, const struct message *m)
{
    if (segment_builder_has_room(g->builder, m))
        return 0;
    if (push_segment(g, NULL) != 0 || begin_run(g, g->run) != 0)
        return -1;
    g->too_long = !segment_builder_has_room(g->builder, m);
    return g->too_long ? -1 : 0;
}

/* --- lines --------------------------------------------------------------------------------------- */

static int take(void *arg, const struct message *m)
{
    struct ingester *g = arg;
    if (g->is_large && make_room(g, m) != 0)
        return -1;
    struct catalog_entry *e = &g->now.next;
    if (!m->time_certain)
        e->borrowed = true;
    struct line_clock_mark mark = line_clock_mark(&g->lines);
    int rc =
        segment_builder_add(g->builder, m, message_rank(m, e->source.stem, e->source.is_agent));
    line_clock_matched(&g->lines, mark);
    return rc;
}

static int read_whole_lines(struct ingester *g, const struct block *b)
{
    struct catalog_entry *e = &g->now.next;
    struct extract_counts before = *extract_counts(g->extractor);
    struct span rest = {b->ptr, b->len}, line;
    XXH3_64bits_update(g->hash, b->ptr, b->len);
    while (lines_next(&rest, &line) == 1) {
        uint64_t offset = b->offset + (uint64_t)(line.ptr - b->ptr);
        struct line_clock_mark mark = line_clock_mark(&g->lines);
        if (extract_line(g->extractor, line, offset, ++e->lines, false, take, g) != 0)
            return -1;
        line_clock_extracted(&g->lines, mark);
    }
    e->solid_end = b->offset + b->len;
    e->read_end = e->solid_end;
    extract_counts_since(&e->solid, &before, extract_counts(g->extractor));
    return 0;
}

static int read_loose_line(struct ingester *g, const struct block *b)
{
    struct catalog_entry *e = &g->now.next;
    struct extract_counts before = *extract_counts(g->extractor);
    e->loose_hash = XXH3_64bits(b->ptr, b->len);
    e->read_end = b->offset + b->len;
    e->loose_version = next_version(g);
    if (begin_run(g, e->loose_version) != 0 ||
        extract_line(g->extractor, (struct span){b->ptr, b->len}, b->offset, e->lines + 1, true,
                     take, g) != 0)
        return -1;
    extract_counts_since(&e->loose, &before, extract_counts(g->extractor));
    return 0;
}

static int read_block(struct ingester *g, const struct block *b, struct error *err)
{
    struct catalog_entry *e = &g->now.next;
    int rc = -1;
    if (segment_builder_full(g->builder) && push_segment(g, err) != 0)
        return -1;
    g->is_large = b->len > segment_builder_most(g->builder) / LARGE_SHARE;
    atomic_fetch_add_explicit(&g->bytes, b->len, memory_order_relaxed);
    line_clock_begin(&g->lines, g->extractor);
    if (b->unterminated)
        rc = read_loose_line(g, b);
    else if (begin_run(g, e->solid_version) == 0)
        rc = read_whole_lines(g, b);
    line_clock_end(&g->lines);
    if (g->too_long)
        return error_set(err, ERROR_IO, ERROR_NO_POSITION, "%s", too_long);
    return rc == 0 ? 0 : error_no_memory(err);
}

/* Nothing is known yet of what stands behind solid_end. */
static void begin_rest(struct catalog_entry *e)
{
    e->loose_version = 0;
    e->loose = (struct extract_counts){0};
    e->read_end = e->solid_end;
}

static int next_block(struct ingester *g, struct block *b, struct error *err)
{
    return g->streaming ? file_stream_next(g->stream, b, err) : reader_next(g->reader, b, err);
}

/* Read the blocks that the reader or the stream, which is open, still has; the extractor and the hash have begun. */
static int read_blocks(struct ingester *g, struct error *err)
{
    struct block b;
    int rc;
    while ((rc = next_block(g, &b, err)) == 1)
        if (read_block(g, &b, err) != 0)
            return -1;
    g->now.next.solid_hash = XXH3_64bits_digest(g->hash);
    return rc;
}

/* --- sources ------------------------------------------------------------------------------------- */

static int use_facts(struct reading *r, const struct facts *f)
{
    char *copy = malloc(f->project.len + 1);
    if (copy == NULL)
        return -1;
    if (f->project.len > 0)
        memcpy(copy, f->project.ptr, f->project.len);
    forget_project(r);
    r->project = (struct span){copy, f->project.len};
    r->next.first_time = f->first_time;
    return 0;
}

static void forget(struct catalog_entry *e)
{
    e->solid_version = e->loose_version = 0;
    e->solid_end = e->read_end = e->lines = 0;
    e->solid_hash = e->loose_hash = 0;
    e->solid = e->loose = (struct extract_counts){0};
    e->borrowed = false;
    e->first_time = TIME_NONE;
}

static int begin_file(struct ingester *g, const struct facts *f, struct error *err)
{
    struct catalog_entry *e = &g->now.next;
    forget(e);
    begin_rest(e);
    e->solid_version = next_version(g);
    XXH3_64bits_reset(g->hash);
    if (use_facts(&g->now, f) != 0 || extract_begin(g->extractor, &e->source, f, NULL) != 0)
        return error_no_memory(err);
    return 0;
}

/* Whether what the stream has read ahead is what the file was when it was looked at, which came later.
 * Stamps so fresh that another change could hide behind them prove nothing. */
static bool stream_is_right(const struct ingester *g)
{
    const struct catalog_entry *e = &g->now.next;
    const struct file_stream_stamp *s = g->stream == NULL ? NULL : file_stream_stamp(g->stream);
    return s != NULL && s->device == e->source.device && s->inode == e->source.inode &&
           s->size == e->source.size && s->mtime_ns == e->source.mtime_ns &&
           s->ctime_ns == e->ctime_ns && s->opened_ns - s->ctime_ns >= CATALOG_SETTLED_NS;
}

/* Start on a file from its beginning; ${again}: not for the first time. */
static int open_file(struct ingester *g, bool again, struct error *err)
{
    const struct source *s = &g->now.next.source;
    g->streaming = !again && stream_is_right(g);
    if (g->streaming)
        return 0;
    return reader_open(g->reader, s, 0, s->size, err);
}

/* Read a file from its beginning.  Its first block nearly always tells the facts; else they are
 * looked for in the rest, and the file is begun again. */
static int read_from_start(struct ingester *g, struct error *err)
{
    struct facts facts = {.first_time = TIME_NONE};
    struct block first;
    forget(&g->now.next);
    if (open_file(g, false, err) != 0)
        return -1;
    int got = next_block(g, &first, err);
    int found = got == 1 ? facts_first_block(&g->now.next.source, &first, &facts, err) : 0;
    if (got < 0 || found < 0)
        return -1;
    int rc = found == 1 ? 0 : facts_read(g->reader, &g->now.next.source, &facts, err);
    if (rc == 0)
        rc = begin_file(g, &facts, err);
    if (rc == 0)
        rc = found == 1 ? read_block(g, &first, err) : open_file(g, true, err);
    if (rc == 0)
        rc = read_blocks(g, err);
    facts_clear(&facts);
    return rc;
}

/* Read what was added to a file of which all else is known. */
static int read_rest(struct ingester *g, const struct facts *f, struct error *err)
{
    struct catalog_entry *e = &g->now.next;
    struct extract_start start;
    begin_rest(e);
    g->streaming = false;
    if (facts_time_before(g->reader, &e->source, 0, e->solid_end, &start.last_time, err) != 0 ||
        remembered_calls_find(&g->calls, g->reader, &e->source, e->solid_version, e->solid_end,
                              &start.calls, err) != 0)
        return -1;
    if (use_facts(&g->now, f) != 0 || extract_begin(g->extractor, &e->source, f, &start) != 0)
        return error_no_memory(err);
    if (reader_open(g->reader, &e->source, e->solid_end, e->source.size, err) != 0)
        return -1;
    return read_blocks(g, err);
}

/* Whether times that rows took from the file as a whole no longer hold. */
static bool times_moved(const struct catalog_entry *before, const struct catalog_entry *now,
                        int64_t first_time)
{
    if (!before->borrowed)
        return false;
    return first_time != before->first_time ||
           (first_time == TIME_NONE && now->source.mtime_ns != before->source.mtime_ns);
}

static int read_source(struct ingester *g, bool *changed, struct error *err)
{
    const struct catalog_entry *before = g->now.entry;
    struct catalog_entry *e = &g->now.next;
    struct facts facts = {.first_time = TIME_NONE};
    enum compared found =
        before->indexed ? source_compare(&g->compare, e, g->hash) : COMPARED_OTHER;
    if (found == COMPARED_SAME && !times_moved(before, e, before->first_time))
        return 0;
    *changed = true;
    if (found == COMPARED_OTHER)
        return read_from_start(g, err);
    if (facts_read(g->reader, &e->source, &facts, err) != 0) {
        forget(e);
        return -1;
    }
    int rc = times_moved(before, e, facts.first_time) ? read_from_start(g, err)
                                                      : read_rest(g, &facts, err);
    facts_clear(&facts);
    return rc;
}

/* Bring g->now.next up to what the file holds.  Return 0, also if that cannot be read, or -1. */
static int look_and_read(struct ingester *g, bool *changed, struct error *err)
{
    struct catalog_entry *next = &g->now.next;
    if (catalog_look(next) < 0) {
        next->unreadable = span_of(strerrordesc_np(errno));
        *changed = next->solid_version != 0 || !next->indexed;
        forget(next);
        return 0;
    }
    errno = 0;
    g->too_long = false;
    if (read_source(g, changed, err) == 0)
        return 0;
    if (g->too_long) { /* as long as the file looks the same */
        next->unreadable = span_of(too_long);
        return 0;
    }
    if (err->code != ERROR_IO || source_is_shortage(errno))
        return -1;
    next->unreadable = span_of(strerrordesc_np(errno));
    next->unsettled = true; /* it may be readable by now and look the same */
    return 0;
}

static int remember(struct ingester *g)
{
    if (g->done_count == g->done_capacity) {
        uint32_t capacity = 2 * g->done_capacity + 4;
        void *p = realloc(g->done, capacity * sizeof *g->done);
        if (p == NULL)
            return -1;
        g->done = p;
        g->done_capacity = capacity;
    }
    g->now.next.indexed = true;
    g->done[g->done_count++] = g->now;
    return 0;
}

int ingest_source(struct ingester *g, struct catalog_entry *e, bool *changed, struct error *err)
{
    uint64_t started = clock_monotonic_ns();
    struct error why = {.code = ERROR_NONE};
    *changed = false;
    g->now = (struct reading){.entry = e, .next = *e};
    g->now.next.unreadable = (struct span){NULL, 0};
    int rc = look_and_read(g, changed, &why);
    reader_close(g->reader); /* what it has unpacked goes, too */
    if (rc == 0)
        rc = remember(g);
    if (rc != 0) {
        forget_project(&g->now);
        (void)error_set(err, ERROR_NO_MEMORY, ERROR_NO_POSITION, "%s",
                        why.code == ERROR_NONE ? "out of memory" : why.msg);
    }
    g->files++;
    g->busy_ns += clock_monotonic_ns() - started;
    return rc;
}

/* --- handing over -------------------------------------------------------------------------------- */

static int keep_projects(struct ingester *g, struct catalog *c)
{
    for (uint32_t i = 0; i < g->done_count; i++) {
        struct reading *r = &g->done[i];
        if (r->project.ptr == NULL)
            continue;
        if (catalog_keep(c, r->project, &r->next.project) != 0)
            return -1;
        forget_project(r);
    }
    return 0;
}

int ingest_finish(struct ingester *g, struct catalog *c, struct segment ***out, uint32_t *count,
                  int *disk_error, struct error *err)
{
    if (keep_projects(g, c) != 0)
        return error_no_memory(err);
    if (push_segment(g, err) != 0)
        return -1;
    *out = g->segments;
    *count = g->segment_count;
    *disk_error = g->disk_error;
    g->segments = NULL;
    g->segment_count = 0;
    g->disk_error = 0;
    return 0;
}

void ingest_commit(struct ingester *g)
{
    for (uint32_t i = 0; i < g->done_count; i++)
        *g->done[i].entry = g->done[i].next;
    g->done_count = 0;
}
