#include "extract.h"

#include "call_map.h"
#include "clock.h"
#include "facts.h"
#include "line_values.h"
#include "span.h"
#include "utf8.h"

#include <stdlib.h>

struct extractor {
    struct line_values values;
    struct extract_counts counts;

    /* of the file */
    const struct source *source;
    const struct facts *facts;
    const struct tool_calls *calls_before;
    struct arena file_arena; /* names of the file that had to be mended */
    struct span session;
    struct span agent;
    struct call_map calls;
    int64_t last_time; /* of the nearest record before */

    /* of the line */
    bool line_time; /* last_time stands on it */
};

int extractor_new(struct extractor **out)
{
    struct extractor *x = calloc(1, sizeof *x);
    if (x == NULL)
        return -1;
    line_values_init(&x->values);
    call_map_init(&x->calls);
    arena_init(&x->file_arena);
    *out = x;
    return 0;
}

void extractor_free(struct extractor *x)
{
    if (x == NULL)
        return;
    line_values_clear(&x->values);
    call_map_clear(&x->calls);
    arena_clear(&x->file_arena);
    free(x);
}

void extractor_keep_raw(struct extractor *x, bool keep)
{
    x->values.compose.in_place_above = keep ? COMPOSE_KEEP_RAW : COMPOSE_IN_PLACE;
}

void extractor_watch(struct extractor *x, struct line_watch *watch)
{
    x->values.watch = watch;
}

/* File names are any bytes; what is shown of them is text. */
static int mended_name(struct extractor *x, struct span name, struct span *out)
{
    *out = name;
    if (name.ptr == NULL || utf8_valid_prefix(name) == name.len)
        return 0;
    size_t size = utf8_mended_size(name);
    char *text = arena_alloc(&x->file_arena, size);
    if (text == NULL)
        return -1;
    utf8_mend(name, text);
    *out = (struct span){text, size};
    return 0;
}

int extract_begin(struct extractor *x, const struct source *s, const struct facts *facts,
                  const struct extract_start *start)
{
    x->source = s;
    x->facts = facts;
    x->calls_before = start == NULL ? NULL : start->calls;
    x->last_time = start == NULL ? TIME_NONE : start->last_time;
    call_map_reset(&x->calls);
    arena_reset(&x->file_arena);
    if (mended_name(x, s->session, &x->session) != 0 || mended_name(x, s->agent, &x->agent) != 0)
        return -1;
    return 0;
}

static void fill_time(struct extractor *x, struct message *m, bool own)
{
    m->time_certain = own || x->line_time;
    if (x->last_time != TIME_NONE) {
        m->time_ms = x->last_time; /* its own, or of the nearest before */
    } else if (x->facts->first_time != TIME_NONE) {
        m->time_ms = x->facts->first_time; /* none before: the first of the file is behind */
    } else {
        m->time_ms = source_time_ms(x->source);
    }
}

static struct span call_name(const struct extractor *x, struct span id, uint64_t offset)
{
    struct span name = call_map_get(&x->calls, id);
    if (name.ptr == NULL && x->calls_before != NULL)
        name = tool_calls_name(x->calls_before, id, offset);
    return name;
}

/* The names of the calls that the results answer. */
static int fill_answers(struct extractor *x, struct message *m)
{
    struct span_set *ids = &x->values.compose.result_ids;
    size_t kept = 0;
    for (size_t i = 0; i < ids->count; i++) {
        if (ids->items[i].ptr == NULL)
            continue; /* the result does not name its call */
        struct span name = call_name(x, ids->items[i], m->offset);
        if (i == 0)
            m->result_tool = name;
        if (name.len > 0 && span_set_add(&x->values.compose.tools, name) != 0)
            return -1;
        ids->items[kept++] = ids->items[i];
    }
    ids->count = kept;
    m->result_ids = span_set_list(ids);
    m->tools = span_set_list(&x->values.compose.tools);
    return 0;
}

static void count_message(struct extractor *x, const struct message *m)
{
    x->counts.messages++;
    for (int part = 0; part < PART_COUNT; part++)
        x->counts.text_bytes += m->part[part].len;
}

static int note_calls(struct extractor *x)
{
    const struct compose *k = &x->values.compose;
    for (size_t i = 0; i < k->tool_ids.count; i++)
        if (k->call_names.items[i].len > 0 &&
            call_map_put(&x->calls, k->tool_ids.items[i], k->call_names.items[i]) != 0)
            return -1;
    return 0;
}

static int finish_message(struct extractor *x, struct message *m, bool own_time, extract_fn *fn,
                          void *arg)
{
    if (m->session.len == 0)
        m->session = x->session;
    if (m->agent.len == 0)
        m->agent = x->agent;
    m->project = x->facts->project;
    m->source = x->source->id;
    if (x->source->is_retained)
        m->flags |= MESSAGE_SOURCE_GONE;
    fill_time(x, m, own_time);
    if (fill_answers(x, m) != 0 || note_calls(x) != 0)
        return -1;
    count_message(x, m);
    return fn(arg, m);
}

/* Take in one value of the line.  Return 0, fn's value, or -1. */
static int take_value(struct extractor *x, struct message *m, bool is_message, uint32_t position,
                      extract_fn *fn, void *arg)
{
    int64_t time;
    bool own_time = record_time(&x->values.record, &time) == 0;
    if (own_time) {
        x->last_time = time;
        x->line_time = true;
    }
    if (!is_message) {
        x->counts.other_records++;
        return 0;
    }
    m->position = position;
    return finish_message(x, m, own_time, fn, arg);
}

int extract_line(struct extractor *x, struct span line, uint64_t offset, uint64_t number,
                 bool unterminated, extract_fn *fn, void *arg)
{
    x->counts.lines++;
    x->line_time = false;
    if (line_values_begin(&x->values, line, unterminated) != 0)
        return -1;
    for (uint32_t position = 0;; position++) {
        struct message m;
        enum compose_result made = line_values_next(&x->values, &m);
        if (made == COMPOSE_NO_MEMORY)
            return -1;
        if (made == LINE_VALUES_END) {
            if (position == 0 && line_values_damaged(&x->values))
                x->counts.malformed_lines++;
            return 0;
        }
        m.offset = offset;
        m.line = number;
        int r = take_value(x, &m, made == COMPOSE_MESSAGE, position, fn, arg);
        if (r != 0)
            return r;
    }
}

const struct extract_counts *extract_counts(const struct extractor *x)
{
    return &x->counts;
}

void extract_counts_since(struct extract_counts *sum, const struct extract_counts *before,
                          const struct extract_counts *now)
{
    sum->messages += now->messages - before->messages;
    sum->other_records += now->other_records - before->other_records;
    sum->malformed_lines += now->malformed_lines - before->malformed_lines;
    sum->text_bytes += now->text_bytes - before->text_bytes;
    sum->lines += now->lines - before->lines;
}
