/* extract_dump: Print what the engine's corpus layer reads below a root, for extract_compare.py.
 *
 * Every value is a netstring ("5:value,"); a message is a run of them, in the order of dump().  The
 * last netstrings are the counts.  Absent names are empty.
 */
#include "discover.h"
#include "extract.h"
#include "facts.h"
#include "lines.h"
#include "reader.h"

#include <inttypes.h>
#include <stdio.h>

static void put(struct span s)
{
    printf("%zu:", s.ptr ? s.len : 0);
    if (s.ptr && fwrite(s.ptr, 1, s.len, stdout) != s.len)
        exit(1);
    putchar(',');
}

static void put_number(int64_t number)
{
    char text[24];
    int len = snprintf(text, sizeof text, "%" PRId64, number);
    put((struct span){text, (size_t)len});
}

static void put_list(struct span_list list)
{
    put_number(list.count);
    for (uint32_t i = 0; i < list.count; i++)
        put(list.items[i]);
}

static int dump(void *arg, const struct message *m)
{
    const struct source *s = arg;
    const struct span names[] = {s->name,   m->uuid,  m->session, m->project,    m->cwd,
                                 m->branch, m->model, m->agent,   m->message_id, m->request_id};
    const uint64_t numbers[] = {m->line,
                                m->position,
                                (uint64_t)m->role,
                                (uint64_t)m->kind,
                                m->flags,
                                m->tool_calls,
                                message_rank(m, s->stem, s->is_agent),
                                m->has_usage,
                                m->usage.input,
                                m->usage.output,
                                m->usage.cache_write_5m,
                                m->usage.cache_write_1h,
                                m->usage.cache_read};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        put(names[i]);
    put_number(m->time_ms);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        put_number((int64_t)numbers[i]);
    for (size_t i = 0; i < PART_COUNT; i++)
        put(m->parts & 1U << i ? m->part[i] : (struct span){NULL, 0});
    put_list(m->tools);
    put_list(m->files);
    return 0;
}

static int read_block(struct extractor *x, const struct source *s, const struct block *b,
                      uint64_t *number)
{
    struct span rest = {b->ptr, b->len}, line;
    while (lines_next(&rest, &line)) {
        uint64_t offset = b->offset + (uint64_t)(line.ptr - b->ptr);
        if (extract_line(x, line, offset, ++*number, b->unterminated, dump, (void *)(uintptr_t)s) !=
            0)
            return -1;
    }
    return 0;
}

static int read_source(struct reader *r, struct extractor *x, const struct source *s,
                       struct error *err)
{
    struct facts facts;
    struct block block;
    uint64_t number = 0;
    int more;
    if (facts_read(r, s, &facts, err) != 0)
        return -1;
    if (extract_begin(x, s, &facts, NULL) != 0 || reader_open(r, s, 0, s->size, err) != 0)
        return -1;
    while ((more = reader_next(r, &block, err)) > 0)
        if (read_block(x, s, &block, &number) != 0)
            return -1;
    facts_clear(&facts);
    return more;
}

int main(int argc, char **argv)
{
    struct error err = {0};
    struct source_list *list;
    struct reader *r;
    struct extractor *x;
    const char *roots[] = {argc == 2 ? argv[1] : ""};
    if (argc != 2 || discover_sources(roots, 1, &list, &err) != 0 || reader_new(&r) != 0 ||
        extractor_new(&x) != 0)
        return 2;
    for (uint32_t i = 0; i < list->count; i++)
        if (read_source(r, x, &list->items[i], &err) != 0) {
            fprintf(stderr, "%.*s: %s\n", (int)list->items[i].name.len, list->items[i].name.ptr,
                    err.msg);
            return 1;
        }
    put((struct span){"end", 3});
    put_number((int64_t)extract_counts(x)->messages);
    put_number((int64_t)extract_counts(x)->other_records);
    put_number((int64_t)extract_counts(x)->malformed_lines);
    put_number((int64_t)extract_counts(x)->text_bytes);
    extractor_free(x);
    reader_free(r);
    source_list_free(list);
    return 0;
}
