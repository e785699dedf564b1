/* session.h: A whole session: its main file and those of its sub-agents. */
#ifndef GEN_SESSION_H
#define GEN_SESSION_H

#include "record.h"

struct project {
    char cwd[96];
    char folder[96]; /* the cwd as a folder name */
};

struct session_plan {
    uint64_t seed;
    struct uuid id;
    const struct project *project;
    int64_t start_ms;
    uint64_t bytes;                    /* of the main file, about */
    uint64_t long_line;                /* also hold one line of so many bytes, or 0 */
    const struct session_plan *copied; /* resumed or forked from, or NULL; already written */
    bool damage;
    unsigned turns; /* set by session_write() */
};

/* session_write(plan, root, counts): Write the files of a session below ${root}; return their
 * bytes. */
uint64_t session_write(struct session_plan *plan, const char *root, struct counts *counts);

/* session_write_tiny(plan, root, counts): A file of one to three records. */
uint64_t session_write_tiny(struct session_plan *plan, const char *root, struct counts *counts);

#endif
