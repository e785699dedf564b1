/* filter.h: Is a filter true of a message's fields?
 *
 * Each function answers for one field, so that the index can ask once for each distinct value of a
 * column instead of once a message.  All are pure; any thread.  Values are mended UTF-8.
 */
#ifndef SCROLLBACK_FILTER_H
#define SCROLLBACK_FILTER_H

#include "query.h"

/* filter_text(f, value): For tool (one name), project, session, branch, model, agent (absent: main
 * thread) and file (one path): whether any value of ${f} fits ${value}.  An absent ${value} fits only
 * agent:none.
 *   tool     exact, or with '*' for any run of bytes
 *   project  the path, a path above it, or one of its components; a '/' at the end does not count
 *   session  exact, or a prefix unless it is known to be whole
 *   branch   exact
 *   model    substring, ASCII case ignored
 *   file     exact; a suffix that begins after a '/'; or, with '*' or '?', a glob over the whole path
 *   agent    "only": any agent, "none": the main thread, else an agent's id */
bool filter_text(const struct filter *f, struct span value);

/* filter_bits(f, role, kind, flags): For role, kind, is, has. */
bool filter_bits(const struct filter *f, enum role role, enum kind kind, unsigned flags);

/* filter_time(f, time_ms): For since, until. */
bool filter_time(const struct filter *f, int64_t time_ms);

/* filter_parts(f, parts): For part without text terms: such a part exists. */
bool filter_parts(const struct filter *f, unsigned parts);

/* filter_id(f, uuid, session): For id: it is either of the two.  ASCII case is ignored. */
bool filter_id(const struct filter *f, struct span uuid, struct span session);

/* filter_glob(pattern, value): '*' stands for any run of bytes (also '/'), '?' for one code point.
 * No backtracking: linear time, but for stretches with a '?' between two '*', which cost up to
 * their length times that of the value. */
bool filter_glob(struct span pattern, struct span value);

#endif
