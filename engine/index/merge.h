/* merge.h: Making one segment of several, leaving out what is dead.
 *
 * Works on a snapshot, so that it needs no lock while it runs: what dies meanwhile is dead in the
 * result too, since rows keep their versions.
 */
#ifndef SCROLLBACK_MERGE_H
#define SCROLLBACK_MERGE_H

#include "snapshot_view.h"

/* merge_segments(s, places, count, folder, out, disk_error, err): Merge the ${count} segments at
 * ${places} of s->segments; rows are ordered by source and offset.  ${folder}: to lay the result in as a
 * temporary file, or NULL: in memory.  *${out} is NULL if nothing lives.  Return 0, or -1. */
int merge_segments(const struct snapshot *s, const uint32_t *places, uint32_t count,
                   const char *folder, struct segment **out, int *disk_error, struct error *err);

#endif
