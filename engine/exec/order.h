/* order.h: The order of hits, and choosing one page of them.
 *
 * "oldest" is time, source path, line, position; "newest" its exact reverse; "relevance" is the
 * score, highest first, then newest.  Sources are compared by their number, since the list is
 * sorted by path, and lines by their offset.
 */
#ifndef SCROLLBACK_ORDER_H
#define SCROLLBACK_ORDER_H

#include "result_set.h"
#include "search_api.h"

/* A place in the order: a hit, or where one stood that may be gone. */
struct order_key {
    double score;
    int64_t time_ms;
    uint64_t source; /* twice its number plus one; even: the gap before a source */
    uint64_t offset;
    uint32_t position;
};

/* order_key_of(r, index): The key of a match. */
struct order_key order_key_of(const struct result_set *r, uint32_t index);

/* order_compare(sort, a, b): <0 if ${a} comes first. */
int order_compare(enum request_sort sort, const struct order_key *a, const struct order_key *b);

/* A run of hits in order. */
struct page {
    uint32_t *items;        /* indexes in result_set.all */
    uint64_t *group_counts; /* hits of each one's session, if grouped; else NULL */
    uint32_t count;
    bool more; /* hits follow */
};

/* page_select(r, sort, group, after, limit, out): The first ${limit} hits (SEARCH_UNLIMITED: all)
 * behind ${after} (NULL: from the beginning).  ${group}: of each session only its first hit in the
 * order; r's places must be filled.  Return 0 or -1 without memory; page_clear() either way. */
int page_select(const struct result_set *r, enum request_sort sort, bool group,
                const struct order_key *after, uint32_t limit, struct page *out);
void page_clear(struct page *p);

#endif
