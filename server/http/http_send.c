#include "http_send.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void add(struct MHD_Response *r, const char *name, const char *value)
{
    /* Fails without memory only; a reply that lacks a header is still better than none. */
    (void)MHD_add_response_header(r, name, value);
}

static void add_security(struct MHD_Response *r, const struct answer *a)
{
    static const char nothing[] = "default-src 'none'; frame-ancestors 'none'";
    add(r, "X-Content-Type-Options", "nosniff");
    add(r, "Content-Security-Policy", a->policy == NULL ? nothing : a->policy);
    add(r, "Referrer-Policy", "no-referrer");
    add(r, "X-Frame-Options", "DENY");
    add(r, "Cross-Origin-Opener-Policy", "same-origin");
}

static void add_cors(struct MHD_Response *r, const struct send_context *c, const struct answer *a)
{
    if (c->cors_origin == NULL) {
        add(r, "Cross-Origin-Resource-Policy", "same-origin");
        return;
    }
    add(r, "Access-Control-Allow-Origin", c->cors_origin);
    add(r, "Access-Control-Expose-Headers", "ETag, Retry-After, WWW-Authenticate");
    if (!c->preflight)
        return;
    add(r, "Access-Control-Allow-Methods", a->allow == NULL ? "GET" : a->allow);
    add(r, "Access-Control-Allow-Headers", "Authorization, Content-Type, Last-Event-ID");
    add(r, "Access-Control-Max-Age", "600");
}

/* A strong tag is that of the bytes as they are; their gzip is the same only in the weak sense
 * (RFC 9110, 8.8.3.3). */
static void add_caching(struct MHD_Response *r, const struct answer *a, bool coded)
{
    char tag[80];
    if (a->etag == NULL) {
        add(r, "Cache-Control", "no-store");
        return;
    }
    snprintf(tag, sizeof(tag), "%s\"%s\"", coded ? "W/" : "", a->etag);
    add(r, "ETag", tag);
    add(r, "Cache-Control", a->immutable ? "public, max-age=31536000, immutable" : "no-cache");
}

static void add_particular(struct MHD_Response *r, const struct answer *a)
{
    char seconds[16];
    if (a->allow != NULL)
        add(r, "Allow", a->allow);
    if (a->challenge)
        add(r, "WWW-Authenticate", "Bearer realm=\"scrollback\"");
    if (a->disposition[0] != '\0')
        add(r, "Content-Disposition", a->disposition);
    if (a->retry_after_s > 0) {
        snprintf(seconds, sizeof(seconds), "%u", a->retry_after_s);
        add(r, "Retry-After", seconds);
    }
}

#define PIECE_BYTES (32u * 1024u)

static struct MHD_Response *make_response(struct answer *a, const struct send_context *c,
                                          bool *coded)
{
    bool gzip = c->gzip;
    *coded = a->gzipped;
    if (c->reader != NULL)
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE_BYTES, c->reader,
                                                 c->reader_arg, NULL);
    if (a->fixed.ptr != NULL) {
        bool packed = gzip && a->fixed_gzip.ptr != NULL;
        struct span s = packed ? a->fixed_gzip : a->fixed;
        *coded = packed;
        /* The library takes a pointer to non-const, and only reads in this mode. */
        return MHD_create_response_from_buffer(s.len, (void *)(uintptr_t)s.ptr,
                                               MHD_RESPMEM_PERSISTENT);
    }
    size_t n = a->body.len;
    char *p = bytes_take(&a->body);
    if (p == NULL)
        return MHD_create_response_from_buffer(0, (void *)(uintptr_t) "", MHD_RESPMEM_PERSISTENT);
    return MHD_create_response_from_buffer(n, p, MHD_RESPMEM_MUST_FREE);
}

enum MHD_Result http_send(struct MHD_Connection *connection, struct answer *answer,
                          const struct send_context *context)
{
    bool coded;
    struct MHD_Response *r = make_response(answer, context, &coded);
    if (r == NULL)
        return MHD_NO;
    if (answer->type != NULL)
        add(r, "Content-Type", answer->type);
    if (coded)
        add(r, "Content-Encoding", "gzip");
    add(r, "Vary",
        context->any_cors ? "Accept, Accept-Encoding, Origin" : "Accept, Accept-Encoding");
    add_caching(r, answer, coded || (answer->status == MHD_HTTP_NOT_MODIFIED && context->gzip));
    add_particular(r, answer);
    add_security(r, answer);
    add_cors(r, context, answer);
    if (context->close)
        add(r, "Connection", "close");
    enum MHD_Result rc = MHD_queue_response(connection, answer->status, r);
    MHD_destroy_response(r);
    return rc;
}
