#include "fetch.h"

#include "clock.h"
#include "error.h"
#include "facts.h"
#include "lines.h"
#include "reader.h"
#include "result_set.h"

#include <stdlib.h>

struct wanted {
    const struct match *match;
    size_t i;
    const struct message *known; /* by the index; NULL: earlier lines must be read */
};

struct fetch {
    struct reader *reader;
    struct reader *aside;
    struct extractor *extractor;
    fetch_fn *fn;
    void *arg;
    struct cancel *cancel;
    const struct wanted *line; /* the matches on the line in work */
    size_t on_line;
    struct span text; /* the line itself; absent unless it stays as it is */
    bool keeps_lines;
};

static int compare_wanted(const void *a, const void *b)
{
    return match_compare_place(((const struct wanted *)a)->match,
                               ((const struct wanted *)b)->match);
}

static int take(void *arg, const struct message *m)
{
    struct fetch *f = arg;
    for (size_t k = 0; k < f->on_line; k++) {
        if (f->line[k].match->position != m->position)
            continue;
        struct message timed = *m; /* its neighbours were not read: the match knows the time */
        timed.time_ms = f->line[k].match->time_ms;
        if (f->line[k].known != NULL) {
            timed.tools = f->line[k].known->tools;
            timed.result_tool = f->line[k].known->result_tool;
        }
        if (f->fn(f->arg, f->line[k].i, &timed, f->text) != 0)
            return -1;
    }
    return 0;
}

static size_t same_line(const struct wanted *w, size_t n)
{
    size_t k = 1;
    while (k < n && w[k].match->offset == w[0].match->offset)
        k++;
    return k;
}

/* The wanted lines of one block.  ${done} counts the matches dealt with, ${number} the lines before the block;
 * extraction may overwrite a line, so newlines are counted before and behind it only. */
static int read_block(struct fetch *f, const struct block *b, const struct wanted *w, size_t n,
                      size_t *done, uint64_t *number)
{
    struct span all = {b->ptr, b->len};
    size_t at = 0;
    int rc = 0;
    while (rc == 0 && *done < n && w[*done].match->offset < b->offset + b->len) {
        size_t begin = (size_t)(w[*done].match->offset - b->offset);
        size_t k = same_line(w + *done, n - *done);
        if (begin >= at) {
            struct span line = lines_around(all, begin);
            *number += lines_count((struct span){all.ptr + at, begin - at});
            at = begin + line.len;
            bool last = at == all.len && b->unterminated;
            f->line = w + *done;
            f->on_line = k;
            if (f->keeps_lines)
                f->text = line;
            if (line.ptr == all.ptr + begin)
                rc = extract_line(f->extractor, line, w[*done].match->offset, *number + 1, last,
                                  take, f);
        }
        *done += k;
    }
    *number += lines_count((struct span){all.ptr + at, all.len - at});
    return rc;
}

static int read_wanted(struct fetch *f, const struct source *s, const struct wanted *w, size_t n)
{
    struct block b;
    size_t done = 0;
    bool known = w[0].known != NULL;
    uint64_t begin = known ? w[0].match->offset : 0, end = w[n - 1].match->offset + 1;
    uint64_t number = known ? w[0].known->line - 1 : 0;
    int rc;
    struct error err = {0};
    if (reader_open(f->reader, s, begin, end, &err) != 0)
        return err.code == ERROR_IO ? 0 : -1;
    while (done < n && (rc = reader_next(f->reader, &b, &err)) != 0) {
        if (rc < 0)
            return err.code == ERROR_IO ? 0 : -1;
        if (cancel_poll(f->cancel) != CANCEL_NONE)
            return 0;
        if (read_block(f, &b, w, n, &done, &number) != 0)
            return -1;
    }
    return 0;
}

/* Behind lines that were not read, with what they would have told. */
static int read_with(struct fetch *f, const struct source *s, const struct wanted *w, size_t n,
                     const struct facts *facts, const struct tool_calls *calls)
{
    struct extract_start start = {TIME_NONE, calls};
    if (extract_begin(f->extractor, s, facts, &start) != 0)
        return -1;
    return read_wanted(f, s, w, n);
}

static int read_unknown(struct fetch *f, const struct source *s, const struct wanted *w, size_t n)
{
    struct facts facts;
    struct tool_calls *calls = NULL;
    bool results = false;
    struct error err = {0};
    for (size_t k = 0; k < n; k++)
        results |= w[k].match->kind == KIND_TOOL_RESULT;
    if (facts_read(f->aside, s, &facts, &err) != 0)
        return err.code == ERROR_IO ? 0 : -1;
    int rc = -1;
    if (!results || tool_calls_read(f->aside, s, 0, w[n - 1].match->offset, &calls, &err) == 0 ||
        err.code == ERROR_IO)
        rc = read_with(f, s, w, n, &facts, calls);
    tool_calls_free(calls);
    facts_clear(&facts);
    return rc;
}

/* The index knows all messages of a file or none. */
static int read_source(struct fetch *f, const struct source *s, const struct wanted *w, size_t n)
{
    if (w[0].known == NULL)
        return read_unknown(f, s, w, n);
    const struct facts facts = {.project = w[0].known->project, .first_time = TIME_NONE};
    return read_with(f, s, w, n, &facts, NULL);
}

static int read_sources(struct fetch *f, const struct source_list *list, const struct wanted *all,
                        size_t n)
{
    for (size_t i = 0, k; i < n; i = k) {
        uint32_t source = all[i].match->source;
        for (k = i + 1; k < n && all[k].match->source == source;)
            k++;
        if (cancel_poll(f->cancel) != CANCEL_NONE)
            return 0;
        if (read_source(f, &list->items[source], all + i, k - i) != 0)
            return -1;
    }
    return 0;
}

static int fetch_from_files(struct fetch *f, const struct source_list *list, struct wanted *all,
                            size_t n)
{
    int rc = -1;
    if (n == 0)
        return 0;
    if (reader_new(&f->reader) == 0 && reader_new(&f->aside) == 0 &&
        extractor_new(&f->extractor) == 0) {
        extractor_keep_raw(f->extractor, f->keeps_lines);
        qsort(all, n, sizeof *all, compare_wanted);
        rc = read_sources(f, list, all, n);
    }
    extractor_free(f->extractor);
    reader_free(f->reader);
    reader_free(f->aside);
    return rc;
}

static int fetch_row(const struct snapshot *snapshot, const struct wanted *w, struct arena *arena,
                     fetch_fn *fn, void *arg)
{
    struct message m;
    arena_reset(arena);
    if (snapshot_message(snapshot, w->match->row, arena, &m) != 0)
        return -1;
    return fn(arg, w->i, &m, (struct span){NULL, 0});
}

int fetch_messages(const struct source_list *list, const struct snapshot *snapshot,
                   const struct match *const *matches, size_t n, fetch_fn *fn, void *arg,
                   struct error *err)
{
    struct wanted *from_files = malloc((n + 1) * sizeof *from_files);
    struct fetch f = {.fn = fn, .arg = arg};
    struct arena arena;
    size_t count = 0;
    int rc = from_files == NULL ? -1 : 0;
    arena_init(&arena);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct wanted one = {.match = matches[i], .i = i};
        if (snapshot != NULL && matches[i]->row != ROW_NONE)
            rc = fetch_row(snapshot, &one, &arena, fn, arg);
        else
            from_files[count++] = one;
    }
    if (rc == 0)
        rc = fetch_from_files(&f, list, from_files, count);
    arena_clear(&arena);
    free(from_files);
    return rc == 0 ? 0 : error_no_memory(err);
}

/* What the index knows of those that have a row. */
static int ask_index(const struct snapshot *snapshot, struct wanted *all, size_t n,
                     struct arena *arena)
{
    for (size_t i = 0; i < n; i++) {
        if (snapshot == NULL || all[i].match->row == ROW_NONE)
            continue;
        struct message *m = arena_alloc(arena, sizeof *m);
        if (m == NULL || snapshot_message(snapshot, all[i].match->row, arena, m) != 0)
            return -1;
        all[i].known = m;
    }
    return 0;
}

int fetch_lines(const struct source_list *list, const struct snapshot *snapshot,
                const struct match *const *matches, size_t n, struct cancel *cancel, fetch_fn *fn,
                void *arg, struct error *err)
{
    struct wanted *all = malloc((n + 1) * sizeof *all);
    struct fetch f = {.fn = fn, .arg = arg, .cancel = cancel, .keeps_lines = true};
    struct arena arena;
    int rc = -1;
    arena_init(&arena);
    for (size_t i = 0; all != NULL && i < n; i++)
        all[i] = (struct wanted){.match = matches[i], .i = i};
    if (all != NULL && ask_index(snapshot, all, n, &arena) == 0)
        rc = fetch_from_files(&f, list, all, n);
    arena_clear(&arena);
    free(all);
    if (rc != 0)
        return error_no_memory(err);
    return cancel_poll(cancel) == CANCEL_NONE ? 0 : error_given_up(err, cancel_poll(cancel));
}
