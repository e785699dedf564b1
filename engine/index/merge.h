/* merge.h: Making one segment of several, leaving out what is dead.
 *
 * Works on a snapshot, so that it needs no lock while it runs: what dies meanwhile is dead in the
 * result too, since rows keep their versions.
 */
#ifndef SCROLLBACK_MERGE_H
#define SCROLLBACK_MERGE_H

#include "snapshot_view.h"

/* What was made, the caller's to take or to merged_drop(). */
struct merged {
    struct segment **segments; /* malloced */
    uint32_t count;
    int disk_error; /* errno that kept one of them in memory, or 0 */
};

/* merge_segments(s, places, count, folder, limit, out, err): Merge the ${count} segments at
 * ${places} of s->segments; rows are ordered by source and offset.  ${folder}: to lay the results in as
 * temporary files, or NULL: in memory.  Another segment is begun where one holds more than ${limit} bytes of
 * text (segment_builder_limit()), so that segments of less than that in all become one.  None if nothing
 * lives.  Any thread that holds ${s}.  Return 0, or -1 without memory: then ${out} is empty. */
int merge_segments(const struct snapshot *s, const uint32_t *places, uint32_t count,
                   const char *folder, uint64_t limit, struct merged *out, struct error *err);

/* merged_drop(m): Drop the segments that are still in it. */
void merged_drop(struct merged *m);

#endif
