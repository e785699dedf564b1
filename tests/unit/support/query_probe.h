/* query_probe.h: Asking in one line what a query text means or where it is refused.
 *
 * All functions fail the running test if the answer is not as expected.  Now is
 * 2026-01-02T03:04:05.678Z. */
#ifndef SCROLLBACK_QUERY_PROBE_H
#define SCROLLBACK_QUERY_PROBE_H

#include "buf.h"
#include "query.h"

struct query_probe_row {
    const char *text;
    const char *means; /* as query_describe() says it */
};

/* query_probe_input(text): A query with all defaults. */
struct query_input query_probe_input(const char *text);

/* query_probe_parse(in): It parses; the caller frees it. */
struct query *query_probe_parse(const struct query_input *in);

/* query_probe_means(in, means): It parses and is described so. */
void query_probe_means(const struct query_input *in, const char *means);

/* query_probe_rows(rows, count, like): Each text, with everything else as in ${like}. */
void query_probe_rows(const struct query_probe_row *rows, size_t count,
                      const struct query_input *like);
#define QUERY_PROBE_ROWS(rows, like) query_probe_rows(rows, sizeof rows / sizeof *rows, like)

/* query_probe_refused(in, pos, expected): It is refused at byte ${pos}, with ${expected} in the
 * message. */
void query_probe_refused(const struct query_input *in, size_t pos, const char *expected);

/* query_probe_repeat(b, text, n): Append ${text} ${n} times. */
void query_probe_repeat(struct buf *b, const char *text, int n);

#endif
