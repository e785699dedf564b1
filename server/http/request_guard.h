/* request_guard.h: Which requests are let in at all.
 *
 * Transcripts are private.  A page of any web site may send requests to a loopback port, by its own
 * name (DNS rebinding) or across origins, and a proxy in front may disagree with us about where
 * a request ends.  The checks run in this order, before anything else looks at a request: framing,
 * Host, Origin and Sec-Fetch-Site, token, rate.
 *
 * Nothing here knows the HTTP library: the head of the request is handed in as plain data.
 */
#ifndef SCROLLBACK_REQUEST_GUARD_H
#define SCROLLBACK_REQUEST_GUARD_H

#include "bytes.h"
#include "problem.h"
#include "vocabulary.h"

/* A header that must not be repeated: its last value and how often it came. */
struct head_field {
    struct span value; /* absent if count is 0 */
    unsigned count;
};

struct request_head {
    struct span target; /* the request target as it was sent */
    bool target_cut;    /* a NUL byte or a blank stands in it */
    bool is_http_1_0;
    struct span method;
    struct head_field host;
    struct head_field content_length;
    struct head_field transfer_encoding;
    struct head_field origin;
    struct head_field fetch_site;
    struct head_field fetch_mode;
    struct head_field fetch_dest;
    struct head_field authorization;
    struct head_field preflight; /* Access-Control-Request-Method */
    unsigned char client[16];    /* address, an IPv4 one mapped; all-zero for a Unix socket */
};

struct guard_config {
    const char *const *allowed_hosts; /* names without port */
    size_t allowed_host_count;
    const char *const *cors_origins; /* "https://board.example" */
    size_t cors_origin_count;
    const char *token;      /* NULL: none is asked for */
    double rate_per_second; /* per client; 0: no limit */
};

/* What is special about the route asked for. */
enum guard_pass {
    GUARD_NO_TOKEN = 1 << 0,   /* holds nothing private */
    GUARD_NAVIGATION = 1 << 1, /* the page: a link on another site may lead to it */
    GUARD_NO_RATE = 1 << 2     /* health checks */
};

struct request_guard;

/* request_guard_new(config, out): ${config}'s strings must outlive the guard.  Return 0, or -1
 * without memory. */
int request_guard_new(const struct guard_config *config, struct request_guard **out);
void request_guard_free(struct request_guard *g); /* NULL does nothing */

/* request_guard_framing(head, path, problem): Check that the request has one meaning, and write its
 * decoded path to ${path}.  Return 0, or -1 with ${problem}. */
int request_guard_framing(const struct request_head *head, struct bytes *path,
                          struct problem *problem);

/* request_guard_check(g, head, pass, now_ns, problem): All other checks, for a route with
 * the mask ${pass} of enum guard_pass.  Any thread.  Return 0, or -1 with ${problem}. */
int request_guard_check(struct request_guard *g, const struct request_head *head, unsigned pass,
                        uint64_t now_ns, struct problem *problem);

/* request_guard_cors(g, head): The origin to name in Access-Control-Allow-Origin, or NULL. */
const char *request_guard_cors(const struct request_guard *g, const struct request_head *head);

#endif
