/* exchange.h: One request and its reply, between the HTTP library and the routes.
 *
 * The library calls back three times for a request: with its head, with pieces of its body, and when all
 * of it is there.  The first call checks (request_guard.h), the last one answers, at once or by way
 * of a lane (exchange_work.h).  All functions run in the library's thread of the connection.
 */
#ifndef SCROLLBACK_EXCHANGE_H
#define SCROLLBACK_EXCHANGE_H

#include "connections.h"
#include "parking.h"
#include "request.h"

#include <microhttpd.h>

enum stage { STAGE_HEAD, STAGE_BODY, STAGE_WORK, STAGE_SENT };

struct exchange {
    struct request request;
    struct MHD_Connection *connection;
    struct connection *place; /* may be NULL */
    enum stage stage;
    struct span target; /* as sent; owned */
    const char *target_at;
    const char *cors_origin;
    struct parked parked;
    size_t streamed; /* bytes of the answer's body that the library has taken */
    bool preflight;
    bool body_too_long;
    bool must_close; /* after a refusal: more of the request may follow */
};

/* exchange_new(service, connection, place, target): ${target} is the request target in the library's
 * memory.  NULL without memory.  exchange_free(x): the request is over; NULL does nothing. */
struct exchange *exchange_new(struct service *service, struct MHD_Connection *connection,
                              struct connection *place, const char *target);
void exchange_free(struct exchange *x);

/* exchange_call(x, method, version, data, size): What the library's access handler does. */
enum MHD_Result exchange_call(struct exchange *x, const char *method, const char *version,
                              const char *data, size_t *size);

/* exchange_socket(connection): The client's socket, -1 if unknown. */
int exchange_socket(struct MHD_Connection *connection);

#endif
