#include "facts.h"

#include "clock.h"
#include "error.h"
#include "line_values.h"
#include "lines.h"
#include "span.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ASK ((size_t)32 << 10) /* most files tell all within their first lines */

/* Whether the line may hold a key: it stands there, or an escape could spell it. */
static bool may_hold(struct span line, struct span key)
{
    return memmem(line.ptr, line.len, key.ptr, key.len) != NULL ||
           memmem(line.ptr, line.len, "\\u", 2) != NULL;
}

static int facts_copy(struct span s, struct span *out)
{
    size_t size = utf8_mended_size(s);
    char *text = malloc(size + 1);
    if (text == NULL)
        return -1;
    utf8_mend(s, text);
    *out = (struct span){text, size};
    return 0;
}

/* Take the first cwd and the first time from the values of a line. */
static int facts_line(struct line_values *v, struct span line, bool unterminated,
                      struct facts *facts)
{
    bool want_time = facts->first_time == TIME_NONE, want_cwd = facts->project.ptr == NULL;
    if (!(want_time && may_hold(line, SPAN("timestamp"))) &&
        !(want_cwd && may_hold(line, SPAN("cwd"))))
        return 0;
    if (line_values_begin(v, line, unterminated) != 0)
        return -1;
    for (;;) {
        struct message m;
        struct span cwd;
        enum compose_result made = line_values_next(v, &m);
        if (made == COMPOSE_NO_MEMORY)
            return -1;
        if (made == LINE_VALUES_END)
            return 0;
        if (facts->first_time == TIME_NONE)
            (void)record_time(&v->record, &facts->first_time);
        if (facts->project.ptr != NULL)
            continue;
        int r = compose_string(&v->compose, &v->record.cwd, &cwd);
        if (r < 0 || (r == 0 && cwd.len > 0 && facts_copy(cwd, &facts->project) != 0))
            return -1;
    }
}

static bool facts_complete(const struct facts *f)
{
    return f->project.ptr != NULL && f->first_time != TIME_NONE;
}

static int facts_block(struct line_values *v, const struct block *b, struct facts *facts,
                       struct error *err)
{
    struct span rest = {b->ptr, b->len}, line;
    while (!facts_complete(facts) && lines_next(&rest, &line))
        if (facts_line(v, line, b->unterminated, facts) != 0)
            return error_no_memory(err);
    return 0;
}

/* Look at the lines that start in [begin, end) for what is still missing. */
static int facts_range(struct reader *r, const struct source *s, uint64_t begin, uint64_t end,
                       struct facts *facts, struct error *err)
{
    struct line_values v;
    struct block b;
    int more = 0, result = 0;
    if (begin >= end || facts_complete(facts))
        return 0;
    if (reader_open(r, s, begin, end, err) != 0)
        return -1;
    reader_ask(r, FIRST_ASK);
    line_values_init(&v);
    v.compose.leaves_texts = true;
    while (result == 0 && !facts_complete(facts) && (more = reader_next(r, &b, err)) == 1)
        result = facts_block(&v, &b, facts, err);
    line_values_clear(&v);
    return more < 0 ? -1 : result;
}

/* The same in bytes that somebody else reads after us. */
static int facts_at_hand(const struct block *b, struct facts *facts, struct error *err)
{
    struct line_values v;
    line_values_init(&v);
    v.compose.leaves_texts = true;
    int result = facts_block(&v, b, facts, err);
    line_values_clear(&v);
    return result;
}

int facts_around(struct reader *r, const struct source *s, const struct block *b,
                 struct facts *facts, struct error *err)
{
    *facts = (struct facts){.first_time = TIME_NONE};
    int result = facts_range(r, s, 0, b->offset, facts, err);
    if (result == 0)
        result = facts_at_hand(b, facts, err);
    if (result == 0)
        result = facts_range(r, s, b->offset + b->len, s->size, facts, err);
    if (result == 0 && facts->project.ptr == NULL && facts_copy(s->folder, &facts->project) != 0)
        result = error_no_memory(err);
    if (result != 0)
        facts_clear(facts);
    return result;
}

int facts_read(struct reader *r, const struct source *s, struct facts *facts, struct error *err)
{
    return facts_around(r, s, &(struct block){.ptr = NULL}, facts, err);
}

int facts_first_block(const struct source *s, const struct block *b, struct facts *facts,
                      struct error *err)
{
    *facts = (struct facts){.first_time = TIME_NONE};
    int result = facts_at_hand(b, facts, err);
    bool whole_file = b->offset + b->len >= s->size;
    if (result == 0 && whole_file && facts->project.ptr == NULL &&
        facts_copy(s->folder, &facts->project) != 0)
        result = error_no_memory(err);
    if (result == 0 && (whole_file || facts_complete(facts)))
        return 1;
    facts_clear(facts);
    return result;
}

void facts_clear(struct facts *facts)
{
    free((char *)facts->project.ptr);
    *facts = (struct facts){.first_time = TIME_NONE};
}

/* The last own time on the lines of a block, if there is one. */
static int last_time(struct line_values *v, const struct block *b, int64_t *out)
{
    struct span rest = {b->ptr, b->len}, line;
    while (lines_next(&rest, &line)) {
        if (!may_hold(line, SPAN("timestamp")))
            continue;
        if (line_values_begin(v, line, b->unterminated) != 0)
            return -1;
        for (;;) {
            struct message m;
            enum compose_result made = line_values_next(v, &m);
            if (made == COMPOSE_NO_MEMORY)
                return -1;
            if (made == LINE_VALUES_END)
                break;
            (void)record_time(&v->record, out);
        }
    }
    return 0;
}

/* The last own time on lines that start in [begin, end). */
static int last_time_in(struct reader *r, const struct source *s, struct line_values *v,
                        uint64_t begin, uint64_t end, int64_t *out, struct error *err)
{
    struct block b;
    int more;
    if (reader_open(r, s, begin, end, err) != 0)
        return -1;
    reader_ask(r, FIRST_ASK);
    while ((more = reader_next(r, &b, err)) == 1)
        if (last_time(v, &b, out) != 0)
            return error_no_memory(err);
    return more;
}

int facts_time_before(struct reader *r, const struct source *s, uint64_t floor, uint64_t offset,
                      int64_t *out, struct error *err)
{
    struct line_values v;
    uint64_t window = FIRST_ASK;
    int result = 0;
    *out = TIME_NONE;
    line_values_init(&v);
    v.compose.leaves_texts = true;
    /* Windows that double, each of the lines that start in it: no line is parsed twice. */
    while (result == 0 && *out == TIME_NONE && offset > floor) {
        uint64_t begin = offset - floor > window ? offset - window : floor;
        result = last_time_in(r, s, &v, begin, offset, out, err);
        offset = begin;
        window *= 2;
    }
    line_values_clear(&v);
    return result;
}
