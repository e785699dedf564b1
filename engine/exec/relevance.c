#include "relevance.h"

#include <math.h>

#define K1 1.2
#define B 0.75

void relevance_init(struct relevance *r, const struct query *q, const struct matcher *m)
{
    *r = (struct relevance){.matcher = m, .query = q};
    for (uint32_t i = 0; i < q->term_count && r->term_count < RELEVANCE_MAX_TERMS; i++)
        if (q->terms[i]->type == TERM_LITERAL && !q->terms[i]->negated)
            r->terms[r->term_count++] = i;
}

uint64_t relevance_weigh(const struct relevance *r, struct match_scratch *s,
                         const struct message *m, uint32_t tf[RELEVANCE_MAX_TERMS])
{
    uint64_t length = 0;
    for (uint32_t i = 0; i < r->term_count; i++)
        tf[i] = 0;
    for (unsigned p = 0; p < PART_COUNT; p++) {
        length += m->part[p].len;
        if ((r->query->parts & (1u << p)) == 0 || m->part[p].len == 0)
            continue;
        for (uint32_t i = 0; i < r->term_count; i++)
            tf[i] += (uint32_t)matcher_count(r->matcher, s, r->terms[i], m->part[p]);
    }
    return length;
}

double relevance_score(const struct relevance *r, const struct relevance_sums *sums,
                       const uint32_t *tf, uint64_t length)
{
    double score = 0, n = (double)sums->messages;
    double mean = sums->messages == 0 ? 0 : (double)sums->bytes / n;
    double norm = mean > 0 ? 1 - B + B * (double)length / mean : 1;
    for (uint32_t i = 0; i < r->term_count; i++) {
        double df = (double)sums->frequency[i], f = (double)tf[i];
        double idf = log(1 + (n - df + 0.5) / (df + 0.5));
        score += idf * f * (K1 + 1) / (f + K1 * norm);
    }
    return score;
}
