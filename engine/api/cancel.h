/* cancel.h: How a running request is told to stop.
 *
 * One struct cancel belongs to one request.  Any thread may call cancel_request(); the workers
 * poll cancel_poll() once a batch of lines or a block of text (some 10-100 microseconds), so
 * a request ends promptly without a lock or a signal.
 */
#ifndef SCROLLBACK_CANCEL_H
#define SCROLLBACK_CANCEL_H

#include <stdatomic.h>
#include <stdint.h>

enum cancel_reason { CANCEL_NONE = 0, CANCEL_TIMEOUT, CANCEL_CLIENT, CANCEL_SHUTDOWN };

struct cancel {
    _Atomic int reason;   /* enum cancel_reason; the first one set stays */
    uint64_t deadline_ns; /* on the monotonic clock; 0: none.  Written before the job starts. */
};

/* cancel_init(c, timeout_ms): Prepare ${c}; ${timeout_ms} 0 means no deadline. */
void cancel_init(struct cancel *c, unsigned timeout_ms);

/* cancel_request(c, why): Ask the work to stop.  Any thread, any time before the last poll. */
void cancel_request(struct cancel *c, enum cancel_reason why);

/* cancel_poll(c): Return CANCEL_NONE, or why to stop; notices a passed deadline.  ${c} may be
 * NULL: never cancelled. */
enum cancel_reason cancel_poll(struct cancel *c);

#endif
