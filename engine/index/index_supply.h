/* index_supply.h: In which order the sources are read into the index, and who has their bytes ready.
 *
 * The same strategies as for a scan (exec/strategy.h), one file a step:
 *
 * worksharing  every thread opens and reads what it works on
 * async        every thread has a stream (source/file_stream.h), which reads ahead by io_uring; where that is
 *              refused, a thread reads ahead as for hybrid
 * hybrid       worksharing, and a thread that has the kernel read ahead of all (source/ahead.h)
 * any other: auto, which is worksharing while the files are in memory, as samples tell; else hybrid
 */
#ifndef SCROLLBACK_INDEX_SUPPLY_H
#define SCROLLBACK_INDEX_SUPPLY_H

#include "catalog.h"
#include "profile.h"
#include "file_stream.h"

#include <stdatomic.h>

struct supply;

/* supply_new(strategy, entries, count, out): Of ${count} entries, borrowed.  Return 0, or -1 without memory.
 * supply_free(s): when nobody takes any more; NULL does nothing. */
int supply_new(enum strategy strategy, struct catalog_entry **entries, uint32_t count,
               struct supply **out);
void supply_free(struct supply *s);

/* supply_io(s): How the bytes come. */
enum profile_io supply_io(const struct supply *s);

/* One thread's end of it. */
struct intake;

/* intake_new(s, out): Return 0 or -1.  intake_free(NULL) does nothing. */
int intake_new(struct supply *s, struct intake **out);
void intake_free(struct intake *in);

/* intake_next(in): The next entry to read, for this thread alone; NULL if there is none. */
struct catalog_entry *intake_next(struct intake *in);

/* intake_stream(in): The stream whose current file is that entry, or NULL. */
struct file_stream *intake_stream(struct intake *in);

#endif
