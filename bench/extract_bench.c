/* extract_bench: How fast transcripts are read, split and extracted on one thread.
 *
 *     extract_bench FOLDER [ROUNDS]
 *
 * Prints the best of ROUNDS (default 5) for each cumulative stage, in ms of CPU time and GB/s, and what was
 * counted, so that a figure is never printed for work that was not done. */
#include "clock.h"
#include "discover.h"
#include "extract.h"
#include "facts.h"
#include "lines.h"
#include "reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum stage { STAGE_READ, STAGE_SPLIT, STAGE_EXTRACT, STAGE_COUNT };

struct bench {
    struct reader *reader;
    struct extractor *extractor;
    const struct source_list *list;
    uint64_t lines;
    uint64_t seen; /* bytes of text the callback was given */
};

static int see(void *arg, const struct message *m)
{
    struct bench *b = arg;
    for (int part = 0; part < PART_COUNT; part++)
        b->seen += m->part[part].len;
    return 0;
}

static int run_block(struct bench *b, const struct block *block, enum stage stage)
{
    struct span rest = {block->ptr, block->len}, line;
    uint64_t offset = block->offset;
    if (stage == STAGE_READ)
        return 0;
    while (lines_next(&rest, &line)) {
        b->lines++;
        if (stage == STAGE_EXTRACT &&
            extract_line(b->extractor, line, offset, 0, block->unterminated, see, b) != 0)
            return -1;
        offset += line.len + 1;
    }
    return 0;
}

static int run_source(struct bench *b, const struct source *s, enum stage stage)
{
    struct error err = {0};
    struct facts facts = {.project = s->folder, .first_time = TIME_NONE};
    struct block block;
    if (stage == STAGE_EXTRACT && extract_begin(b->extractor, s, &facts, NULL) != 0)
        return -1;
    if (reader_open(b->reader, s, 0, s->size, &err) != 0)
        return -1;
    int r;
    while ((r = reader_next(b->reader, &block, &err)) == 1)
        if (run_block(b, &block, stage) != 0)
            return -1;
    return r;
}

/* Time of our own, whatever else the machine does meanwhile. */
static uint64_t cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int run_stage(struct bench *b, enum stage stage, int rounds)
{
    static const char *const names[] = {"read", "+ split", "+ extract"};
    uint64_t best = UINT64_MAX;
    for (int i = 0; i < rounds; i++) {
        uint64_t begin = cpu_ns();
        for (uint32_t k = 0; k < b->list->count; k++)
            if (run_source(b, &b->list->items[k], stage) != 0)
                return -1;
        uint64_t took = cpu_ns() - begin;
        best = took < best ? took : best;
    }
    printf("%-10s %8.1f ms %6.2f GB/s\n", names[stage], (double)best / 1e6,
           (double)b->list->bytes / (double)best);
    return 0;
}

static int run(struct bench *b, int rounds)
{
    for (enum stage stage = STAGE_READ; stage < STAGE_COUNT; stage++)
        if (run_stage(b, stage, rounds) != 0)
            return -1;
    const struct extract_counts *c = extract_counts(b->extractor);
    uint64_t n = (uint64_t)rounds;
    printf("%llu messages, %llu other, %llu malformed lines, %llu bytes of text\n",
           (unsigned long long)(c->messages / n), (unsigned long long)(c->other_records / n),
           (unsigned long long)(c->malformed_lines / n), (unsigned long long)(c->text_bytes / n));
    return b->seen == c->text_bytes ? 0 : -1;
}

int main(int argc, char **argv)
{
    int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 5;
    struct bench b = {0};
    struct source_list *list = NULL;
    struct error err = {0};
    if (argc < 2 || rounds < 1) {
        fprintf(stderr, "usage: extract_bench FOLDER [ROUNDS]\n");
        return 2;
    }
    const char *roots[] = {argv[1]};
    int result = -1;
    if (discover_sources(roots, 1, &list, &err) == 0 && reader_new(&b.reader) == 0 &&
        extractor_new(&b.extractor) == 0) {
        b.list = list;
        result = run(&b, rounds);
    }
    if (result != 0)
        fprintf(stderr, "extract_bench: failed\n");
    extractor_free(b.extractor);
    reader_free(b.reader);
    source_list_free(list);
    return result == 0 ? 0 : 1;
}
