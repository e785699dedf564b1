/* tree.h: A whole folder of projects, sessions and sub-agents. */
#ifndef GEN_TREE_H
#define GEN_TREE_H

#include "record.h"

struct tree_options {
    const char *out; /* projects/ is made below it */
    uint64_t size;   /* bytes of all transcripts, about */
    uint64_t seed;
    uint64_t sessions;   /* 0: as many as the size needs */
    uint64_t max_line;   /* one line of about so many bytes, or 0 */
    uint64_t days;       /* that the sessions spread over, at least 1 */
    uint64_t tiny_files; /* sessions of one to three records beside the others */
    bool one_file;       /* a single session */
    bool pitfalls;
};

/* tree_write(options, counts): Write all; return the bytes of the transcripts. */
uint64_t tree_write(const struct tree_options *options, struct counts *counts);

#endif
