/* json_mask_set.h: What the kernels of json_masks.h want to know of 64 bytes, whatever reads them: bit i
 * stands for byte i. */
#ifndef SCROLLBACK_JSON_MASK_SET_H
#define SCROLLBACK_JSON_MASK_SET_H

#include <stdint.h>

struct masks {
    uint64_t quote;
    uint64_t backslash;
    uint64_t open;  /* { and [ */
    uint64_t close; /* } and ] */
    uint64_t high;  /* bytes above 7F */
};

#endif
