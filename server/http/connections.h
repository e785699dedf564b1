/* connections.h: Who is connected, and a reaper for those that only hold a place.
 *
 * The HTTP library's timeout counts idle time, so a client that sends one byte now and then keeps its
 * connection for ever.  Every connection is therefore given until a moment that depends on what it
 * is doing, and shut down when that has passed; the library then sees the end and cleans up.  When
 * places become scarce, connections without a request get less time.  A client that has closed its side
 * while a request of it is awaited is let go at once: the library does not always see that.
 */
#ifndef SCROLLBACK_CONNECTIONS_H
#define SCROLLBACK_CONNECTIONS_H

#include <stdbool.h>
#include <stdint.h>

enum connection_phase {
    CONNECTION_FIRST, /* waiting for the head of the first request */
    CONNECTION_BODY,  /* reading the body of a request */
    CONNECTION_WORK,  /* a request is being answered: not our business */
    CONNECTION_IDLE,  /* kept alive, waiting for the next request */
    CONNECTION_PHASES
};

struct connections;
struct connection;

/* connections_new(limit): ${limit} is how many the HTTP library admits.  NULL without memory or
 * thread. */
struct connections *connections_new(unsigned limit);

/* connections_free(c): No connection may be left.  NULL does nothing. */
void connections_free(struct connections *c);

/* connections_add(c, fd): A new connection, in CONNECTION_FIRST; NULL without memory (then it is not
 * watched).  connections_remove(c, n): it is about to be closed; NULL does nothing. */
struct connection *connections_add(struct connections *c, int fd);
void connections_remove(struct connections *c, struct connection *n);

/* connections_enter(n, phase): What it does from now on.  NULL does nothing. */
void connections_enter(struct connection *n, enum connection_phase phase);

#endif
