/* session_table.h: One row a session, summed up from all messages of the corpus.
 *
 * A message counts once in each session that shows it (exec/session_matches.h): one that a fork copied counts
 * in both.  Tokens and money count once over everything.
 */
#ifndef SCROLLBACK_SESSION_TABLE_H
#define SCROLLBACK_SESSION_TABLE_H

#include "pair_set.h"
#include "pricing.h"
#include "sessions_api.h"
#include "tally.h"

#define NO_MATCH UINT32_MAX

/* Indexes are those of tally.results.all. */
struct session_row {
    uint32_t session; /* number in tally.results.values */
    uint64_t messages;
    uint64_t prompts;
    uint64_t tool_calls;
    uint64_t errors;
    int64_t first_ms;
    int64_t last_ms;
    uint32_t first_prompt; /* of the main thread if it has one; NO_MATCH: none */
    uint32_t first_message;
    uint32_t last_message;
    uint32_t main_message; /* any one in main_source */
    uint32_t summary;      /* the latest record that names the session; NO_MATCH: none */
    uint32_t first_source;
    uint32_t
        main_source; /* its main transcript: the first that is named after it; NO_MATCH: none */
    uint32_t agents; /* threads of sub-agents */
    uint64_t size_bytes;
    struct reply_tokens tokens;
    uint64_t cost_picodollars;
    uint64_t matches;
    struct pair_set models;   /* (0, number in results.names.model) */
    struct pair_set unpriced; /* (0, number in responses.models) */
};

struct session_table {
    struct session_row *rows; /* those with messages */
    size_t count;
};

/* session_table_make(t, list, pricing, out): Sum up.  Return 0 or -1 without memory;
 * session_table_clear() either way. */
int session_table_make(const struct tally *t, const struct source_list *list,
                       const struct pricing *pricing, struct session_table *out);
void session_table_clear(struct session_table *t);

#endif
