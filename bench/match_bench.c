/* match_bench: How fast queries are matched against the texts of messages, on one thread.
 *
 *     match_bench FOLDER [QUERY…]
 *
 * Extracts the transcripts below FOLDER into memory, then prints for each query (a set of typical
 * ones by default), best of 5:
 *   compile   time to compile it, the second time (the first one fills the process-wide cache)
 *   parts     GB/s of asking every part by itself whether it matches, and how many do
 *   PCRE2     the same by the oracle
 *   count     GB/s of counting all occurrences (PCRE2's positions for a regex)
 *   raw       GB/s of the prefilter over the raw files, from candidate line to candidate line, and
 *             the share of lines it proposes
 * and what folding costs. */
#include "buf.h"
#include "clock.h"
#include "discover.h"
#include "extract.h"
#include "facts.h"
#include "fold.h"
#include "lines.h"
#include "matcher.h"
#include "prefilter.h"
#include "reader.h"
#include "span.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS 5

/* Processor time of this thread: neighbours on the machine disturb it least. */
static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

struct corpus {
    struct buf text; /* all parts, a NUL behind each */
    struct buf ends; /* size_t: where each ends in text */
    struct buf raw;
    uint64_t raw_lines;
};

static int add_message(void *arg, const struct message *m)
{
    struct corpus *c = arg;
    for (int part = 0; part < PART_COUNT; part++)
        if (m->part[part].len > 0) {
            buf_append_span(&c->text, m->part[part]);
            buf_append(&c->ends, &c->text.len, sizeof(c->text.len));
            buf_append_byte(&c->text, 0);
        }
    return buf_failed(&c->text) || buf_failed(&c->ends) ? -1 : 0;
}

static int add_block(struct corpus *c, struct extractor *x, const struct block *b)
{
    struct span rest = {b->ptr, b->len}, line;
    uint64_t offset = b->offset;
    buf_append(&c->raw, b->ptr, b->len);
    while (lines_next(&rest, &line)) {
        if (extract_line(x, line, offset, 0, b->unterminated, add_message, c) != 0)
            return -1;
        offset += line.len + 1;
        c->raw_lines++;
    }
    return 0;
}

static int add_source(struct corpus *c, struct extractor *x, struct reader *r,
                      const struct source *s)
{
    struct facts facts = {.project = s->folder, .first_time = TIME_NONE};
    struct error err = {0};
    struct block b;
    int more;
    if (extract_begin(x, s, &facts, NULL) != 0 || reader_open(r, s, 0, s->size, &err) != 0)
        return -1;
    while ((more = reader_next(r, &b, &err)) == 1)
        if (add_block(c, x, &b) != 0)
            return -1;
    return more;
}

static int load(struct corpus *c, const char *folder)
{
    struct source_list *list = NULL;
    struct extractor *x = NULL;
    struct reader *r = NULL;
    struct error err = {0};
    int rc = -1;
    if (discover_sources(&folder, 1, &list, &err) != 0 || extractor_new(&x) != 0 ||
        reader_new(&r) != 0)
        goto done;
    for (uint32_t i = 0; i < list->count; i++)
        if (add_source(c, x, r, &list->items[i]) != 0)
            goto done;
    rc = 0;
done:
    reader_free(r);
    extractor_free(x);
    source_list_free(list);
    return rc;
}

/* One query under measurement. */
struct subject {
    const struct corpus *corpus;
    struct query *query;
    struct matcher *fast;
    struct matcher *oracle;
    struct match_scratch *fast_scratch;
    struct match_scratch *oracle_scratch;
    struct prefilter *prefilter;
};

typedef uint64_t work_fn(const struct subject *s);

static uint64_t test_parts(const struct corpus *c, const struct matcher *m, struct match_scratch *s)
{
    const size_t *ends = (const size_t *)(const void *)c->ends.ptr;
    uint64_t hits = 0;
    size_t from = 0;
    for (size_t i = 0; i < c->ends.len / sizeof(size_t); i++) {
        struct span part = {c->text.ptr + from, ends[i] - from};
        hits += matcher_test_term(m, s, 0, part) == MATCH_YES;
        from = ends[i] + 1;
    }
    return hits;
}

static uint64_t run_fast(const struct subject *s)
{
    return test_parts(s->corpus, s->fast, s->fast_scratch);
}

static uint64_t run_oracle(const struct subject *s)
{
    return test_parts(s->corpus, s->oracle, s->oracle_scratch);
}

static uint64_t run_count(const struct subject *s)
{
    const size_t *ends = (const size_t *)(const void *)s->corpus->ends.ptr;
    uint64_t count = 0;
    size_t from = 0;
    for (size_t i = 0; i < s->corpus->ends.len / sizeof(size_t); i++) {
        struct span part = {s->corpus->text.ptr + from, ends[i] - from};
        count += matcher_count(s->fast, s->fast_scratch, 0, part);
        from = ends[i] + 1;
    }
    return count;
}

static uint64_t run_raw(const struct subject *s)
{
    struct span raw = buf_span(&s->corpus->raw);
    uint64_t lines = 0;
    for (size_t at = prefilter_next(s->prefilter, raw, 0); at < raw.len; lines++) {
        const char *end = memchr(raw.ptr + at, '\n', raw.len - at);
        if (end == NULL)
            return lines + 1;
        at = prefilter_next(s->prefilter, raw, (size_t)(end + 1 - raw.ptr));
    }
    return lines;
}

static double measure(work_fn *fn, const struct subject *s, size_t bytes, uint64_t *result)
{
    uint64_t best = UINT64_MAX;
    for (int i = 0; i < ROUNDS && (i < 2 || best < 300000000u); i++) {
        uint64_t begin = now_ns();
        *result = fn(s);
        uint64_t took = now_ns() - begin;
        best = took < best ? took : best;
    }
    return (double)bytes / (double)best;
}

static void report(const char *text, const struct subject *s, double compile_us)
{
    const struct corpus *c = s->corpus;
    uint64_t hits, oracle_hits, count, lines = 0;
    double fast = measure(run_fast, s, c->text.len, &hits);
    double slow = measure(run_oracle, s, c->text.len, &oracle_hits);
    double counting = measure(run_count, s, c->text.len, &count);
    double raw = s->prefilter == NULL ? 0 : measure(run_raw, s, c->raw.len, &lines);
    printf("%-28s %8.0f us %6.2f GB/s %7llu %6.2f GB/s %6.2f GB/s %9llu %6.2f GB/s %5.1f %%%s\n",
           text, compile_us, fast, (unsigned long long)hits, slow, counting,
           (unsigned long long)count, raw,
           s->prefilter == NULL ? 100.0 : 100.0 * (double)lines / (double)c->raw_lines,
           hits == oracle_hits ? "" : "  DIFFERS FROM PCRE2");
    fflush(stdout);
}

static int bench_query(const struct corpus *c, const char *text)
{
    struct subject s = {.corpus = c};
    struct query_input in = {.text = span_of(text)};
    struct error err = {0};
    uint64_t begin = 0, end = 0;
    int rc = -1;
    if (query_parse(&in, &s.query, &err) != 0)
        goto done;
    for (int i = 0; i < 2; i++) {
        matcher_free(s.fast);
        s.fast = NULL;
        begin = now_ns();
        if (matcher_new(s.query, MATCHER_FAST, &s.fast, &err) != 0)
            goto done;
        end = now_ns();
        if (i == 0)
            printf("%8.0f us ", (double)(end - begin) / 1e3);
    }
    if (matcher_new(s.query, MATCHER_ORACLE, &s.oracle, &err) != 0 ||
        match_scratch_new(s.fast, NULL, &s.fast_scratch) != 0 ||
        match_scratch_new(s.oracle, NULL, &s.oracle_scratch) != 0 ||
        prefilter_new(s.fast, &s.prefilter) != 0)
        goto done;
    report(text, &s, (double)(end - begin) / 1e3);
    rc = 0;
done:
    if (rc != 0)
        fprintf(stderr, "match_bench: %s: %s\n", text, err.msg);
    prefilter_free(s.prefilter);
    match_scratch_free(s.fast_scratch);
    match_scratch_free(s.oracle_scratch);
    matcher_free(s.fast);
    matcher_free(s.oracle);
    query_free(s.query);
    return rc;
}

static void bench_fold(const struct corpus *c)
{
    char *out = malloc(c->text.len + FOLD_SLACK);
    uint64_t best = UINT64_MAX;
    size_t len = 0;
    for (int i = 0; i < ROUNDS && out != NULL; i++) {
        uint64_t begin = now_ns();
        len = fold_into(buf_span(&c->text), out);
        uint64_t took = now_ns() - begin;
        best = took < best ? took : best;
    }
    printf("fold: %.2f GB/s, %zu bytes become %zu\n", (double)c->text.len / (double)best,
           c->text.len, len);
    free(out);
}

static const char *const usual[] = {
    "zebracorn",
    "kubernetes",
    "\"permission denied\"",
    "worktree",
    "error",
    "e",
    "s",
    "kiss",
    "ks",
    "\u4E2D",
    "\u4E2D\u6587",
    "\u00E9",
    "\u043E\u0448\u0438\u0431\u043A\u0430",
    "/kubernet\\w*/",
    "/[0-9a-f]{40}/",
    "/\\w+error/",
    "/error.*\\d/i",
    "/\\berror\\b/i",
    "/foo.{0,80}bar/",
    "/https?:\\/\\/\\S+/",
    "/(\\d{1,3}\\.){3}\\d{1,3}/",
    "/^diff --git/m",
    "/[\u4E00-\u9FFF]{4}/",
};

int main(int argc, char **argv)
{
    struct corpus c = {.raw_lines = 0};
    int failures = 0;
    if (argc < 2) {
        fprintf(stderr, "usage: match_bench FOLDER [QUERY...]\n");
        return 2;
    }
    buf_init(&c.text);
    buf_init(&c.ends);
    buf_init(&c.raw);
    if (load(&c, argv[1]) != 0 || buf_failed(&c.raw)) {
        fprintf(stderr, "match_bench: cannot load %s\n", argv[1]);
        return 1;
    }
    printf("%zu bytes of text in %zu parts, %zu raw in %llu lines\n", c.text.len,
           c.ends.len / sizeof(size_t), c.raw.len, (unsigned long long)c.raw_lines);
    bench_fold(&c);
    printf("%11s %-28s %11s %11s %7s %11s %11s %9s %11s %7s\n", "first", "query", "compile",
           "parts", "hits", "PCRE2", "count", "found", "raw", "lines");
    if (argc > 2)
        for (int i = 2; i < argc; i++)
            failures += bench_query(&c, argv[i]) != 0;
    else
        for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
            failures += bench_query(&c, usual[i]) != 0;
    buf_clear(&c.text);
    buf_clear(&c.ends);
    buf_clear(&c.raw);
    return failures == 0 ? 0 : 1;
}
