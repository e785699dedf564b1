/* remembered_calls.h: The tool calls of the files that grew last, so that a growing file is not read for
 * them again and again.
 */
#ifndef SCROLLBACK_REMEMBERED_CALLS_H
#define SCROLLBACK_REMEMBERED_CALLS_H

#include "facts.h"
#include "reader.h"

#define REMEMBERED_FILES 32

/* Those made before ${end} in the source that is read under ${version}. */
struct remembered_file {
    uint64_t version; /* 0: free */
    uint64_t end;
    uint64_t used; /* the clock of its last use */
    struct tool_calls *calls;
};

/* Of one thread; begins as zeros. */
struct remembered_calls {
    struct remembered_file files[REMEMBERED_FILES];
    uint64_t clock;
};

/* remembered_calls_find(m, r, s, version, end, out, err): All calls made before ${end} of ${s}, which is
 * known as ${version} and has not changed but by growing; read by ${r} as far as they are not remembered.
 * *${out} stays until the next call.  Return 0 or -1. */
int remembered_calls_find(struct remembered_calls *m, struct reader *r, const struct source *s,
                          uint64_t version, uint64_t end, const struct tool_calls **out,
                          struct error *err);

void remembered_calls_clear(struct remembered_calls *m);

#endif
