/* hits.h: From matches to the hits of a reply. */
#ifndef SCROLLBACK_HITS_H
#define SCROLLBACK_HITS_H

#include "arena.h"
#include "cancel.h"
#include "fetch.h"
#include "order.h"
#include "search_api.h"

struct match_scratch;

/* What the hits are made from; all borrowed. */
struct hit_maker {
    const struct source_list *sources;
    const struct snapshot *snapshot; /* where matches with a row are read; NULL: from the files */
    const struct matcher *matcher;
    const struct result_set *results;
    size_t snippet_chars;
    struct cancel *cancel; /* ends long searches for what to show; may be NULL */
    struct arena *arena;   /* takes everything the hits hold */
};

/* hits_make(h, page, out, count, limited, err): The hits of ${page} in its order, with the copies of
 * each.  A message that is no longer in its file is left out.  *${limited}: a regex hit a limit, so
 * that snippets show or count too little.  Return 0, or -1 with ${err}. */
int hits_make(const struct hit_maker *h, const struct page *page, struct reply_hit **out,
              uint32_t *count, bool *limited, struct error *err);

/* hit_from_message(list, m, arena, out): The fields that come from the message alone: all but
 * snippets, copies, score and counts.  Return 0 or -1 without memory. */
int hit_from_message(const struct source_list *list, const struct message *m, struct arena *arena,
                     struct reply_hit *out);

/* hit_id(list, m, arena, out): The id of a message: its uuid, or where it has none 32 hex digits
 * that are a hash of its source, line and position.  Return 0 or -1 without memory. */
int hit_id(const struct source_list *list, const struct message *m, struct arena *arena,
           struct span *out);

/* hit_add_snippets(h, scratch, m, hit): The snippets of a hit; of ${h} only matcher, snippet_chars
 * and arena are used.  Return 0 or -1 without memory. */
int hit_add_snippets(const struct hit_maker *h, struct match_scratch *scratch,
                     const struct message *m, struct reply_hit *hit);

#endif
