/* tally.h: What statistics and time series keep of a pass over the corpus: the matches with what a
 * struct match does not hold, and the API responses of all messages.
 */
#ifndef SCROLLBACK_TALLY_H
#define SCROLLBACK_TALLY_H

#include "dimension.h"
#include "compile_request.h"
#include "pair_set.h"
#include "pricing.h"
#include "responses.h"
#include "stats_api.h"

/* Beside each match, found by match.row. */
struct tally_record {
    struct hash128 response; /* of a message with a usage; of a summary the identity of its leaf */
    uint64_t version;        /* hash_64() of the version; 0: none */
    uint32_t tool_calls;
    uint32_t has_usage;
};

struct tally {
    struct compiled compiled;
    struct scan_outcome outcome;
    struct result_set results;
    const struct tally_record *records; /* by match.row */
    struct responses responses;         /* of the whole corpus */
    uint32_t *first_match; /* by number of response: 1 + index of the earliest shown match that
                              belongs to it in the order "oldest"; 0: none */
    struct intern versions;
    void *storage;
};

/* tally_run(env, request, cancel, out, err): Run.  Return 0, or -1 with ${err}; tally_clear() either way. */
int tally_run(const struct environment *env, const struct request_query *request,
              struct cancel *cancel, struct tally *out, struct error *err);
void tally_clear(struct tally *t);

/* tally_dimension(t, facet, d): dimension_init() for the tally, versions included.  0 or -1. */
int tally_dimension(const struct tally *t, enum facet facet, struct dimension *d);

/* tally_first_of_sessions(t, out): For each number in results.values that is a session, 1 + index of
 * its earliest shown match, else 0; *${out} is malloced.  Return 0 or -1 without memory. */
int tally_first_of_sessions(const struct tally *t, uint32_t **out);

/* tally_price(t, pricing, one): The price of a response's model, or NULL. */
const struct price *tally_price(const struct tally *t, const struct pricing *pricing,
                                const struct response *one);

/* tally_spend(t, pricing, one, tokens, cost, unpriced): Add a response's tokens and what they cost; a model
 * without a price goes to ${unpriced} as (0, number in responses.models).  Sums stop at UINT64_MAX.
 * Return 0 or -1 without memory. */
int tally_spend(const struct tally *t, const struct pricing *pricing, const struct response *one,
                struct reply_tokens *tokens, uint64_t *cost, struct pair_set *unpriced);

static inline const struct tally_record *tally_record_of(const struct tally *t, uint32_t index)
{
    return &t->records[t->results.all[index].row];
}

#endif
