/* routes_tail.h: GET /tail: new messages as they land, as NDJSON or server-sent events.
 *
 * A line {"type":"message", …} a message; an empty line (or a comment) at the beginning and each 15
 * seconds; {"type":"end"} when the service stops, {"type":"error", …} when it fails.  Server-sent events
 * carry an id after which Last-Event-ID goes on; it stands with the last of the messages that were found
 * together, so that nothing is lost when the connection breaks between them.
 */
#ifndef SCROLLBACK_ROUTES_TAIL_H
#define SCROLLBACK_ROUTES_TAIL_H

#include "request.h"

extern const struct param_spec tail_param_specs[];
extern const size_t tail_param_count;
extern const char *const routes_tail_types[];

/* routes_tail_run(r): Begin the stream. */
void routes_tail_run(struct request *r);

#endif
