/* relevance.h: BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009) with
 * k1 1.2 and b 0.75 over the literal terms that a message may match.
 *
 * A term's frequency is the number of its occurrences in the parts asked for, a message's length
 * its bytes of text; the number of messages, their mean length and each term's document frequency
 * are counted over the whole corpus with copies collapsed, not over the matches.  All counts are integers
 * and the sums run in the order of the terms, so equal inputs give equal scores to the last bit.
 */
#ifndef SCROLLBACK_RELEVANCE_H
#define SCROLLBACK_RELEVANCE_H

#include "matcher.h"

#define RELEVANCE_MAX_TERMS 64 /* further ones weigh nothing */

/* Sums over the corpus. */
struct relevance_sums {
    uint64_t messages;
    uint64_t bytes;
    uint64_t frequency[RELEVANCE_MAX_TERMS]; /* messages that hold the term */
};

struct relevance {
    const struct matcher *matcher;
    const struct query *query;
    uint32_t terms[RELEVANCE_MAX_TERMS]; /* the literals that are not negated */
    uint32_t term_count;
    const struct relevance_sums *pinned; /* of an earlier page, instead of counting; or NULL */
    struct relevance_sums sums;          /* what the scores were made with, once they are made */
};

/* relevance_init(r, q, m): Choose the terms. */
void relevance_init(struct relevance *r, const struct query *q, const struct matcher *m);

/* relevance_weigh(r, s, m, tf): Count each term in ${m}; return the message's length in bytes. */
uint64_t relevance_weigh(const struct relevance *r, struct match_scratch *s,
                         const struct message *m, uint32_t tf[RELEVANCE_MAX_TERMS]);

/* relevance_score(r, sums, tf, length): The score of one message. */
double relevance_score(const struct relevance *r, const struct relevance_sums *sums,
                       const uint32_t *tf, uint64_t length);

#endif
