/* request.h: One request on its way through the service.
 *
 * Belongs to one thread at a time: the HTTP library's until it is handed to a lane, the lane's until
 * the job finishes, the library's again while the answer is sent.
 */
#ifndef SCROLLBACK_REQUEST_H
#define SCROLLBACK_REQUEST_H

#include "answer.h"
#include "jobs.h"
#include "params.h"
#include "problem.h"
#include "vocabulary.h"

struct service;
struct request;

enum method { METHOD_GET = 1, METHOD_HEAD = 2, METHOD_POST = 4, METHOD_OPTIONS = 8 };

/* Where a route's work is done. */
enum route_place {
    PLACE_HERE, /* at once, in the HTTP library's thread: microseconds, nobody waited for */
    PLACE_LANE  /* in a lane, chosen by the strategy asked for */
};

/* One line of the table of routes; constant. */
struct route {
    const char *path;    /* "/sessions/{id}/messages": {…} stands for one non-empty segment */
    unsigned methods;    /* GET, or GET and POST; HEAD and OPTIONS are implied */
    unsigned guard_pass; /* enum guard_pass */
    enum route_place place;
    const struct param_spec *specs;
    const size_t *spec_count; /* NULL: no parameters */
    /* Offered media types, NULL-terminated, in the order of the parameter format's words. */
    const char *const *types;
    void (*run)(struct request *r); /* fill r->answer, or r->problem */
};

struct request {
    struct service *service;
    const struct route *route;
    unsigned method;
    struct bytes path;      /* decoded */
    struct span path_value; /* what stands for {…}, in path */
    struct bytes body;      /* of a POST */
    struct params params;
    unsigned type; /* index in the route's types */
    bool gzip;     /* the client takes compressed replies */
    struct span if_none_match;
    uint64_t arrived_ns; /* monotonic */
    struct span last_event_id;
    enum lane lane;
    struct job job;
    struct answer answer;
    struct problem problem;
};

/* request_queue_ms(r): How long it waited for its lane. */
static inline double request_queue_ms(const struct request *r)
{
    return r->job.started_ns <= r->job.submitted_ns
               ? 0
               : (double)(r->job.started_ns - r->job.submitted_ns) / 1e6;
}

#endif
