/* tail_told.h: Which messages of a tail were told before, by copies that the index holds. */
#ifndef SCROLLBACK_TAIL_TOLD_H
#define SCROLLBACK_TAIL_TOLD_H

#include "cancel.h"
#include "matcher.h"
#include "reply.h"
#include "snapshot.h"

/* A message of the reply in the making. */
struct tail_news {
    struct hash128 identity; /* message_identity() */
    bool has_uuid;           /* else there are no copies of it */
    bool is_told;
};

/* What a tail knows when it asks. */
struct tail_before {
    const struct snapshot *snapshot;
    const uint64_t *began; /* by source: how far it was read when this reply began */
    const struct matcher *matcher;
    struct match_scratch *scratch;
    struct cancel *cancel;
};

/* tail_told_find(b, hits, news, n): Set is_told of those of which a copy that matches too lies in what was read
 * before this reply; ${hits} are the same messages.  One pass over the index, whatever ${n}.  So who comes back to the
 * state that the reply began with is told the same.  Return 0, also where ${b}->cancel ended it (what is set
 * then means nothing); or -1 without memory. */
int tail_told_find(const struct tail_before *b, const struct reply_hit *hits,
                   struct tail_news *news, uint32_t n);

#endif
