/* http_send.h: Answers as the HTTP library's responses, with the headers that all of them carry. */
#ifndef SCROLLBACK_HTTP_SEND_H
#define SCROLLBACK_HTTP_SEND_H

#include "answer.h"

#include <microhttpd.h>

/* What a reply needs to know beside the answer. */
struct send_context {
    const char *cors_origin; /* Access-Control-Allow-Origin, or NULL */
    bool any_cors;           /* some origin is allowed: replies vary by Origin */
    bool preflight;
    bool gzip;                        /* the client takes compressed replies */
    bool close;                       /* end the connection after it */
    MHD_ContentReaderCallback reader; /* for an answer in pieces, else NULL */
    void *reader_arg;
};

/* http_send(connection, answer, context): Queue the reply; takes the answer's body.  Return what the
 * library says. */
enum MHD_Result http_send(struct MHD_Connection *connection, struct answer *answer,
                          const struct send_context *context);

#endif
