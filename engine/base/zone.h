/* zone.h: IANA time zones, safe to use from many threads at once.
 *
 * glibc's localtime obeys one zone per process, so the TZif files of the system (RFC 8536, package
 * tzdata) are read here: those below $TZDIR, else /usr/share/zoneinfo.  Times after a file's last
 * change of clocks follow the rule in its footer (zone_rule.h), times before the first one its
 * first local time type.  A zone is immutable once opened.  Instants are meant for years 1 to 9999;
 * any other value is taken for one some 30,000 years away.
 */
#ifndef SCROLLBACK_ZONE_H
#define SCROLLBACK_ZONE_H

#include "vocabulary.h"

struct zone;

/* zone_open(name, out, err): Open "Europe/Berlin", "UTC", ...  Names are checked (letters, digits,
 * '_', '+', '-', '/', no "..", at most 64 bytes) before a file is touched.  "UTC" never needs a
 * file.  *${out} is the caller's to zone_close().  Return 0, or -1 with ERROR_INVALID_PARAMETER
 * (unknown zone or a damaged file; the caller names the parameter) or ERROR_NO_MEMORY in ${err}. */
int zone_open(struct span name, struct zone **out, struct error *err);
void zone_close(struct zone *z); /* NULL does nothing */

/* zone_offset(z, utc_ms): Seconds to add to UTC for the local time at that instant. */
int32_t zone_offset(const struct zone *z, int64_t utc_ms);

/* zone_local_to_utc(z, local_ms): The instant at which ${z}'s clocks show ${local_ms} (counted as
 * if it were UTC).  In a gap: the instant of the jump; where it occurs twice: the first. */
int64_t zone_local_to_utc(const struct zone *z, int64_t local_ms);

/* zone_day(z, utc_ms): Local calendar day as days since 1970-01-01.  zone_hour: 0-23. */
int64_t zone_day(const struct zone *z, int64_t utc_ms);
int zone_hour(const struct zone *z, int64_t utc_ms);

/* zone_day_start(z, day): The first instant of that local day, in ms UTC. */
int64_t zone_day_start(const struct zone *z, int64_t day);

#endif
