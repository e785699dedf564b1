/* units.h: Cutting the sources into units of similar size.
 *
 * Several small files are one unit, a big file is several, split at line starts.  What a unit that
 * starts inside a file must know of the lines before it is found once a file, and shared:
 *  - its tool calls, where their names matter: before any unit runs;
 *  - the nearest time before the unit: when a record without a time asks for it.
 * (The facts of a file are found by each worker that needs them: nobody waits for another.)
 */
#ifndef SCROLLBACK_UNITS_H
#define SCROLLBACK_UNITS_H

#include "facts.h"
#include "scan.h"

#include <stdatomic.h>

/* A file that several units share. */
struct split_file {
    const struct source *source;
    struct tool_calls *calls; /* of the whole file; NULL where names do not matter */
    uint32_t first_unit;
    uint32_t unit_count;
    _Atomic bool unreadable; /* somebody has counted it */
};

/* Either whole files [first, first + count), or a range of one. */
struct unit {
    uint32_t first;
    uint32_t count;
    struct split_file *split; /* NULL: whole files */
    uint64_t begin;
    uint64_t end;
    struct tool_calls *calls;  /* made in the range, until they are joined into split->calls */
    _Atomic int64_t last_time; /* own time of the last record in the range that has one;
                                  UNIT_TIME_UNKNOWN until somebody asked */
};
#define UNIT_TIME_UNKNOWN (INT64_MIN + 1)

struct units {
    struct unit *items;
    size_t count;
    struct split_file *splits;
    size_t split_count;
};

/* units_plan(scan, out, err): Cut.  units_free(u).  Return 0 or -1. */
int units_plan(const struct scan *scan, struct units *out, struct error *err);
void units_free(struct units *u);

/* units_prepare(u, scan, readers): Read the calls of split files, if names matter, on scan->threads
 * workers with one reader each.  Return 0, or -1 without memory. */
int units_prepare(struct units *u, const struct scan *scan, struct reader **readers);

/* units_time_before(u, unit, r, out, err): Own time of the nearest record before ${unit} in its file,
 * or TIME_NONE.  Any worker; each unit's last time is read about once whoever asks.  Return 0, or -1
 * with ${err}: then nothing is known, and the next who asks reads again. */
int units_time_before(struct units *u, const struct unit *unit, struct reader *r, int64_t *out,
                      struct error *err);

#endif
