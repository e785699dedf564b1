/* snapshot_view.h: What a snapshot is made of; for the index library alone. */
#ifndef SCROLLBACK_SNAPSHOT_VIEW_H
#define SCROLLBACK_SNAPSHOT_VIEW_H

#include "catalog.h"
#include "segment.h"
#include "snapshot.h"

#define SNAPSHOT_DEAD UINT32_MAX

/* A segment as one snapshot sees it. */
struct snapshot_segment {
    struct segment *segment; /* held */
    uint32_t first_row;      /* the snapshot's number of its row 0 */
    uint32_t live_rows;
    uint32_t *run_source; /* of each run the source, or SNAPSHOT_DEAD */
};

struct snapshot {
    atomic_uint references;
    struct snapshot_segment *segments;
    uint32_t segment_count;
    uint32_t rows;
    struct source_list sources;
    struct source_list uncovered;
    struct span *projects;           /* by source */
    struct snapshot_extent *extents; /* by source; end UINT64_MAX: not known */
    struct snapshot_totals totals;
    struct catalog *own; /* the catalogue that keeps its strings, if it has one to itself */
};

/* snapshot_new(c, segments, count, unreadable, out): See ${segments} (held by the snapshot from now
 * on) through ${c}, which may change afterwards.  ${unreadable} (may be NULL) is copied with its strings kept in ${c}.
 * Return 0 or -1. */
int snapshot_new(struct catalog *c, struct segment *const *segments, uint32_t count,
                 const struct source_list *unreadable, struct snapshot **out);

/* snapshot_hold(s): One more reference.  Any thread. */
struct snapshot *snapshot_hold(struct snapshot *s);

/* snapshot_locate(s, row, local): The place in s->segments of ${row}, and its row there. */
uint32_t snapshot_locate(const struct snapshot *s, uint32_t row, uint32_t *local);

#endif
