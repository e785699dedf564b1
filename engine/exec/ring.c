#include "ring.h"

#include "reader.h"

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
    bool registered;
};

static int register_buffers(struct ring *r)
{
    struct iovec *v = calloc(r->slots, sizeof *v);
    if (v == NULL)
        return -1;
    for (unsigned i = 0; i < r->slots; i++)
        v[i] = (struct iovec){ring_buffer(r, i), r->stride - READER_PADDING};
    /* Limits on locked memory may forbid it: then the kernel looks the pages up at each read. */
    r->registered = io_uring_register_buffers(&r->uring, v, r->slots) == 0;
    free(v);
    return 0;
}

int ring_new(unsigned slots, size_t size, struct ring **out)
{
    struct ring *r = calloc(1, sizeof *r);
    struct io_uring_params params = {.flags = IORING_SETUP_COOP_TASKRUN};
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
    if (register_buffers(r) != 0) {
        ring_free(r);
        return -1;
    }
    *out = r;
    return 0;
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
    free(r->memory);
    free(r);
}

char *ring_buffer(struct ring *r, unsigned slot)
{
    return r->memory + slot * r->stride;
}

int ring_read(struct ring *r, unsigned slot, int fd, uint64_t offset, size_t size)
{
    struct io_uring_sqe *sqe = io_uring_get_sqe(&r->uring);
    if (sqe == NULL)
        return -1;
    if (r->registered)
        io_uring_prep_read_fixed(sqe, fd, ring_buffer(r, slot), (unsigned)size, offset, (int)slot);
    else
        io_uring_prep_read(sqe, fd, ring_buffer(r, slot), (unsigned)size, offset);
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
