#include "collect.h"

#include "buf.h"

#include <stdlib.h>
#include <string.h>

/* What relevance needs of every message of the corpus, whether it matches or not. */
struct weight {
    struct match place; /* identity, rank and place only: for collapsing copies */
    uint64_t length;
    uint32_t tf[]; /* relevance->term_count */
};

struct collector_worker {
    struct match_set set;
    struct match_names names;
    struct buf weights; /* of struct weight, match.row counts them */
    uint32_t weight_count;
    struct match_scratch *scratch;
};

struct collector {
    const struct source_list *sources;
    unsigned workers;
    bool tools;
    struct relevance *relevance; /* NULL: not asked for */
    size_t weight_size;
    struct collector_worker worker[];
};

int collector_new(const struct source_list *sources, unsigned workers, bool tools,
                  struct relevance *relevance, struct collector **out)
{
    struct collector *c = calloc(1, sizeof *c + workers * sizeof c->worker[0]);
    if (c == NULL)
        return -1;
    c->sources = sources;
    c->workers = workers;
    c->tools = tools;
    c->relevance = relevance;
    if (relevance != NULL)
        c->weight_size =
            (sizeof(struct weight) + relevance->term_count * sizeof(uint32_t) + 7) & ~(size_t)7;
    for (unsigned i = 0; i < workers; i++) {
        match_set_init(&c->worker[i].set);
        match_names_init(&c->worker[i].names);
        buf_init(&c->worker[i].weights);
        if (relevance != NULL &&
            match_scratch_new(relevance->matcher, &c->worker[i].scratch) != 0) {
            collector_free(c);
            return -1;
        }
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
        buf_clear(&c->worker[i].weights);
        match_scratch_free(c->worker[i].scratch);
    }
    free(c);
}

static int weigh(struct collector *c, struct collector_worker *w, const struct message *m,
                 const struct match *place)
{
    uint32_t tf[RELEVANCE_MAX_TERMS];
    struct weight head = {.place = *place};
    head.length = relevance_weigh(c->relevance, w->scratch, m, tf);
    if (buf_reserve(&w->weights, c->weight_size) != 0)
        return -1;
    char *at = w->weights.ptr + w->weights.len;
    memcpy(at, &head, sizeof head);
    memcpy(at + sizeof head, tf, c->relevance->term_count * sizeof tf[0]);
    w->weights.len += c->weight_size;
    w->weight_count++;
    return 0;
}

static int take(void *arg, unsigned worker, const struct message *m, bool matched)
{
    struct collector *c = arg;
    struct collector_worker *w = &c->worker[worker];
    const struct source *s = &c->sources->items[m->source];
    struct match one;
    if (match_fill(&one, m, message_rank(m, s->stem, s->is_agent), &w->names, c->tools) != 0)
        return -1;
    if (c->relevance != NULL) {
        one.row = w->weight_count;
        if (weigh(c, w, m, &one) != 0)
            return -1;
    }
    if (!matched)
        return 0;
    struct match *kept = match_set_add(&w->set);
    if (kept == NULL)
        return -1;
    *kept = one;
    return 0;
}

struct scan_sink collector_sink(struct collector *c)
{
    return (struct scan_sink){
        .take = take, .arg = c, .every = c->relevance != NULL, .tools = c->tools};
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

/* All weights in one run, worker after worker; the sums over them without copies. */
static int join_weights(struct collector *c, struct buf *all, struct relevance_sums *sums)
{
    struct result_set rows;
    uint64_t n = 0;
    int rc = -1;
    result_set_init(&rows);
    for (unsigned i = 0; i < c->workers; i++) {
        buf_append_span(all, buf_span(&c->worker[i].weights));
        buf_clear(&c->worker[i].weights);
        n += c->worker[i].weight_count;
    }
    rows.all = malloc((n + 1) * sizeof *rows.all);
    if (buf_failed(all) || rows.all == NULL)
        goto done;
    for (rows.count = 0; rows.count < n; rows.count++)
        memcpy(&rows.all[rows.count], all->ptr + rows.count * c->weight_size, sizeof *rows.all);
    if (result_set_collapse(&rows, true) != 0)
        goto done;
    for (uint64_t k = 0; k < rows.shown_count; k++) {
        const struct weight *w = (const void *)(all->ptr + rows.shown[k] * c->weight_size);
        sums->messages++;
        sums->bytes += w->length;
        for (uint32_t t = 0; t < c->relevance->term_count; t++)
            sums->frequency[t] += w->tf[t] > 0;
    }
    rc = 0;
done:
    result_set_clear(&rows);
    return rc;
}

static int score_all(struct collector *c, struct result_set *out)
{
    struct relevance *r = c->relevance;
    struct buf all;
    int rc = -1;
    buf_init(&all);
    out->scores = malloc((out->count + 1) * sizeof *out->scores);
    if (out->scores != NULL && join_weights(c, &all, &r->sums) == 0) {
        if (r->pinned != NULL)
            r->sums = *r->pinned;
        for (uint64_t i = 0; i < out->count; i++) {
            const struct weight *w = (const void *)(all.ptr + out->all[i].row * c->weight_size);
            out->scores[i] = relevance_score(r, &r->sums, w->tf, w->length);
        }
        rc = 0;
    }
    buf_clear(&all);
    return rc;
}

int collector_finish(struct collector *c, struct result_set *out)
{
    struct match_set *sets = calloc(c->workers, sizeof *sets);
    uint64_t at = 0;
    uint32_t rows = 0;
    int rc = -1;
    if (sets == NULL)
        return -1;
    for (unsigned i = 0; i < c->workers; i++) {
        sets[i] = c->worker[i].set;
        match_set_init(&c->worker[i].set);
    }
    uint64_t *counts = calloc(c->workers, sizeof *counts);
    for (unsigned i = 0; counts != NULL && i < c->workers; i++)
        counts[i] = sets[i].count;
    if (counts == NULL || match_set_gather(sets, c->workers, &out->all, &out->count) != 0)
        goto done;
    for (unsigned i = 0; i < c->workers; i++) {
        if (adopt(&c->worker[i], out->all + at, counts[i], rows, &out->names) != 0)
            goto done;
        at += counts[i];
        rows += c->worker[i].weight_count;
    }
    rc = c->relevance == NULL ? 0 : score_all(c, out);
done:
    for (unsigned i = 0; i < c->workers; i++)
        match_set_clear(&sets[i]);
    free(counts);
    free(sets);
    return rc;
}
