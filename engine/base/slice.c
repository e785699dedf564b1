#include "slice.h"

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The first version of the kernel's struct sched_attr (sched_setattr(2)); its header and the C library's do not
 * go together. */
struct attributes {
    uint32_t size;
    uint32_t policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t
        runtime; /* of a thread scheduled by shares of time: its slice in ns; 0 in older kernels */
    uint64_t deadline;
    uint64_t period;
};

static _Thread_local uint64_t before; /* ns; 0: as it was */

static bool read_attributes(struct attributes *a)
{
    return syscall(SYS_sched_getattr, 0, a, sizeof *a, 0) == 0 &&
           (a->policy == SCHED_OTHER || a->policy == SCHED_BATCH);
}

void slice_lengthen(void)
{
    struct attributes a = {0};
    if (before != 0 || !read_attributes(&a))
        return;
    uint64_t had = a.runtime;
    a.runtime = SLICE_LONG_MS * UINT64_C(1000000);
    if (syscall(SYS_sched_setattr, 0, &a, 0) == 0)
        before = had;
}

void slice_restore(void)
{
    struct attributes a = {0};
    if (before == 0 || !read_attributes(&a))
        return;
    a.runtime = before;
    before = 0;
    (void)syscall(SYS_sched_setattr, 0, &a, 0);
}
