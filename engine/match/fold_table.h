/* fold_table.h: What fold_text.c reads of fold.c's table. */
#ifndef SCROLLBACK_FOLD_TABLE_H
#define SCROLLBACK_FOLD_TABLE_H

#include <stdint.h>

/* fold_table_pairs(): Where characters with another case are: bit (second byte & 63) of element
 * (first byte - 0xC0) is set if one of the characters whose UTF-8 begins with these two bytes has
 * one.  64 elements. */
const uint64_t *fold_table_pairs(void);

#endif
