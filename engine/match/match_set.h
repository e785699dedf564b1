/* match_set.h: The messages that match, 64 bytes each, as every strategy hands them to the merge. */
#ifndef SCROLLBACK_MATCH_SET_H
#define SCROLLBACK_MATCH_SET_H

#include "hash.h"
#include "intern.h"
#include "message.h"

/* match.row of a message that was read from its file. */
#define ROW_NONE UINT32_MAX

struct match {
    struct hash128 identity; /* message_identity() */
    int64_t time_ms;
    uint64_t offset; /* of its line */
    uint32_t source; /* index in the source list of the request */
    uint32_t row;    /* in the index's snapshot, or ROW_NONE */
    uint32_t place;  /* session and project; this and the next three number match_names */
    uint32_t model;  /* 0: absent, as branch and tools */
    uint32_t branch;
    uint32_t tools; /* the list of names, match_tools_put(); 0: none or not asked for */
    uint32_t position;
    uint8_t kind;  /* enum kind; the role follows from it: vocabulary_kind_role() */
    uint8_t flags; /* enum message_flag */
    uint8_t parts; /* mask */
    uint8_t rank;  /* message_rank() */
};
_Static_assert(sizeof(struct match) == 64, "the memory bar counts on 64 bytes a match");

/* What the numbers in a match stand for. */
struct match_names {
    struct intern place; /* match_place_put() */
    struct intern model;
    struct intern branch;
    struct intern tools; /* match_tools_put() */
};

/* match_names_init(n), match_names_clear(n): Make them empty; free them. */
void match_names_init(struct match_names *n);
void match_names_clear(struct match_names *n);

/* match_place_put(n, session, project, id): One number for both, since a match has no room for two
 * and there are hardly more pairs than sessions.  match_place_get(n, id, ...): the two again. */
int match_place_put(struct match_names *n, struct span session, struct span project, uint32_t *id);
void match_place_get(const struct match_names *n, uint32_t id, struct span *session,
                     struct span *project);

/* match_tools_put(n, tools, id): One number for the list; no tools is 0.
 * match_tools_next(rest, name): Cut the first name off a string of n->tools; 1, or 0 at the end. */
int match_tools_put(struct match_names *n, struct span_list tools, uint32_t *id);
int match_tools_next(struct span *rest, struct span *name);

/* match_fill(m, msg, rank, n, with_tools): All of ${m} from a message that was read from a file.  0 or -1. */
int match_fill(struct match *m, const struct message *msg, unsigned rank, struct match_names *n,
               bool with_tools);

/* A list in chunks: appending never copies, one thread each. */
struct match_chunk;
struct match_set {
    struct match_chunk *first;
    struct match_chunk *last;
    uint64_t count;
};

/* match_set_init(s), match_set_clear(s): Make it empty; free it. */
void match_set_init(struct match_set *s);
void match_set_clear(struct match_set *s);
struct match *match_set_add(struct match_set *s); /* NULL without memory; not zeroed */

/* match_set_gather(sets, n, out, count): Move all into one array (malloc), emptying the sets chunk by
 * chunk so that memory peaks at one chunk over the array.  Return 0 or -1. */
int match_set_gather(struct match_set *sets, size_t n, struct match **out, uint64_t *count);

#endif
