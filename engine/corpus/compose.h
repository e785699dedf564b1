/* compose.h: From a record to a message: texts unescaped, mended and joined; names, kind, flags.
 *
 * What does not depend on the rest of the file; extract.c adds time, project and the names of the
 * calls that results answer.
 */
#ifndef SCROLLBACK_COMPOSE_H
#define SCROLLBACK_COMPOSE_H

#include "arena.h"
#include "message.h"
#include "record.h"
#include "span_set.h"

#define COMPOSE_IN_PLACE ((size_t)1 << 20)
#define COMPOSE_KEEP_RAW SIZE_MAX /* as in_place_above: never change the line */

struct compose {
    const struct json_kernels *kernels;
    struct arena arena; /* holds what could not be borrowed from the line */
    struct span_set tools;
    struct span_set files;
    struct span_set tool_ids;
    struct span_set result_ids;
    struct span_set call_names; /* in parallel with tool_ids; "" for none */
    size_t in_place_above;      /* longer texts are joined in the line's own bytes */
    bool leaves_texts;          /* texts are checked, not made: parts stay empty, kind and flags
                                   say nothing */
};

enum compose_result {
    COMPOSE_MESSAGE,
    COMPOSE_OTHER,   /* a record that is no message */
    COMPOSE_INVALID, /* an escape that JSON does not know: the record is not whole */
    COMPOSE_NO_MEMORY
};

/* compose_init(k): With the best kernels of this processor.  compose_clear(k): Free its memory; what
 * was composed goes with it. */
void compose_init(struct compose *k);
void compose_clear(struct compose *k);

/* compose_reset(k): Before each line: drop what was composed. */
void compose_reset(struct compose *k);

/* compose_message(k, r, m): Fill ${m} but for source, offset, line, position, time, project,
 * result_tool, tools of a message with results, and the fallbacks of session and agent.  The lists
 * are valid until the next call, the texts until compose_reset(). */
enum compose_result compose_message(struct compose *k, struct record *r, struct message *m);

/* compose_string(k, s, out): The text of a string; absent if it is.  0, -1 without memory, 1 if it
 * is invalid. */
int compose_string(struct compose *k, const struct json_string *s, struct span *out);

#endif
