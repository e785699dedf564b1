/* stream.h: A reply that is written piece by piece, because it is long or has no end.
 *
 * A route makes one, writes the first piece to its answer's body itself (so that errors still have
 * a status), and is then asked for the next piece whenever the client has taken the one before: that is
 * the back-pressure.
 */
#ifndef SCROLLBACK_STREAM_H
#define SCROLLBACK_STREAM_H

#include "bytes.h"

#include <stdbool.h>

struct request;

enum stream_state {
    STREAM_MORE, /* ask again as soon as this piece is sent */
    STREAM_WAIT, /* ask again a little later (STREAM_POLL_MS) */
    STREAM_END,  /* that was all */
    STREAM_FAIL  /* break the reply off, so that the client sees that it is not whole */
};

#define STREAM_POLL_MS 200

struct stream {
    /* Append the next piece to ${out}; in a lane's thread.  ${last}: the service stops, so this is the
     * last call that will be made. */
    enum stream_state (*produce)(struct stream *s, struct request *r, bool last, struct bytes *out);
    void (*free)(struct stream *s);
    enum stream_state state; /* what the piece in the answer's body was */
};

#endif
