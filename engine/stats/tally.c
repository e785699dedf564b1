#include "tally.h"

#include "collect.h"
#include "error.h"
#include "hash.h"
#include "pass.h"

#include <stdlib.h>

struct tally_worker {
    struct responses responses;
    struct intern versions;
};

static int make(void *arg, unsigned worker, const struct message *m, const struct match *place,
                bool matched, void *record)
{
    struct tally_worker *w = (struct tally_worker *)arg + worker;
    struct tally_record *out = record;
    uint32_t id;
    (void)place;
    if (m->has_usage && responses_add(&w->responses, m) != 0)
        return -1;
    if (!matched)
        return 0;
    *out = (struct tally_record){.tool_calls = m->tool_calls, .has_usage = m->has_usage};
    if (m->has_usage)
        out->response = response_key(m);
    else if (m->role == ROLE_SUMMARY && m->parent_uuid.ptr != NULL)
        out->response = hash_128(m->parent_uuid);
    if (m->version.ptr != NULL)
        out->version = hash_64(m->version);
    return intern_put(&w->versions, m->version, &id) == 0 ? 1 : -1;
}

static int join(struct tally *t, struct tally_worker *w, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        if (responses_join(&t->responses, &w[i].responses) != 0)
            return -1;
        for (uint32_t k = 1, id; k < w[i].versions.count; k++)
            if (intern_put(&t->versions, intern_get(&w[i].versions, k), &id) != 0)
                return -1;
    }
    return 0;
}

/* Give each response to the earliest match that belongs to it. */
static int attribute(struct tally *t)
{
    const struct result_set *r = &t->results;
    t->first_match = calloc((size_t)t->responses.count + 1, sizeof *t->first_match);
    if (t->first_match == NULL)
        return -1;
    for (uint64_t k = 0; k < r->shown_count; k++) {
        uint32_t i = r->shown[k];
        const struct tally_record *rec = tally_record_of(t, i);
        uint32_t n = rec->has_usage ? responses_find(&t->responses, rec->response) : UINT32_MAX;
        if (n == UINT32_MAX)
            continue;
        uint32_t *first = &t->first_match[n];
        if (*first == 0 || match_compare_oldest(&r->all[i], &r->all[*first - 1]) < 0)
            *first = i + 1;
    }
    return 0;
}

static int finish(struct tally *t, struct collector *c, struct tally_worker *w, bool dedupe)
{
    struct buf records;
    buf_init(&records);
    if (collector_finish(c, &t->results, &records) != 0) {
        buf_clear(&records);
        return -1;
    }
    t->storage = records.ptr;
    t->records = t->storage;
    return join(t, w, t->compiled.threads) == 0 && result_set_collapse(&t->results, dedupe) == 0 &&
                   result_set_places(&t->results) == 0
               ? attribute(t)
               : -1;
}

int tally_run(const struct environment *env, const struct request_query *request,
              struct cancel *cancel, struct tally *out, struct error *err)
{
    struct collector *collector = NULL;
    struct tally_worker *w = NULL;
    int rc = -1;
    *out = (struct tally){0};
    result_set_init(&out->results);
    responses_init(&out->responses);
    intern_init(&out->versions);
    if (request_compile(env, request, 0, cancel, &out->compiled, err) != 0)
        return -1;
    unsigned threads = out->compiled.threads;
    w = calloc(threads, sizeof *w);
    for (unsigned i = 0; w != NULL && i < threads; i++) {
        responses_init(&w[i].responses);
        intern_init(&w[i].versions);
    }
    struct companion companion = {
        .size = sizeof(struct tally_record), .every = true, .make = make, .arg = w};
    if (w == NULL || collector_new(env->sources, threads, true, &companion, &collector) != 0) {
        error_no_memory(err);
        goto done;
    }
    struct pass_outcome outcome;
    if (pass_run(env, &out->compiled, collector, cancel, &outcome, err) != 0)
        goto done;
    out->outcome = outcome.scan;
    rc = finish(out, collector, w, request->dedupe);
    if (rc != 0)
        error_no_memory(err);
done:
    for (unsigned i = 0; w != NULL && i < threads; i++) {
        responses_clear(&w[i].responses);
        intern_clear(&w[i].versions);
    }
    free(w);
    collector_free(collector);
    return rc;
}

void tally_clear(struct tally *t)
{
    free(t->first_match);
    free(t->storage);
    responses_clear(&t->responses);
    intern_clear(&t->versions);
    result_set_clear(&t->results);
    compiled_clear(&t->compiled);
    *t = (struct tally){0};
}

/* The version's number by its hash: there are few versions, and runs of equal ones. */
static uint32_t version_id(const struct intern *versions, uint64_t hash, uint32_t last)
{
    if (hash == 0)
        return 0;
    if (last != 0 && hash_64(intern_get(versions, last)) == hash)
        return last;
    for (uint32_t id = 1; id < versions->count; id++)
        if (hash_64(intern_get(versions, id)) == hash)
            return id;
    return 0;
}

int tally_dimension(const struct tally *t, enum facet facet, struct dimension *d)
{
    if (dimension_init(d, &t->results, facet, t->compiled.zone) != 0)
        return -1;
    if (facet != FACET_VERSION)
        return 0;
    uint32_t *ids = calloc((size_t)t->results.count + 1, sizeof *ids), last = 0;
    d->versions = ids;
    if (ids == NULL)
        return -1;
    for (uint32_t k = 1, id; k < t->versions.count; k++)
        if (intern_put(&d->own, intern_get(&t->versions, k), &id) != 0)
            return -1;
    for (uint64_t i = 0; i < t->results.count; i++)
        ids[i] = last = version_id(&d->own, tally_record_of(t, (uint32_t)i)->version, last);
    return 0;
}

int tally_first_of_sessions(const struct tally *t, uint32_t **out)
{
    const struct result_set *r = &t->results;
    uint32_t *first = calloc((size_t)r->values.count + 1, sizeof *first);
    if ((*out = first) == NULL)
        return -1;
    for (uint64_t k = 0; k < r->shown_count; k++) {
        uint32_t i = r->shown[k], *f = &first[r->place_session[r->all[i].place]];
        if (*f == 0 || match_compare_oldest(&r->all[i], &r->all[*f - 1]) < 0)
            *f = i + 1;
    }
    return 0;
}

const struct price *tally_price(const struct tally *t, const struct pricing *pricing,
                                const struct response *one)
{
    struct span model = intern_get(&t->responses.models, one->model);
    return model.ptr == NULL ? NULL : pricing_find(pricing, model);
}

int tally_spend(const struct tally *t, const struct pricing *pricing, const struct response *one,
                struct reply_tokens *tokens, uint64_t *cost, struct pair_set *unpriced)
{
    const struct usage *u = &one->usage;
    tokens->input = pricing_add(tokens->input, u->input);
    tokens->output = pricing_add(tokens->output, u->output);
    tokens->cache_write_5m = pricing_add(tokens->cache_write_5m, u->cache_write_5m);
    tokens->cache_write_1h = pricing_add(tokens->cache_write_1h, u->cache_write_1h);
    tokens->cache_read = pricing_add(tokens->cache_read, u->cache_read);
    const struct price *price = tally_price(t, pricing, one);
    if (price != NULL)
        *cost = pricing_add(*cost, pricing_cost(price, u));
    else if (one->model != 0 && pair_set_add(unpriced, 0, one->model) < 0)
        return -1;
    return 0;
}
