/* negotiate.h: Choosing a media type and a coding from what a client accepts (RFC 9110, 12.5).
 */
#ifndef SCROLLBACK_NEGOTIATE_H
#define SCROLLBACK_NEGOTIATE_H

#include "vocabulary.h"

/* negotiate_type(accept, offered): Index in the NULL-terminated ${offered} (the first is preferred
 * among equals) of the type that ${accept} likes best; 0 if the header is absent; -1 if none will
 * do.  An offered "*" "/" "*" stands for some type that is not known here, and suits any client. */
int negotiate_type(struct span accept, const char *const *offered);

/* negotiate_gzip(accept_encoding): May the reply be compressed? */
bool negotiate_gzip(struct span accept_encoding);

#endif
