/* usage.h: The tokens that an API response reports. */
#ifndef SCROLLBACK_USAGE_H
#define SCROLLBACK_USAGE_H

#include "body.h"
#include "message.h"

/* usage_read(e, u): Read the usage object; return whether it is one.  Numbers may be spelled as
 * strings; fractions are cut, negative and unreadable ones are 0, those above 10^15 are 10^15.
 * Cache writes that no tier accounts for are counted as 5m. */
bool usage_read(const struct json_extent *e, struct usage *u);

#endif
