/* snapshot.h: The index as it stood at one moment.
 *
 * A snapshot is immutable and holds all it shows until snapshot_release(); any number of threads
 * may call any of these functions on it at once.  Its rows are the messages of the covered sources, numbered from
 * 0 without an order that means anything; some numbers stand for messages that are gone, and no function
 * gives those.
 */
#ifndef SCROLLBACK_SNAPSHOT_H
#define SCROLLBACK_SNAPSHOT_H

#include "arena.h"
#include "error.h"
#include "message.h"
#include "source.h"

struct snapshot;

/* snapshot_release(s): NULL does nothing.  Any thread. */
void snapshot_release(struct snapshot *s);

/* snapshot_sources(s): All sources as they were found by the refresh, sorted by name; struct
 * match.source and struct message.source are their ids. */
const struct source_list *snapshot_sources(const struct snapshot *s);

/* snapshot_uncovered(s): The sources of which the index holds nothing and which the caller must read whole;
 * empty once the first index is complete.  Their ids are those of snapshot_sources(), not their
 * places in this list. */
const struct source_list *snapshot_uncovered(const struct snapshot *s);

/* How far a source was read. */
struct snapshot_extent {
    uint64_t lines;     /* lines that end with a newline */
    uint64_t lines_end; /* the last of them ends here */
    uint64_t end;       /* where a last line without one ends that is whole JSON; else lines_end */
};

/* snapshot_extent(s, source, out): Return whether the source is covered, and was read to its end. */
bool snapshot_extent(const struct snapshot *s, uint32_t source, struct snapshot_extent *out);

/* snapshot_message(s, row, arena, out): The message of a live row: every field of struct message
 * but raw, which is absent.  Spans borrow from ${s} and from ${arena}, which takes the lists and
 * small strings (reset it when you like).  Return 0, or -1 without memory. */
int snapshot_message(const struct snapshot *s, uint32_t row, struct arena *arena,
                     struct message *out);

/* snapshot_session(s, session, rows, count): The live rows of the session with that exact id,
 * ordered by source, offset, position.  *${rows} is malloced.  Return 0 or -1. */
int snapshot_session(const struct snapshot *s, struct span session, uint32_t **rows, size_t *count);

/* snapshot_source(s, source, rows, count): The same of all that stands in a source; none if it is not covered. */
int snapshot_source(const struct snapshot *s, uint32_t source, uint32_t **rows, size_t *count);

/* snapshot_identity(s, id, rows, count): The live rows with that message_identity(),
 * ordered by source, offset, position: all copies of one message.  *${rows} is malloced.  Return 0 or -1. */
int snapshot_identity(const struct snapshot *s, struct hash128 id, uint32_t **rows, size_t *count);

/* snapshot_sessions(s, out, count): Each session id that a live row has, once, in no order; the
 * spans borrow from ${s}, *${out} is malloced.  For query_pin_sessions().  Return 0 or -1. */
int snapshot_sessions(const struct snapshot *s, struct span **out, size_t *count);

/* Sums over the covered sources, exact. */
struct snapshot_totals {
    uint64_t messages;
    uint64_t other_records;
    uint64_t malformed_lines;
    uint64_t text_bytes;
    uint64_t segments;
    uint64_t disk_bytes;   /* of segments that lie in the cache */
    uint64_t memory_bytes; /* of segments that do not */
};
void snapshot_totals(const struct snapshot *s, struct snapshot_totals *out);

#endif
