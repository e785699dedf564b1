/* snippet.h: The piece of a text to show for a hit, as segments [text, is_match].
 *
 * Segments joined are the text shown.  A cut never splits a code point, and prefers to start a
 * little before the first match. Overlapping matches of several terms are merged into one segment.
 */
#ifndef SCROLLBACK_SNIPPET_H
#define SCROLLBACK_SNIPPET_H

#include "arena.h"
#include "matcher.h"

struct segment {
    struct span text;
    bool match;
};

struct snippet {
    enum part part;
    struct span tool; /* for tool_input and tool_result, else absent */
    uint64_t matches; /* of all positive terms in the whole part */
    bool truncated;   /* the part is longer than what is shown */
    struct segment *segments;
    uint32_t count;
};

/* snippet_make(m, s, msg, chars, arena, out, count): One snippet for each matching part among those
 * asked for (PART_COUNT at most, in order of enum part); without text terms the beginning of the
 * first part that has text.  ${chars} 0: no segments.  All memory is in ${arena}, texts are copied.  Return 0 or -1. */
int snippet_make(const struct matcher *m, struct match_scratch *s, const struct message *msg,
                 size_t chars, struct arena *arena, struct snippet out[PART_COUNT],
                 uint32_t *count);

#endif
