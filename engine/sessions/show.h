/* show.h: A message whole, as a reply shows it. */
#ifndef SCROLLBACK_SHOW_H
#define SCROLLBACK_SHOW_H

#include "arena.h"
#include "message.h"
#include "sessions_api.h"
#include "source.h"

struct show_options {
    bool full;        /* texts are not cut at MESSAGES_TEXT_CUT bytes */
    struct span line; /* the source line as it stands, to be shown; absent: it is not */
};

/* show_message(list, m, how, arena, out): Needs m->line and m->raw; all memory is in ${arena}.
 * Return 0 or -1 without memory. */
int show_message(const struct source_list *list, const struct message *m,
                 const struct show_options *how, struct arena *arena, struct reply_message *out);

/* show_cut(text, limit): The text, cut at ${limit} bytes but not inside a code point. */
struct span show_cut(struct span text, size_t limit);

#endif
