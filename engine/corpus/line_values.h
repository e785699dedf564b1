/* line_values.h: The values of a line as messages and other records, for all who read lines: the
 * extractor and those who look up facts see the same values. */
#ifndef SCROLLBACK_LINE_VALUES_H
#define SCROLLBACK_LINE_VALUES_H

#include "compose.h"

/* Time spent on lines, for the profile (profile.h). */
struct line_watch {
    uint64_t parse_ns;   /* walking the JSON */
    uint64_t compose_ns; /* making messages of it */
};

struct line_values {
    struct line_watch *watch; /* NULL: the time is not taken */
    struct record record;     /* the value read last */
    struct compose compose;
    struct record_walk walk;
};

/* line_values_init(v), line_values_clear(v): Before the first line; after the last one. */
void line_values_init(struct line_values *v);
void line_values_clear(struct line_values *v);

/* line_values_begin(v, line, unterminated): Start on a line (contract of extract_line()).  An
 * unterminated line that is not whole JSON has no values.  0, or -1 without memory. */
int line_values_begin(struct line_values *v, struct span line, bool unterminated);

/* line_values_next(v, m): The next value: COMPOSE_MESSAGE with ${m} as compose_message() fills it,
 * COMPOSE_OTHER, LINE_VALUES_END or COMPOSE_NO_MEMORY. */
#define LINE_VALUES_END COMPOSE_INVALID
enum compose_result line_values_next(struct line_values *v, struct message *m);

/* line_values_damaged(v): Whether something of the line was passed over so far. */
static inline bool line_values_damaged(const struct line_values *v)
{
    return v->walk.damaged;
}

#endif
