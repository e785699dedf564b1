/* routes_export.h: GET /sessions/{id}/export: a session to keep or to show to others.
 *
 * Streamed a page of messages at a time.  markdown and html show the thread and carry no active content:
 * html escapes every text and forbids everything in its own policy; markdown passes prose on only
 * where nothing in it could become HTML, a link or an image, and puts all else between fences.
 * jsonl is the source's lines as they stand, json an array of messages as /sessions/{id}/messages has
 * them.
 */
#ifndef SCROLLBACK_ROUTES_EXPORT_H
#define SCROLLBACK_ROUTES_EXPORT_H

#include "request.h"

extern const struct param_spec export_param_specs[];
extern const size_t export_param_count;
extern const char *const routes_export_types[];

/* routes_export_run(r): Begin the stream. */
void routes_export_run(struct request *r);

#endif
