/* index_place.h: A few transcripts, a folder for the cache, and an index of them.
 *
 * Everything fails the running test that does not go well. */
#ifndef SCROLLBACK_INDEX_PLACE_H
#define SCROLLBACK_INDEX_PLACE_H

#include "index.h"

struct index_place {
    char top[64];
    char root[96];
    char cache[96];
    const char *data;       /* folder of retained transcripts; NULL: none are */
    unsigned threads;       /* that build; 0: two */
    uint64_t segment_bytes; /* as in struct index_config */
    int warnings;
    char warning[512];
    bool from_cache; /* the last one that became ready */
};

/* index_place_setup(state), index_place_teardown(state): For cmocka.  50 messages "hello number<i>" stand in
 * one.jsonl and two.jsonl, the odd ones in the first. */
int index_place_setup(void **state);
int index_place_teardown(void **state);

/* index_place_append(p, name, text): Append to a transcript.  index_place_say(p, name, number): append the message
 * "hello number<number>". */
void index_place_append(const struct index_place *p, const char *name, const char *text);
void index_place_say(const struct index_place *p, const char *name, int number);

/* index_place_open(p, cache): An index that may still be building; ${cache} NULL: in memory.
 * index_place_start(p, cache): the same, ready.  The caller's to index_close(). */
struct index *index_place_open(struct index_place *p, const char *cache);
struct index *index_place_start(struct index_place *p, const char *cache);

/* index_place_count(ix, query): How many messages match now. */
uint64_t index_place_count(struct index *ix, const char *query);

#endif
