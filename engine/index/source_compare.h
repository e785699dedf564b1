/* source_compare.h: Whether a file still begins with what was read of it.
 */
#ifndef SCROLLBACK_SOURCE_COMPARE_H
#define SCROLLBACK_SOURCE_COMPARE_H

#include "catalog.h"
#include "wide_hash.h"

enum compared {
    COMPARED_OTHER, /* no, or that cannot be told: it must be read from its beginning */
    COMPARED_GREW,  /* yes, and there may be more */
    COMPARED_SAME   /* yes, and nothing else stands in it */
};

/* source_compare(chunk, e, hash): Read the file of ${e}, whose size is that of now, and compare it by hash with
 * what the rest of ${e} tells.  Unless the result is COMPARED_OTHER, ${hash} has then taken the bytes before
 * e->solid_end.  *${chunk} is a buffer of the caller's, NULL at first, to free() in the end.  One thread
 * for each of ${chunk} and ${hash}. */
enum compared source_compare(char **chunk, const struct catalog_entry *e, XXH3_state_t *hash);

#endif
