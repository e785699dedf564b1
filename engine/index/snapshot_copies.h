/* snapshot_copies.h: The rows of several messages, found in one pass.
 *
 * A snapshot has no table of identities, which would cost as much memory as the column; so who looks for one
 * message goes over all rows, and who looks for many should do it once.
 */
#ifndef SCROLLBACK_SNAPSHOT_COPIES_H
#define SCROLLBACK_SNAPSHOT_COPIES_H

#include "cancel.h"
#include "snapshot.h"

/* What takes the rows: ${which} is a place in the list of ids.  Return 0 to go on, -1 without memory. */
typedef int snapshot_copy_fn(void *arg, size_t which, uint32_t row);

/* snapshot_copies(s, ids, n, cancel, visit, arg): Call ${visit} for each live row whose uuid has one of ${n}
 * hashes (hash_128(), distinct), in no order.  Takes 24 bytes of memory an id, however many rows there are.
 * Return 0, also where ${cancel} has ended it before all were visited: poll it; or -1 without memory.
 * Any thread. */
int snapshot_copies(const struct snapshot *s, const struct hash128 *ids, size_t n,
                    struct cancel *cancel, snapshot_copy_fn *visit, void *arg);

#endif
