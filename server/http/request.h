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
#include "route.h"
#include "vocabulary.h"

struct service;

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
