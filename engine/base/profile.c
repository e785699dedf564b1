#include "profile.h"

void profile_add(struct profile *to, const struct profile *from)
{
    to->runs += from->runs;
    to->io = from->io;
    to->strategy = from->strategy;
    for (int i = 0; i < PHASE_COUNT; i++) {
        to->ns[i] += from->ns[i];
        to->bytes[i] += from->bytes[i];
        to->records[i] += from->records[i];
    }
}

uint64_t profile_total(const struct profile *p)
{
    uint64_t sum = 0;
    for (int i = 0; i < PHASE_COUNT; i++)
        sum += p->ns[i];
    return sum;
}

const char *profile_phase_name(enum phase phase)
{
    static const char *const names[PHASE_COUNT] = {
        "discover", "read", "split", "parse", "extract", "match", "merge", "waiting", "locked"};
    return names[phase];
}

const char *profile_io_name(enum profile_io io)
{
    static const char *const names[PROFILE_IO_COUNT] = {"read", "io_uring", "readahead"};
    return names[io];
}
