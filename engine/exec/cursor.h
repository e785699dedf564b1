/* cursor.h: Where the next page begins, as text that means nothing to anybody else.
 *
 * A cursor holds the order key of the last hit shown, the time that relative dates of its query
 * count from, the snapshot of the sources that the walk began with (walks.h) and, for relevance, the sums that
 * scores depend on; so later pages see the corpus of the first.  A check sum over all that and
 * the query binds it: one that was changed, or comes with another query, is refused.
 */
#ifndef SCROLLBACK_CURSOR_H
#define SCROLLBACK_CURSOR_H

#include "arena.h"
#include "order.h"
#include "relevance.h"

struct cursor {
    int64_t now_ms;
    uint64_t walk; /* 0: none */
    double score;
    int64_t time_ms;
    uint64_t offset;
    uint32_t position;
    struct span source; /* name of the last hit's source */
    struct relevance_sums sums;
    uint32_t term_count; /* of sums.frequency in use */
};

/* cursor_read(text, arena, out, check, err): Take ${text} apart; *${check} is to equal cursor_check(), spans
 * borrow from ${arena}.  Return 0, or -1 with ERROR_INVALID_CURSOR or ERROR_NO_MEMORY. */
int cursor_read(struct span text, struct arena *arena, struct cursor *out, uint64_t *check,
                struct error *err);

/* cursor_check(c, binding): The check sum of ${c} bound to a query (its canonical text, sort ...).
 * Allocates nothing. */
uint64_t cursor_check(const struct cursor *c, struct span binding);

/* cursor_write(c, binding, arena, out): The text.  Return 0 or -1 without memory. */
int cursor_write(const struct cursor *c, struct span binding, struct arena *arena,
                 struct span *out);

#endif
