/* http.h: The HTTP side: connections, threads, and the way of a request through the service.
 *
 * libmicrohttpd runs a pool of epoll threads.  Its callbacks never block: a request whose work takes
 * longer than microseconds is suspended, handed to a lane (jobs.h), resumed when its answer is
 * written.  What follows from the library's known faults (version 0.9.75):
 *  1. A thread of the pool stalls when exactly 128 events are ready: at most 120 connections a thread.
 *  2. Its timeout does not see a client that sends a byte now and then: connections.h reaps those.
 *  3. It does not notice that a client left while suspended: jobs.h polls the sockets.
 *  4. It accepts two lengths in one request: request_guard.h refuses.
 *  5. Stopping it with a suspended connection aborts: http_stop() ends all jobs first.
 *  6. Its threads may notice that they shall take no more connections before it has told all of them, and then it
 *     aborts: http.c gives it an epoll_ctl() that does not mind.  (With poll() it would not, but loses the reply to a
 *     client that has closed its side.)
 */
#ifndef SCROLLBACK_HTTP_H
#define SCROLLBACK_HTTP_H

#include "service.h"

struct http;

/* http_start(service, fd, out): Serve on the listening socket ${fd}, which now belongs to the
 * library.  Return 0, or -1 if it does not start. */
int http_start(struct service *service, int fd, struct http **out);

/* http_stop(http, grace_ms): Take no more connections, let running requests end within ${grace_ms},
 * then cancel them, answer, close and free.  The jobs of the service are closed.  NULL does
 * nothing. */
void http_stop(struct http *http, unsigned grace_ms);

#endif
