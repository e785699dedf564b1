/* line_clock.h: How the time that one thread spends on lines divides into phases.
 *
 * The clock is read twice a run of lines, never per line; but every PROFILE_WATCH-th run is watched line by
 * line, and what it shows is scaled up to the others (profile.h).
 */
#ifndef SCROLLBACK_LINE_CLOCK_H
#define SCROLLBACK_LINE_CLOCK_H

#include "clock.h"
#include "line_values.h"
#include "profile.h"

struct extractor;

/* A thread's own; begins as zeros. */
struct line_clock {
    bool off; /* nothing is measured */
    bool on;  /* the run in work is watched */
    uint64_t runs;
    uint64_t all_ns; /* of all runs */
    /* of those that were watched */
    struct line_watch line;
    uint64_t split_ns;
    uint64_t extract_ns; /* all but parsing and matching */
    uint64_t match_ns;
    /* of the run in work */
    uint64_t began;
    uint64_t named_before;
};

/* line_clock_begin(c, x): A run of lines begins, which ${x} will read.  line_clock_end(c): It is read. */
void line_clock_begin(struct line_clock *c, struct extractor *x);
void line_clock_end(struct line_clock *c);

/* line_clock_divide(c, p): Add the time of all runs to the phases of ${p}. */
void line_clock_divide(const struct line_clock *c, struct profile *p);

/* Around one line and around one message, in a watched run; else they cost a test. */
struct line_clock_mark {
    uint64_t began;
    uint64_t others;
};

static inline struct line_clock_mark line_clock_mark(const struct line_clock *c)
{
    struct line_clock_mark m = {0, 0};
    if (c->on) {
        m.others = c->line.parse_ns + c->match_ns;
        m.began = clock_monotonic_ns();
    }
    return m;
}

/* line_clock_extracted(c, mark): All since ${mark} but parsing and matching was extracting. */
static inline void line_clock_extracted(struct line_clock *c, struct line_clock_mark mark)
{
    if (!c->on)
        return;
    uint64_t took = clock_monotonic_ns() - mark.began;
    uint64_t others = c->line.parse_ns + c->match_ns - mark.others;
    c->extract_ns += took > others ? took - others : 0;
}

/* line_clock_matched(c, mark): All since ${mark} was matching. */
static inline void line_clock_matched(struct line_clock *c, struct line_clock_mark mark)
{
    if (c->on)
        c->match_ns += clock_monotonic_ns() - mark.began;
}

#endif
