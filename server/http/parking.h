/* parking.h: Streams that wait for something new.
 *
 * Their connections are suspended.  Every STREAM_POLL_MS one thread looks after all of them: those
 * whose time has come are woken, and those whose client has left too.
 */
#ifndef SCROLLBACK_PARKING_H
#define SCROLLBACK_PARKING_H

#include <stdbool.h>
#include <stdint.h>

struct parking;

/* The caller's memory; untouched by it until wake() is called. */
struct parked {
    int fd;                         /* of the client */
    bool left;                      /* set before wake() if the client has left */
    void (*wake)(struct parked *p); /* called once, in the parking's thread */
    uint64_t due_ns;                /* on the monotonic clock */
    struct parked *next;            /* guarded by the parking */
};

/* parking_new(): NULL without memory or thread.  parking_free(p): nothing may be parked. */
struct parking *parking_new(void);
void parking_free(struct parking *p);

/* parking_add(p, item): Wait; false if the parking is closed, and ${item} still the caller's. */
bool parking_add(struct parking *p, struct parked *item);

/* parking_close(p): Wake all that wait, and let nobody in any more. */
void parking_close(struct parking *p);

#endif
