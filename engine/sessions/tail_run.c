#include "tail_run.h"

#include "clock.h"
#include "error.h"
#include "facts.h"
#include "hits.h"
#include "lines.h"
#include "reader.h"
#include "snapshot.h"
#include "snippet.h"
#include "source.h"
#include "span.h"
#include "tail_calls.h"
#include "tail_told.h"
#include "walks.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The caller sees the first member. */
struct tail_answer {
    struct tail_reply reply;
    struct arena arena;
};

struct tail {
    const struct environment *env;
    const struct tail_request *request;
    struct cancel *cancel;
    struct compiled compiled;
    struct match_scratch *scratch;
    struct reader *reader;
    struct reader *aside;
    struct extractor *extractor;
    struct tail_answer *answer;
    struct reply_hit *hits; /* request->limit of them */
    struct tail_news *news; /* of each hit */
    uint32_t count;
    bool full;       /* there may be more than the limit */
    uint64_t *began; /* by source: how far it was read when this reply began */
    uint64_t *read;  /* by source: how far it is read */
    uint64_t *end;   /* by source: how far it is to be read */
    bool whole;      /* the last line looked at holds a value */
};

static int note_value(void *arg, const struct message *m)
{
    (void)m;
    ((struct tail *)arg)->whole = true;
    return 0;
}

/* How far a file can be read now: to its end, or to where a line begins that is not whole yet. */
static int readable_end(struct tail *t, const struct source *s, uint64_t from, uint64_t *end)
{
    struct block b;
    struct facts none = {.project = SPAN(""), .first_time = INT64_MIN};
    *end = from;
    if (s->size <= from || reader_open(t->aside, s, from, s->size, NULL) != 0)
        return 0;
    while (reader_next(t->aside, &b, NULL) > 0) {
        *end = b.offset + b.len;
        if (!b.unterminated)
            continue;
        struct span last = lines_around((struct span){b.ptr, b.len}, b.len - 1);
        uint64_t offset = b.offset + (uint64_t)(last.ptr - b.ptr);
        uint64_t before = extract_counts(t->extractor)->other_records;
        t->whole = false;
        if (extract_begin(t->extractor, s, &none, NULL) != 0 ||
            extract_line(t->extractor, last, offset, 0, true, note_value, t) != 0)
            return -1;
        if (!t->whole && extract_counts(t->extractor)->other_records == before)
            *end = offset;
    }
    return 0;
}

/* The last line start at or before ${at}, looking back no further than a chunk. */
static uint64_t back_to_line(const struct tail *t, const struct source *s, uint64_t at)
{
    struct block b;
    uint64_t from = at > READER_CHUNK ? at - READER_CHUNK : 0, begin = from;
    if (reader_open(t->aside, s, from, at, NULL) != 0)
        return at;
    while (reader_next(t->aside, &b, NULL) > 0) {
        struct span last = lines_around((struct span){b.ptr, b.len}, b.len - 1);
        begin = b.offset + (uint64_t)(last.ptr - b.ptr);
        if (!b.unterminated && b.offset + b.len <= at)
            begin = b.offset + b.len;
    }
    return begin;
}

/* What the index has read of a source: false if it has not, or there is none. */
static bool indexed_extent(const struct tail *t, const struct source *s,
                           struct snapshot_extent *out)
{
    return t->env->snapshot != NULL && snapshot_extent(t->env->snapshot, s->id, out);
}

/* Whether the last byte is a newline: then all lines are whole.  Who cannot tell looks closer. */
static bool ends_with_newline(const struct source *s)
{
    char last = '\0';
    int fd = s->size == 0 || s->is_retained ? -1 : source_open(s->path.ptr, NULL);
    if (fd < 0)
        return false;
    ssize_t got = pread(fd, &last, 1, (off_t)(s->size - 1));
    close(fd);
    return got == 1 && last == '\n';
}

static int start_from_now(struct tail *t)
{
    const struct source_list *list = t->env->sources;
    struct snapshot_extent extent;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct source *s = &list->items[i];
        t->read[i] = s->size;
        if (indexed_extent(t, s, &extent))
            t->read[i] = extent.end;
        else if (!ends_with_newline(s) &&
                 readable_end(t, s, back_to_line(t, s, s->size), &t->read[i]) != 0)
            return -1;
    }
    return 0;
}

static int add_snippets(struct tail *t, const struct message *m, struct reply_hit *hit)
{
    struct hit_maker maker = {.sources = t->env->sources,
                              .matcher = t->compiled.matcher,
                              .snippet_chars = t->request->snippet_chars,
                              .arena = &t->answer->arena};
    return hit_add_snippets(&maker, t->scratch, m, hit);
}

/* Whether a copy of the message came before it on this reply. */
static bool is_copy(const struct tail *t, const struct tail_news *one)
{
    if (!t->request->query.dedupe || !one->has_uuid)
        return false;
    for (uint32_t i = 0; i < t->count; i++)
        if (t->news[i].has_uuid && hash128_equal(t->news[i].identity, one->identity))
            return true;
    return false;
}

static int take(void *arg, const struct message *m)
{
    struct tail *t = arg;
    struct reply_hit *hit;
    struct tail_news one = {.identity = message_identity(m), .has_uuid = m->uuid.len > 0};
    if (!matcher_test(t->compiled.matcher, t->scratch, m) || is_copy(t, &one))
        return 0;
    if (t->count == t->request->limit) {
        t->full = true;
        return 1; /* this line comes next time */
    }
    t->news[t->count] = one;
    hit = &t->hits[t->count++];
    if (hit_from_message(t->env->sources, m, &t->answer->arena, hit) != 0)
        return -1;
    return add_snippets(t, m, hit);
}

/* Leave out what was told before this reply.  It is full all the same if it was: then it is asked for again, so that
 * neither its memory nor its time grow with what is copied. */
static int drop_told(struct tail *t)
{
    struct tail_before before = {.snapshot = t->env->snapshot,
                                 .began = t->began,
                                 .matcher = t->compiled.matcher,
                                 .scratch = t->scratch,
                                 .cancel = t->cancel};
    uint32_t kept = 0;
    if (!t->request->query.dedupe || before.snapshot == NULL || t->count == 0)
        return 0;
    if (tail_told_find(&before, t->hits, t->news, t->count) != 0)
        return -1;
    for (uint32_t i = 0; i < t->count; i++)
        if (!t->news[i].is_told)
            t->hits[kept++] = t->hits[i];
    t->count = kept;
    return 0;
}

/* How many lines start in [begin, end). */
static uint64_t count_lines(struct tail *t, const struct source *s, uint64_t begin, uint64_t end)
{
    struct block b;
    uint64_t n = 0;
    if (begin >= end || reader_open(t->aside, s, begin, end, NULL) != 0)
        return 0;
    while (reader_next(t->aside, &b, NULL) > 0)
        n += lines_count((struct span){b.ptr, b.len}) + b.unterminated;
    return n;
}

/* How many lines start before an offset, up to which the file was read.  The index has counted those
 * that it knows: the ones behind the offset, which are few, are taken off again. */
static uint64_t lines_before(struct tail *t, const struct source *s, uint64_t offset)
{
    struct snapshot_extent extent;
    if (!indexed_extent(t, s, &extent) || offset > extent.lines_end)
        return count_lines(t, s, 0, offset);
    return extent.lines - count_lines(t, s, offset, extent.lines_end);
}

/* The lines of a file that were appended; stops before a line that does not fit the reply. */
static int read_appended(struct tail *t, const struct source *s, uint64_t end)
{
    struct block b;
    uint64_t number = lines_before(t, s, t->read[s->id]);
    int rc = reader_open(t->reader, s, t->read[s->id], end, NULL);
    if (rc != 0)
        return 0;
    while (rc == 0 && reader_next(t->reader, &b, NULL) > 0) {
        struct span rest = {b.ptr, b.len}, line;
        while (rc == 0 && lines_next(&rest, &line)) {
            uint64_t offset = b.offset + (uint64_t)(line.ptr - b.ptr);
            uint32_t before = t->count;
            rc = extract_line(t->extractor, line, offset, ++number, b.unterminated && rest.len == 0,
                              take, t);
            /* Of two values on a line both or none; a line with more than a reply holds must not
             * stop the tail for ever. */
            bool again = rc == 1 && before > 0;
            if (again)
                t->count = before;
            t->read[s->id] = again ? offset : b.offset + (uint64_t)(rest.ptr - b.ptr);
        }
    }
    return rc < 0 ? -1 : 0;
}

static int read_source(struct tail *t, const struct source *s)
{
    struct facts facts;
    struct tool_calls *calls = NULL;
    uint64_t end, from = t->read[s->id];
    struct error err = {0};
    int rc = -1;
    if (readable_end(t, s, from, &end) != 0)
        return -1;
    if (end <= from || facts_read(t->aside, s, &facts, &err) != 0)
        return err.code == ERROR_NO_MEMORY ? -1 : 0;
    struct extract_start start = {TIME_NONE, NULL};
    if (tail_calls_read(t->aside, t->extractor, s, &facts, from, end, &calls, &err) == 0 &&
        facts_time_before(t->aside, s, 0, from, &start.last_time, &err) == 0) {
        start.calls = calls;
        if (extract_begin(t->extractor, s, &facts, &start) == 0)
            rc = read_appended(t, s, end);
    } else if (err.code == ERROR_IO) {
        rc = 0; /* gone, or cut: what is left of it comes next time */
    }
    tool_calls_free(calls);
    facts_clear(&facts);
    return rc;
}

/* A total order: a place counts the hits before it, so they must come in the same order again. */
static int compare_hits(const void *a, const void *b)
{
    const struct reply_hit *x = a, *y = b;
    if (x->time_ms != y->time_ms)
        return x->time_ms < y->time_ms ? -1 : 1;
    int c = span_compare(x->source, y->source);
    if (c != 0)
        return c;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return (x->position > y->position) - (x->position < y->position);
}

/* What lies between ${from} and t->end of each source. */
static int read_new(struct tail *t, const uint64_t *from)
{
    const struct source_list *list = t->env->sources;
    for (uint32_t i = 0; i < list->count; i++)
        t->began[i] = t->read[i] =
            from[i] <= list->items[i].size ? from[i] : 0; /* cut: read it anew */
    for (uint32_t i = 0; i < list->count && t->count < t->request->limit; i++) {
        struct source s = list->items[i];
        if (cancel_poll(t->cancel) != CANCEL_NONE)
            break;
        s.size = t->end[i];
        if (s.size > t->read[i] && read_source(t, &s) != 0)
            return -1;
    }
    t->full |= t->count == t->request->limit;
    if (drop_told(t) != 0)
        return -1;
    qsort(t->hits, t->count, sizeof *t->hits, compare_hits);
    return 0;
}

/* A place between two hits: after the first ${done} of those that lie between two states of the
 * sources.  Without ${to} it is the state ${from} itself. */
struct place {
    uint64_t from;
    uint64_t to;
    uint64_t done;
};

static struct place place_of(struct span text)
{
    char copy[64] = "", *end = copy;
    struct place p = {0};
    if (text.len < sizeof copy && text.len > 0)
        memcpy(copy, text.ptr, text.len);
    p.from = strtoull(copy, &end, 16);
    uint64_t to = *end == '-' ? strtoull(end + 1, &end, 16) : 0;
    if (to == 0 || *end != '-')
        return p;
    p.to = to;
    p.done = strtoull(end + 1, &end, 10);
    return p;
}

/* Read the same as then, which comes in the same order, and leave out what is done. */
static int read_rest(struct tail *t, struct place *p, const uint64_t *from)
{
    const struct source_list *list = t->env->sources;
    uint64_t *to = NULL;
    if (walks_bounds(t->env->walks, p->to, list, &to) != 0)
        return -1;
    for (uint32_t i = 0; to != NULL && i < list->count; i++)
        t->end[i] = to[i] < t->end[i] ? to[i] : t->end[i];
    if (to == NULL)
        p->done = 0;
    free(to);
    if (read_new(t, from) != 0)
        return -1;
    uint32_t done = p->done < t->count ? (uint32_t)p->done : t->count;
    t->hits += done;
    t->count -= done;
    return 0;
}

/* Remember how far everything is read, under a number; 0 without memory. */
static uint64_t remember(struct tail *t)
{
    const struct source_list *list = t->env->sources;
    struct source *items = malloc(((size_t)list->count + 1) * sizeof *items);
    if (items == NULL)
        return 0;
    for (uint32_t i = 0; i < list->count; i++) {
        items[i] = list->items[i];
        items[i].size = t->read[i];
    }
    struct source_list as_read = {.items = items, .count = list->count};
    uint64_t walk = walks_remember(t->env->walks, &as_read);
    free(items);
    return walk;
}

static int write_place(struct tail *t, const struct place *p, struct span *out)
{
    char *text = arena_alloc(&t->answer->arena, 64);
    if (text == NULL)
        return -1;
    int n = p->to == 0
                ? snprintf(text, 64, "%" PRIx64, p->from)
                : snprintf(text, 64, "%" PRIx64 "-%" PRIx64 "-%" PRIu64, p->from, p->to, p->done);
    *out = (struct span){text, (size_t)n};
    return 0;
}

/* Where each hit leaves a client that comes back after it; ${before} is where it came from. */
static int write_places(struct tail *t, const struct place *before)
{
    struct tail_reply *reply = &t->answer->reply;
    struct place now = {.from = remember(t)};
    struct span *positions = arena_alloc(&t->answer->arena, (t->count + 1u) * sizeof *positions);
    if (now.from == 0 || positions == NULL || write_place(t, &now, &reply->position) != 0)
        return -1;
    for (uint32_t i = 0; i < t->count; i++) {
        struct place p = {before->from, now.from, before->done + i + 1};
        positions[i] = reply->position;
        if (i + 1 < t->count && write_place(t, &p, &positions[i]) != 0)
            return -1;
    }
    reply->hits = t->hits;
    reply->count = t->count;
    reply->positions = positions;
    return 0;
}

/* A call that was given up has read nothing: who goes on does so from where it came. */
static int go_back(struct tail *t)
{
    struct tail_reply *reply = &t->answer->reply;
    reply->hits = t->hits;
    reply->positions = &reply->position;
    return arena_copy_any(&t->answer->arena, t->request->position, &reply->position);
}

static int run(struct tail *t)
{
    struct place place = place_of(t->request->position);
    uint64_t *from = NULL;
    int rc = 0;
    if (place.from != 0)
        rc = walks_bounds(t->env->walks, place.from, t->env->sources, &from);
    if (rc == 0)
        rc = from == NULL ? start_from_now(t) : read_rest(t, &place, from);
    bool back = from != NULL && cancel_poll(t->cancel) != CANCEL_NONE;
    free(from);
    if (rc != 0)
        return -1;
    /* Behind a place between two hits lies what came after the later state, too. */
    t->answer->reply.more = !back && (t->full || place.to != 0);
    return back ? go_back(t) : write_places(t, &place);
}

static int prepare(struct tail *t)
{
    const struct source_list *list = t->env->sources;
    t->began = calloc((size_t)list->count + 1, sizeof *t->began);
    t->read = calloc((size_t)list->count + 1, sizeof *t->read);
    t->end = calloc((size_t)list->count + 1, sizeof *t->end);
    for (uint32_t i = 0; t->end != NULL && i < list->count; i++)
        t->end[i] = list->items[i].size;
    t->hits = arena_zalloc(&t->answer->arena, ((size_t)t->request->limit + 1) * sizeof *t->hits);
    t->news = calloc((size_t)t->request->limit + 1, sizeof *t->news);
    return t->began == NULL || t->read == NULL || t->end == NULL || t->hits == NULL ||
                   t->news == NULL || reader_new(&t->reader) != 0 || reader_new(&t->aside) != 0 ||
                   extractor_new(&t->extractor) != 0 ||
                   match_scratch_new(t->compiled.matcher, t->cancel, &t->scratch) != 0
               ? -1
               : 0;
}

int tail_run(const struct environment *env, const struct tail_request *request,
             struct cancel *cancel, struct tail_reply **out, struct error *err)
{
    struct tail t = {.env = env, .request = request, .cancel = cancel};
    int rc = -1;
    *out = NULL;
    t.answer = calloc(1, sizeof *t.answer);
    if (t.answer == NULL)
        return error_no_memory(err);
    arena_init(&t.answer->arena);
    if (request_compile(env, &request->query, 0, cancel, &t.compiled, err) == 0)
        rc = prepare(&t) == 0 && run(&t) == 0 ? 0 : error_no_memory(err);
    if (rc == 0)
        *out = &t.answer->reply;
    else
        tail_reply_free(&t.answer->reply);
    match_scratch_free(t.scratch);
    extractor_free(t.extractor);
    reader_free(t.reader);
    reader_free(t.aside);
    free(t.news);
    free(t.began);
    free(t.read);
    free(t.end);
    compiled_clear(&t.compiled);
    return rc;
}

void tail_reply_free(struct tail_reply *r)
{
    struct tail_answer *a = (struct tail_answer *)r;
    if (a == NULL)
        return;
    arena_clear(&a->arena);
    free(a);
}
