/* value.h: From the text of a filter's value to what it means. */
#ifndef SCROLLBACK_VALUE_H
#define SCROLLBACK_VALUE_H

#include "arena.h"
#include "lexer.h"
#include "query.h"

struct value_context {
    struct arena *arena;
    int64_t now_ms;
    const struct zone *zone;
};

/* The alternatives read so far. */
struct value_set {
    struct filter_value items[QUERY_MAX_VALUES];
    uint32_t count;
};

/* value_read(c, l, field, set, err): Add values with commas between them from ${l} to ${set}; a
 * parameter's text is one value as it stands: lists were split when the request was read.
 * Positions are those in the text of ${l}, none in a parameter's.  Return 0, or -1 with l->fault
 * or ERROR_NO_MEMORY. */
int value_read(const struct value_context *c, struct lexer *l, enum field field,
               struct value_set *set, struct error *err);

/* value_filter(c, field, set, out, err): The filter of these alternatives, in the arena. */
int value_filter(const struct value_context *c, enum field field, const struct value_set *set,
                 struct filter **out, struct error *err);

#endif
