/* libraries.h: Which libraries do the matching, for people who report a fault.
 */
#ifndef SCROLLBACK_LIBRARIES_H
#define SCROLLBACK_LIBRARIES_H

#include <stddef.h>

/* libraries_describe(out, size): Write names and versions of those that are loaded, as one line, to
 * ${out}; cut off at ${size}. Any thread. */
void libraries_describe(char *out, size_t size);

#endif
