#include "collect.h"

#include <stdlib.h>

struct collector_worker {
    struct match_set set;
    struct match_names names;
    struct buf records; /* of the companion; match.row counts them */
    uint32_t record_count;
};

struct collector {
    const struct source_list *sources;
    unsigned workers;
    bool tools;
    struct companion companion;
    struct collector_worker worker[];
};

int collector_new(const struct source_list *sources, unsigned workers, bool tools,
                  const struct companion *companion, struct collector **out)
{
    struct collector *c = calloc(1, sizeof *c + workers * sizeof c->worker[0]);
    if (c == NULL)
        return -1;
    c->sources = sources;
    c->workers = workers;
    c->tools = tools;
    c->companion = *companion;
    for (unsigned i = 0; i < workers; i++) {
        match_set_init(&c->worker[i].set);
        match_names_init(&c->worker[i].names);
        buf_init(&c->worker[i].records);
    }
    *out = c;
    return 0;
}

void collector_free(struct collector *c)
{
    if (c == NULL)
        return;
    for (unsigned i = 0; i < c->workers; i++) {
        match_set_clear(&c->worker[i].set);
        match_names_clear(&c->worker[i].names);
        buf_clear(&c->worker[i].records);
    }
    free(c);
}

static int add_record(struct collector *c, unsigned worker, const struct message *m,
                      struct match *one, bool matched)
{
    struct collector_worker *w = &c->worker[worker];
    if (buf_reserve(&w->records, c->companion.size) != 0)
        return -1;
    int rc = c->companion.make(c->companion.arg, worker, m, one, matched,
                               w->records.ptr + w->records.len);
    if (rc <= 0)
        return rc;
    one->row = w->record_count++;
    w->records.len += c->companion.size;
    return 0;
}

int collector_take(struct collector *c, unsigned worker, const struct message *m, uint32_t row,
                   bool matched)
{
    struct collector_worker *w = &c->worker[worker];
    const struct source *s = &c->sources->items[m->source];
    struct match one;
    if (match_fill(&one, m, message_rank(m, s->stem, s->is_agent), &w->names, c->tools) != 0)
        return -1;
    one.row = row;
    if (c->companion.size != 0 && add_record(c, worker, m, &one, matched) != 0)
        return -1;
    if (!matched)
        return 0;
    struct match *kept = match_set_add(&w->set);
    if (kept == NULL)
        return -1;
    *kept = one;
    return 0;
}

static int take(void *arg, unsigned worker, const struct message *m, bool matched)
{
    return collector_take(arg, worker, m, ROW_NONE, matched);
}

bool collector_every(const struct collector *c)
{
    return c->companion.size != 0 && c->companion.every;
}

bool collector_has_companion(const struct collector *c)
{
    return c->companion.size != 0;
}

bool collector_wants_tools(const struct collector *c)
{
    return c->tools;
}

void collector_direct(struct collector *c, unsigned worker, struct match_set **set,
                      struct match_names **names)
{
    *set = &c->worker[worker].set;
    *names = &c->worker[worker].names;
}

struct scan_sink collector_sink(struct collector *c)
{
    return (struct scan_sink){.take = take,
                              .arg = c,
                              .every = collector_every(c),
                              .tools = c->tools || c->companion.tools};
}

static int translate(const struct intern *from, struct intern *into, uint32_t **map)
{
    *map = calloc((size_t)from->count + 1, sizeof **map);
    return *map == NULL ? -1 : intern_translate(from, into, *map);
}

/* Turn a worker's numbers into those of the whole. */
static int adopt(struct collector_worker *w, struct match *matches, uint64_t n, uint32_t row_base,
                 struct match_names *names)
{
    uint32_t *place = NULL, *model = NULL, *branch = NULL, *tools = NULL;
    int rc = -1;
    if (translate(&w->names.place, &names->place, &place) == 0 &&
        translate(&w->names.model, &names->model, &model) == 0 &&
        translate(&w->names.branch, &names->branch, &branch) == 0 &&
        translate(&w->names.tools, &names->tools, &tools) == 0) {
        for (uint64_t i = 0; i < n; i++) {
            matches[i].place = place[matches[i].place];
            matches[i].model = model[matches[i].model];
            matches[i].branch = branch[matches[i].branch];
            matches[i].tools = tools[matches[i].tools];
            if (w->record_count > 0)
                matches[i].row += row_base;
        }
        rc = 0;
    }
    free(place);
    free(model);
    free(branch);
    free(tools);
    return rc;
}

/* The matches of all workers, one worker after the other; counts[i] are of worker i. */
static int gather(struct collector *c, struct result_set *out, uint64_t *counts)
{
    struct match_set *sets = calloc(c->workers, sizeof *sets);
    if (sets == NULL)
        return -1;
    for (unsigned i = 0; i < c->workers; i++) {
        sets[i] = c->worker[i].set;
        counts[i] = sets[i].count;
        match_set_init(&c->worker[i].set);
    }
    int rc = match_set_gather(sets, c->workers, &out->all, &out->count);
    for (unsigned i = 0; i < c->workers; i++)
        match_set_clear(&sets[i]);
    free(sets);
    return rc;
}

int collector_finish(struct collector *c, struct result_set *out, struct buf *records)
{
    uint64_t *counts = calloc(c->workers, sizeof *counts), at = 0;
    uint32_t rows = 0;
    int rc = counts == NULL ? -1 : gather(c, out, counts);
    for (unsigned i = 0; rc == 0 && i < c->workers; i++) {
        struct collector_worker *w = &c->worker[i];
        rc = adopt(w, out->all + at, counts[i], rows, &out->names);
        at += counts[i];
        rows += w->record_count;
        buf_append_span(records, buf_span(&w->records));
        buf_clear(&w->records);
    }
    free(counts);
    return rc == 0 && !buf_failed(records) ? 0 : -1;
}
