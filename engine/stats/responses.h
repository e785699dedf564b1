/* responses.h: The API responses of a corpus, each once, with the tokens it took.
 *
 * Claude Code writes a response as several records, one a block, each with the same message.id (and
 * requestId) and a usage that may still grow; resumed and forked sessions copy them into other files.
 * A response counts once, with the usage of its record with the largest output_tokens (ties: lowest source, line,
 * position).  A usage without a message.id is a response of its own, keyed by its message's identity.
 */
#ifndef SCROLLBACK_RESPONSES_H
#define SCROLLBACK_RESPONSES_H

#include "intern.h"
#include "message.h"

struct response {
    struct hash128 key;
    struct usage usage;
    uint64_t offset;
    uint32_t source;
    uint32_t position;
    uint32_t model; /* number in responses.models; 0: none */
};

/* One thread each; workers' tables are joined at the end. */
struct responses {
    struct response *items;
    uint32_t count;
    uint32_t capacity;
    uint32_t *slots; /* number + 1, or 0; power of two */
    uint32_t slot_count;
    struct intern models;
};

/* responses_init(r), responses_clear(r): Make it empty; free it. */
void responses_init(struct responses *r);
void responses_clear(struct responses *r);

/* response_key(m): The key of the response that ${m}, which has a usage, belongs to. */
struct hash128 response_key(const struct message *m);

/* responses_add(r, m): Take the usage of a message that has one.  Return 0 or -1 without memory. */
int responses_add(struct responses *r, const struct message *m);

/* responses_join(into, from): The same for all of another table.  Return 0 or -1. */
int responses_join(struct responses *into, const struct responses *from);

/* responses_find(r, key): Its number, or UINT32_MAX. */
uint32_t responses_find(const struct responses *r, struct hash128 key);

#endif
