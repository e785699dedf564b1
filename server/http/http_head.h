/* http_head.h: The head of a request, out of the HTTP library's hands. */
#ifndef SCROLLBACK_HTTP_HEAD_H
#define SCROLLBACK_HTTP_HEAD_H

#include "request_guard.h"

#include <microhttpd.h>

/* http_head_read(connection, version, method, target, head): Fill ${head} with spans that live as
 * long as the request.  ${target} is the copy made when the request line was read and ${target_at}
 * where it stood. */
void http_head_read(struct MHD_Connection *connection, const char *version, const char *method,
                    struct span target, const char *target_at, struct request_head *head);

/* http_head_field(connection, name): A header's value; absent if there is none. */
struct span http_head_field(struct MHD_Connection *connection, const char *name);

#endif
