#include "strategy.h"

#include "clock.h"
#include "error.h"
#include "facts.h"
#include "line_values.h"
#include "lines.h"
#include "reader.h"

/* The state of the one worker. */
struct serial {
    const struct scan *scan;
    struct reader *reader;
    struct extractor *extractor;
    struct match_scratch *scratch;
    struct line_watch watch; /* one thread, no hurry: every line is timed */
    uint64_t lines_ns;
    uint64_t match_ns;
};

static int take(void *arg, const struct message *m)
{
    struct serial *s = arg;
    const struct scan *scan = s->scan;
    uint64_t started = clock_monotonic_ns();
    bool matched = scan->matcher == NULL || matcher_test(scan->matcher, s->scratch, m);
    int rc = matched || scan->sink.every ? scan->sink.take(scan->sink.arg, 0, m, matched) : 0;
    s->match_ns += clock_monotonic_ns() - started;
    return rc;
}

/* Every line of one file, in order.  Return 0, 1 if the file could not be read, -1 without memory. */
static int read_file(struct serial *s, const struct source *source)
{
    struct facts facts;
    struct block block;
    struct error err = {0};
    uint64_t number = 1;
    if (facts_read(s->reader, source, &facts, &err) != 0)
        return err.code == ERROR_NO_MEMORY ? -1 : 1;
    int rc = reader_open(s->reader, source, 0, source->size, &err);
    if (rc == 0)
        rc = extract_begin(s->extractor, source, &facts, NULL);
    while (rc == 0 && cancel_poll(s->scan->cancel) == CANCEL_NONE) {
        rc = reader_next(s->reader, &block, &err);
        if (rc <= 0)
            break;
        struct span rest = {block.ptr, block.len}, line;
        for (rc = 0; rc == 0 && lines_next(&rest, &line); number++) {
            uint64_t started = clock_monotonic_ns();
            rc = extract_line(s->extractor, line, block.offset + (uint64_t)(line.ptr - block.ptr),
                              number, block.unterminated && rest.len == 0, take, s);
            s->lines_ns += clock_monotonic_ns() - started;
        }
    }
    facts_clear(&facts);
    return rc == 0 ? 0 : err.code == ERROR_IO ? 1 : -1;
}

static void profile(const struct serial *s, uint64_t all_ns, struct scan_outcome *out)
{
    struct profile *p = &out->profile;
    uint64_t named = s->watch.parse_ns + s->match_ns;
    p->runs = 1;
    p->ns[PHASE_READ] = all_ns > s->lines_ns ? all_ns - s->lines_ns : 0; /* and splitting */
    p->ns[PHASE_PARSE] = s->watch.parse_ns;
    p->ns[PHASE_MATCH] = s->match_ns;
    p->ns[PHASE_EXTRACT] = s->lines_ns > named ? s->lines_ns - named : 0;
    p->bytes[PHASE_READ] = out->bytes;
    p->records[PHASE_READ] = out->files;
    p->bytes[PHASE_PARSE] = out->bytes;
    p->records[PHASE_PARSE] = out->counts.lines;
    p->bytes[PHASE_EXTRACT] = p->bytes[PHASE_MATCH] = out->counts.text_bytes;
    p->records[PHASE_EXTRACT] = p->records[PHASE_MATCH] = out->counts.messages;
}

int strategy_serial(const struct scan *scan, struct scan_outcome *out, struct error *err)
{
    struct serial s = {.scan = scan};
    uint64_t started = clock_monotonic_ns();
    int rc = reader_new(&s.reader);
    if (rc == 0)
        rc = extractor_new(&s.extractor);
    if (rc == 0 && scan->matcher != NULL)
        rc = match_scratch_new(scan->matcher, scan->cancel, &s.scratch);
    if (rc == 0)
        extractor_watch(s.extractor, &s.watch);
    for (uint32_t i = 0; rc >= 0 && i < scan->sources->count; i++) {
        if ((out->stopped = cancel_poll(scan->cancel)) != CANCEL_NONE)
            break;
        rc = read_file(&s, &scan->sources->items[i]);
        out->files++;
        out->unreadable += rc == 1;
    }
    if (rc >= 0) {
        out->stopped = cancel_poll(scan->cancel);
        out->bytes = reader_bytes(s.reader);
        out->counts = *extract_counts(s.extractor);
        out->limited = s.scratch != NULL && match_scratch_limited(s.scratch);
        profile(&s, clock_monotonic_ns() - started, out);
    }
    match_scratch_free(s.scratch);
    extractor_free(s.extractor);
    reader_free(s.reader);
    return rc >= 0 ? 0 : error_no_memory(err);
}
