#include "extract_probe.h"

#include "clock.h"
#include "lines.h"
#include "reader.h"
#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

static void print_list(struct buf *out, const char *name, struct span_list list)
{
    for (uint32_t i = 0; i < list.count; i++)
        buf_printf(out, "%s%.*s", i == 0 ? name : ",", (int)list.items[i].len, list.items[i].ptr);
}

static void print_span(struct buf *out, const char *name, struct span s)
{
    if (s.ptr != NULL)
        buf_printf(out, " %s=%.*s", name, (int)s.len, s.ptr);
}

/* One line a message: what is not at its usual value. */
static int show_message(void *arg, const struct message *m)
{
    struct buf *out = arg;
    static const char *const flags[] = {"error",    "meta",  "compact", "sidechain",
                                        "thinking", "image", "tool"};
    buf_printf(out, "%s", vocabulary_kind_name(m->kind));
    assert_int_equal(vocabulary_kind_role(m->kind), m->role);
    if (m->position > 0)
        buf_printf(out, " @%u", m->position);
    for (unsigned i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if ((m->flags & 1u << i) != 0)
            buf_printf(out, " +%s", flags[i]);
    for (enum part part = 0; part < PART_COUNT; part++) {
        assert_int_equal(m->part[part].len > 0, (m->parts & 1u << part) != 0);
        if (m->part[part].len > 0)
            buf_printf(out, " %s=<%.*s>", vocabulary_part_name(part), (int)m->part[part].len,
                       m->part[part].ptr);
    }
    print_list(out, " tools=", m->tools);
    print_list(out, " files=", m->files);
    if (m->tool_calls > 0)
        buf_printf(out, " calls=%u", m->tool_calls);
    print_span(out, "uuid", m->uuid);
    print_span(out, "cwd", m->cwd);
    print_span(out, "branch", m->branch);
    print_span(out, "model", m->model);
    print_span(out, "agent", m->agent);
    if (m->session.len != 5 || memcmp(m->session.ptr, "stem0", 5) != 0)
        print_span(out, "session", m->session);
    if (m->time_ms != 9)
        buf_printf(out, " time=%lld%s", (long long)m->time_ms, m->time_certain ? "" : "?");
    if (m->has_usage)
        buf_printf(out, " usage=%llu,%llu,%llu,%llu,%llu", (unsigned long long)m->usage.input,
                   (unsigned long long)m->usage.output, (unsigned long long)m->usage.cache_write_5m,
                   (unsigned long long)m->usage.cache_write_1h,
                   (unsigned long long)m->usage.cache_read);
    buf_append_byte(out, '\n');
    return 0;
}

const struct source extract_probe_source = {
    .name = SPAN_INIT("p/stem0.jsonl"), .session = SPAN_INIT("stem0"), .mtime_ns = 9500000};
const struct facts extract_probe_facts = {.project = SPAN_INIT("/p"), .first_time = TIME_NONE};

void extract_probe(struct span text, const struct facts *f, struct buf *out)
{
    struct extractor *x;
    assert_int_equal(extractor_new(&x), 0);
    assert_int_equal(extract_begin(x, &extract_probe_source, f, NULL), 0);
    char *copy = malloc(text.len + READER_PADDING);
    assert_non_null(copy);
    memcpy(copy, text.ptr, text.len);
    memset(copy + text.len, '"', READER_PADDING);
    struct span rest = {copy, text.len}, line;
    for (uint64_t n = 1; lines_next(&rest, &line); n++) {
        bool unterminated = line.ptr + line.len == copy + text.len;
        uint64_t offset = (uint64_t)(line.ptr - copy);
        assert_int_equal(extract_line(x, line, offset, n, unterminated, show_message, out), 0);
    }
    const struct extract_counts *c = extract_counts(x);
    if (c->other_records > 0)
        buf_printf(out, "other %llu\n", (unsigned long long)c->other_records);
    if (c->malformed_lines > 0)
        buf_printf(out, "malformed %llu\n", (unsigned long long)c->malformed_lines);
    extractor_free(x);
    free(copy);
}
