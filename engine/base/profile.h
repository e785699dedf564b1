/* profile.h: Where the time of scans goes.
 *
 * The clock is read twice a run of lines and twice a unit, never per line.  How the time of a run
 * divides into splitting, parsing, extracting and matching is measured on every PROFILE_WATCH-th run
 * of a worker, line by line, and scaled up to the rest; so the phases always add up to the whole.
 */
#ifndef SCROLLBACK_PROFILE_H
#define SCROLLBACK_PROFILE_H

#include "vocabulary.h"

#define PROFILE_WATCH 32

/* discover  listing the files, cutting them into units
 * read      opening files, and read(2) until there is a run of lines
 * split     finding the lines, or those that may match
 * parse     walking the JSON of a line
 * extract   unescaping, joining and checking texts; names, times, places
 * match     testing a message and keeping what matches
 * merge     joining the workers' results, collapsing copies, sorting, facets, snippets
 * waiting   threads of the team without work, and reads that are not there yet
 * locked    waiting for another thread to let go of a lock */
enum phase {
    PHASE_DISCOVER,
    PHASE_READ,
    PHASE_SPLIT,
    PHASE_PARSE,
    PHASE_EXTRACT,
    PHASE_MATCH,
    PHASE_MERGE,
    PHASE_WAITING,
    PHASE_LOCKED,
    PHASE_COUNT
};

/* How the bytes came. */
enum profile_io { PROFILE_IO_READ, PROFILE_IO_URING, PROFILE_IO_READAHEAD, PROFILE_IO_COUNT };

/* Sums over threads and runs; a plain value. */
struct profile {
    uint64_t runs;
    uint64_t ns[PHASE_COUNT];
    uint64_t bytes[PHASE_COUNT];
    /* read: files; split, parse: lines; extract: messages; match: hits */
    uint64_t records[PHASE_COUNT];
    enum profile_io io;     /* of the last run */
    enum strategy strategy; /* what ran; 0 if nothing did */
};

/* profile_add(to, from): Add all of ${from}, runs included. */
void profile_add(struct profile *to, const struct profile *from);

/* profile_total(p): Nanoseconds of all phases. */
uint64_t profile_total(const struct profile *p);

/* profile_phase_name(phase): "discover", ...  profile_io_name(io): "read", "io_uring", "readahead". */
const char *profile_phase_name(enum phase phase);
const char *profile_io_name(enum profile_io io);

#endif
