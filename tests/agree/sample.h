/* sample.h: Words, names and times picked from a corpus, for making queries about it. */
#ifndef AGREE_SAMPLE_H
#define AGREE_SAMPLE_H

#include "arena.h"
#include "source.h"

#define SAMPLE_MAX 4096

struct sample_list {
    struct span items[SAMPLE_MAX];
    uint32_t count;
};

struct sample {
    struct arena arena;
    struct sample_list words; /* runs of 1 to 24 code points of texts */
    struct sample_list tools, projects, sessions, branches, models, files, agents, uuids;
    int64_t times[SAMPLE_MAX];
    uint32_t time_count;
};

/* A small deterministic generator (splitmix64; Steele, Lea, Flood 2014). */
uint64_t sample_random(uint64_t *state);

/* sample_read(list, seed, out): Pick from the sources.  Return 0 or -1. */
int sample_read(const struct source_list *list, uint64_t seed, struct sample *out);
void sample_clear(struct sample *s);

#endif
