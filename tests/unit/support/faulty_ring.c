#include "faulty_ring.h"

#include "ring.h"

#include <string.h>

/* The names are the linker's. */
int __real_ring_read(struct ring *r, unsigned slot, size_t skip, int fd, uint64_t offset,
                     size_t size);
int __real_ring_next(struct ring *r, unsigned *slot, int *got);
int __wrap_ring_read(struct ring *r, unsigned slot, size_t skip, int fd, uint64_t offset,
                     size_t size);
int __wrap_ring_next(struct ring *r, unsigned *slot, int *got);

static int refused;    /* 0: nothing is */
static unsigned calls; /* until the ring is broken; 0: it will not be */
static bool broken;
static struct ring *ring;
static char *begin[RING_SLOTS_MAX]; /* of reads under way; NULL: none */
static size_t length[RING_SLOTS_MAX];

static bool is_watched(void)
{
    return refused != 0 || calls != 0 || broken;
}

int __wrap_ring_read(struct ring *r, unsigned slot, size_t skip, int fd, uint64_t offset,
                     size_t size)
{
    int rc = __real_ring_read(r, slot, skip, fd, offset, size);
    if (rc == 0 && is_watched()) {
        ring = r;
        begin[slot] = ring_buffer(r, slot) + skip;
        length[slot] = size;
    }
    return rc;
}

int __wrap_ring_next(struct ring *r, unsigned *slot, int *got)
{
    if (calls > 0 && --calls == 0)
        broken = true;
    if (broken && r == ring)
        return -1;
    int rc = __real_ring_next(r, slot, got);
    if (is_watched())
        begin[*slot] = NULL;
    if (refused != 0)
        *got = -refused;
    return rc;
}

void faulty_ring_refuse(int number)
{
    refused = number;
}

void faulty_ring_break(unsigned n)
{
    calls = n;
    broken = false;
    ring = NULL;
    memset(begin, 0, sizeof begin);
}

unsigned faulty_ring_write_late(void)
{
    unsigned n = 0;
    for (unsigned slot = 0; broken && slot < RING_SLOTS_MAX; slot++) {
        if (begin[slot] == NULL)
            continue;
        memset(begin[slot], '!', length[slot]);
        n++;
    }
    return n;
}
