/* answer.h: What a route replies, as plain data; http.c turns it into bytes on the wire.
 */
#ifndef SCROLLBACK_ANSWER_H
#define SCROLLBACK_ANSWER_H

#include "bytes.h"
#include "gzip.h"
#include "problem.h"
#include "stream.h"
#include "vocabulary.h"

#define ANSWER_GZIP_FROM 1400 /* bytes; below that one packet carries it anyway */

/* All-zero is an empty answer; whoever fills it sets the status. */
struct answer {
    unsigned status;
    const char *type;       /* Content-Type */
    struct bytes body;      /* owned, unless fixed is set */
    struct stream *stream;  /* owned: what follows after body, or NULL */
    struct span fixed;      /* constant bytes that outlive the service, instead of body */
    struct span fixed_gzip; /* the same compressed, absent if there is none */
    const char *allow;      /* methods, for 405 and OPTIONS */
    const char *etag;       /* without quotes; such an answer may be kept and asked for again */
    const char *policy;     /* Content-Security-Policy; NULL: the strictest */
    char disposition[160];  /* Content-Disposition, "" for none */
    unsigned retry_after_s; /* 0: none */
    bool challenge;         /* WWW-Authenticate: Bearer */
    bool immutable;         /* its URL names its content */
    struct gzip *gzip;      /* owned: of the pieces of a stream, or NULL */
    bool gzipped;           /* body holds gzip, and so do all pieces */
};

/* answer_clear(a): Free; empty again. */
void answer_clear(struct answer *a);

/* answer_problem(a, p, instance): Make it the report of a problem. */
void answer_problem(struct answer *a, const struct problem *p, struct span instance);

/* answer_compress(a): Replace the body by its gzip, where that is smaller or the body is the first piece of a
 * stream.  answer_compress_piece(a): The same for the next piece, if the first was compressed.  (gzip.h says
 * what that costs.) */
void answer_compress(struct answer *a);
void answer_compress_piece(struct answer *a);

#endif
