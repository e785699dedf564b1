#include "query_probe.h"

#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct query_input query_probe_input(const char *text)
{
    return (struct query_input){.text = span_of(text), .now_ms = INT64_C(1767323045678)};
}

struct query *query_probe_parse(const struct query_input *in)
{
    struct query *q = NULL;
    struct error err = {0};
    if (query_parse(in, &q, &err) != 0)
        fail_msg("%.*s: at %zu: %s", (int)in->text.len, in->text.ptr, err.pos, err.msg);
    assert_int_equal(err.code, ERROR_NONE);
    return q;
}

void query_probe_means(const struct query_input *in, const char *means)
{
    struct query *q = query_probe_parse(in);
    struct span got = query_describe(q);
    if (!span_equal(got, span_of(means)))
        fail_msg("%.*s\n  means    %.*s\n  expected %s", (int)in->text.len, in->text.ptr,
                 (int)got.len, got.ptr, means);
    query_free(q);
}

void query_probe_rows(const struct query_probe_row *rows, size_t count,
                      const struct query_input *like)
{
    for (size_t i = 0; i < count; i++) {
        struct query_input in = *like;
        in.text = span_of(rows[i].text);
        query_probe_means(&in, rows[i].means);
    }
}

void query_probe_refused(const struct query_input *in, size_t pos, const char *expected)
{
    struct query *q = NULL;
    struct error err = {0};
    if (query_parse(in, &q, &err) == 0)
        fail_msg("%.*s was accepted", (int)in->text.len, in->text.ptr);
    assert_null(q);
    if (err.pos != pos || strstr(err.msg, expected) == NULL)
        fail_msg("%.*s: at %zu \"%s\", expected at %zu \"%s\"", (int)in->text.len, in->text.ptr,
                 err.pos, err.msg, pos, expected);
    assert_null(strchr(err.msg, '\n'));
}

void query_probe_repeat(struct buf *b, const char *text, int n)
{
    for (int i = 0; i < n; i++)
        assert_int_equal(buf_append_span(b, span_of(text)), 0);
}
