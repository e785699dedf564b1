#include "ring.h"

#include "reader.h"

#include <assert.h>
#include <errno.h>
#include <liburing.h>
#include <stdlib.h>
#include <string.h>

struct ring {
    struct io_uring uring;
    char *memory; /* of all buffers */
    size_t stride;
    unsigned slots;
    unsigned under_way;
    bool registers;      /* the kernel takes buffers one at a time */
    uint64_t registered; /* a bit for each slot whose buffer it has taken */
};

/* Whether the buffer of ${slot} is registered, which is tried when it is used first: registering touches every
 * page of it, and most rings need few of their slots.  Old kernels and limits on locked memory may
 * forbid it; then the kernel looks the pages up at each read. */
static bool is_registered(struct ring *r, unsigned slot)
{
    struct iovec v = {ring_buffer(r, slot), r->stride - READER_PADDING};
    __u64 tag = 0;
    if ((r->registered >> slot & 1) == 0 && r->registers) {
        r->registers = io_uring_register_buffers_update_tag(&r->uring, slot, &v, &tag, 1) == 1;
        r->registered |= (uint64_t)r->registers << slot;
    }
    return (r->registered >> slot & 1) != 0;
}

int ring_new(unsigned slots, size_t size, struct ring **out)
{
    struct ring *r = calloc(1, sizeof *r);
    struct io_uring_params params = {.flags = IORING_SETUP_COOP_TASKRUN};
    assert(slots <= RING_SLOTS_MAX);
    if (r == NULL)
        return -1;
    r->slots = slots;
    r->stride = size + READER_PADDING;
    r->memory = calloc(slots, r->stride);
    if (r->memory == NULL) {
        free(r);
        return -1;
    }
    int rc = io_uring_queue_init_params(slots, &r->uring, &params);
    if (rc == -EINVAL) /* kernels before 5.19 do not know the flag */
        rc = io_uring_queue_init(slots, &r->uring, 0);
    if (rc < 0) {
        free(r->memory);
        free(r);
        return 1;
    }
    r->registers = io_uring_register_buffers_sparse(&r->uring, slots) == 0;
    *out = r;
    return 0;
}

bool ring_works(void)
{
    struct ring *r = NULL;
    int rc = ring_new(1, 4096, &r);
    ring_free(r);
    return rc == 0;
}

void ring_free(struct ring *r)
{
    unsigned slot;
    int got;
    if (r == NULL)
        return;
    while (r->under_way > 0 && ring_next(r, &slot, &got) >= 0)
        continue;
    io_uring_queue_exit(&r->uring);
    /* What a broken ring still has under way the kernel may write at any time: that memory is its for good. */
    if (r->under_way == 0)
        free(r->memory);
    free(r);
}

char *ring_buffer(struct ring *r, unsigned slot)
{
    return r->memory + slot * r->stride;
}

int ring_read(struct ring *r, unsigned slot, size_t skip, int fd, uint64_t offset, size_t size)
{
    char *to = ring_buffer(r, slot) + skip;
    struct io_uring_sqe *sqe = io_uring_get_sqe(&r->uring);
    if (sqe == NULL)
        return -1;
    if (is_registered(r, slot))
        io_uring_prep_read_fixed(sqe, fd, to, (unsigned)size, offset, (int)slot);
    else
        io_uring_prep_read(sqe, fd, to, (unsigned)size, offset);
    io_uring_sqe_set_data64(sqe, slot);
    r->under_way++; /* once prepared, it will be submitted now or by the next call */
    io_uring_submit(&r->uring);
    return 0;
}

int ring_next(struct ring *r, unsigned *slot, int *got)
{
    struct io_uring_cqe *cqe = NULL;
    int ready = io_uring_peek_cqe(&r->uring, &cqe) == 0;
    while (!ready) {
        int rc = io_uring_submit_and_wait(&r->uring, 1);
        if (rc < 0 && rc != -EINTR && rc != -EAGAIN && rc != -EBUSY)
            return -1;
        if (io_uring_peek_cqe(&r->uring, &cqe) == 0)
            break;
    }
    *slot = (unsigned)io_uring_cqe_get_data64(cqe);
    *got = cqe->res;
    io_uring_cqe_seen(&r->uring, cqe);
    r->under_way--;
    return ready;
}
