#include "weigher.h"

#include <stdlib.h>
#include <string.h>

struct weight {
    struct match place; /* for collapsing copies */
    uint64_t length;
    uint32_t tf[]; /* relevance.term_count */
};

struct weigher {
    struct relevance *relevance;
    size_t size; /* of a weight */
    unsigned workers;
    struct match_scratch *scratch[];
};

int weigher_new(struct relevance *r, unsigned workers, struct weigher **out)
{
    struct weigher *w = calloc(1, sizeof *w + workers * sizeof w->scratch[0]);
    if (w == NULL)
        return -1;
    w->relevance = r;
    w->size = (sizeof(struct weight) + r->term_count * sizeof(uint32_t) + 7) & ~(size_t)7;
    w->workers = workers;
    for (unsigned i = 0; i < workers; i++) {
        if (match_scratch_new(r->matcher, NULL, &w->scratch[i]) != 0) {
            weigher_free(w);
            return -1;
        }
    }
    *out = w;
    return 0;
}

void weigher_free(struct weigher *w)
{
    if (w == NULL)
        return;
    for (unsigned i = 0; i < w->workers; i++)
        match_scratch_free(w->scratch[i]);
    free(w);
}

static int make(void *arg, unsigned worker, const struct message *m, const struct match *place,
                bool matched, void *record)
{
    struct weigher *w = arg;
    struct weight *out = record;
    (void)matched;
    out->place = *place;
    out->length = relevance_weigh(w->relevance, w->scratch[worker], m, out->tf);
    return 1;
}

struct companion weigher_companion(struct weigher *w)
{
    return (struct companion){.size = w->size, .every = true, .make = make, .arg = w};
}

static const struct weight *weight_at(const struct weigher *w, struct span records, uint64_t i)
{
    return (const void *)(records.ptr + i * w->size);
}

/* The sums over the corpus, each message once. */
static int add_up(const struct weigher *w, struct span records, struct relevance_sums *sums)
{
    struct result_set rows;
    uint64_t n = records.len / w->size;
    int rc = -1;
    result_set_init(&rows);
    rows.all = malloc((n + 1) * sizeof *rows.all);
    if (rows.all == NULL)
        goto done;
    for (; rows.count < n; rows.count++)
        rows.all[rows.count] = weight_at(w, records, rows.count)->place;
    if (result_set_collapse(&rows, true) != 0)
        goto done;
    for (uint64_t k = 0; k < rows.shown_count; k++) {
        const struct weight *one = weight_at(w, records, rows.shown[k]);
        sums->messages++;
        sums->bytes += one->length;
        for (uint32_t t = 0; t < w->relevance->term_count; t++)
            sums->frequency[t] += one->tf[t] > 0;
    }
    rc = 0;
done:
    result_set_clear(&rows);
    return rc;
}

int weigher_score(struct weigher *w, struct span records, struct result_set *out)
{
    struct relevance *r = w->relevance;
    r->sums = (struct relevance_sums){0};
    out->scores = malloc((out->count + 1) * sizeof *out->scores);
    if (out->scores == NULL || (r->pinned == NULL && add_up(w, records, &r->sums) != 0))
        return -1;
    if (r->pinned != NULL)
        r->sums = *r->pinned;
    for (uint64_t i = 0; i < out->count; i++) {
        const struct weight *one = weight_at(w, records, out->all[i].row);
        out->scores[i] = relevance_score(r, &r->sums, one->tf, one->length);
        out->all[i].row = one->place.row; /* back to what it was before it numbered the weights */
    }
    return 0;
}
