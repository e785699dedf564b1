/* filter.h: Is a filter true of a message's fields?
 *
 * Each function answers for one field, so that the index can ask once for each distinct value of a
 * column instead of once a message.  All are pure; any thread.
 */
#ifndef SCROLLBACK_FILTER_H
#define SCROLLBACK_FILTER_H

#include "query.h"

/* filter_text(f, value): For tool (one name), project, session, branch, model, agent (absent: main
 * thread) and file (one path): whether any value of ${f} fits ${value}. Rules: tool exact or with
 * '*'; project an exact path, a path above it, or one path component; session exact or prefix; branch exact;
 * model substring, ASCII case ignored; file exact, suffix at a '/', or glob; agent "only" (any), "none" (absent) or an id. */
bool filter_text(const struct filter *f, struct span value);

/* filter_bits(f, role, kind, flags): For role, kind, is, has. */
bool filter_bits(const struct filter *f, enum role role, enum kind kind, unsigned flags);

/* filter_time(f, time_ms): For since, until. */
bool filter_time(const struct filter *f, int64_t time_ms);

/* filter_parts(f, parts): For part without text terms: such a part exists. */
bool filter_parts(const struct filter *f, unsigned parts);

/* filter_id(f, uuid, session): For id. ASCII case is ignored. */
bool filter_id(const struct filter *f, struct span uuid, struct span session);

/* filter_glob(pattern, value): '*' stands for any run of bytes (also '/'), '?' for one byte; linear time. */
bool filter_glob(struct span pattern, struct span value);

#endif
