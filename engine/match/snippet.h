/* snippet.h: The piece of a text to show for a hit, as segments [text, is_match].
 *
 * Segments joined are the text shown.  A cut never splits a code point.  The window begins before
 * the first match in the part by about a quarter of the characters asked for, at the beginning of a
 * word if there is one near, and fills up with text before it where the text ends early; a text
 * that is no longer than that is shown whole.  Matches of several terms that overlap or touch are
 * one segment; a match that reaches beyond the window is cut there; an empty match of a regex is
 * counted but not shown.  Terms that stand under a NOT are neither counted nor shown.
 *
 * Work: each part is searched by each term once to its end for the count, which is exact for
 * literals of any number (a regex that hits a limit counts what it found before), and once over the
 * window.
 */
#ifndef SCROLLBACK_SNIPPET_H
#define SCROLLBACK_SNIPPET_H

#include "arena.h"
#include "matcher.h"

struct segment {
    struct span text; /* not empty */
    bool match;
};

struct snippet {
    enum part part;
    struct span tool; /* for tool_input and tool_result, else absent */
    uint64_t matches; /* of all positive terms in the whole part, each counted by itself */
    bool truncated;   /* the part is longer than what is shown */
    struct segment *segments;
    uint32_t count;
};

/* snippet_make(m, s, msg, chars, arena, out, count): One snippet for each part, among those asked
 * for, in which a positive term occurs, in order of enum part.  If there is none (no text terms, or
 * the message matches by its id), the beginning of the first part asked for that has text, with 0
 * matches.  ${chars} counts code points; 0: no segments.  All memory is in ${arena}, texts are
 * copied. Return 0, or -1 without memory. */
int snippet_make(const struct matcher *m, struct match_scratch *s, const struct message *msg,
                 size_t chars, struct arena *arena, struct snippet out[PART_COUNT],
                 uint32_t *count);

#endif
