/* fetch.h: Reading the messages behind matches again, to show them.
 *
 * A match holds no text.  The few that are shown are read once more: from the index where they have a
 * row, else file by file, which also gives their line numbers and the names of the tools that their
 * results answer.
 */
#ifndef SCROLLBACK_FETCH_H
#define SCROLLBACK_FETCH_H

#include "cancel.h"
#include "match_set.h"
#include "snapshot.h"
#include "source.h"

/* Called once for each match found again, in any order, by one thread: ${i} is its place in the
 * list, ${m} is valid during the call, m->line is exact; ${line} is the line as it stands in the
 * file, absent but by fetch_lines().  Return 0, or -1 to stop. */
typedef int fetch_fn(void *arg, size_t i, const struct message *m, struct span line);

/* fetch_messages(list, snapshot, matches, n, fn, arg, err): Read ${n} matches; ${snapshot} NULL:
 * all from the files.  One that is no longer in its file is left out.  Return 0, or -1 with
 * ERROR_NO_MEMORY. */
int fetch_messages(const struct source_list *list, const struct snapshot *snapshot,
                   const struct match *const *matches, size_t n, fetch_fn *fn, void *arg,
                   struct error *err);

/* fetch_lines(list, snapshot, matches, n, cancel, fn, arg, err): The same with texts always from the files, for what
 * the index does not keep: m->raw and the line are there.  Of matches that have a row in ${snapshot} (may be
 * NULL) the index says what earlier lines would, so that only theirs are read.  Return 0; -1 with
 * ERROR_NO_MEMORY, or if ${cancel} said so with ERROR_TIMEOUT or ERROR_CANCELLED. */
int fetch_lines(const struct source_list *list, const struct snapshot *snapshot,
                const struct match *const *matches, size_t n, struct cancel *cancel, fetch_fn *fn,
                void *arg, struct error *err);

#endif
