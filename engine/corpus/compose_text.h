/* compose_text.h: The texts of a message: its pieces unescaped, mended and joined. */
#ifndef SCROLLBACK_COMPOSE_TEXT_H
#define SCROLLBACK_COMPOSE_TEXT_H

#include "compose.h"

/* compose_text(k, r, m, first): Fill m->part, m->parts and m->raw; ${first} becomes the first
 * block of PART_TEXT.  0, -1 without memory, 1 if a string is invalid. */
int compose_text(struct compose *k, struct record *r, struct message *m, struct span *first);

#endif
