/* vector.h: Growing the arrays that a worker keeps from record to record. */
#ifndef SCROLLBACK_VECTOR_H
#define SCROLLBACK_VECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* vector_room(items, capacity, count, size): Make room for one more item of ${size} bytes behind
 * the ${count} in the array that ${items} points to.  0, or -1 without memory; nothing changes
 * then. */
static inline int vector_room(void *items, size_t *capacity, size_t count, size_t size)
{
    if (count < *capacity)
        return 0;
    size_t more = *capacity == 0 ? 32 : *capacity * 2;
    void *old;
    memcpy(&old, items, sizeof old); /* through a pointer to a pointer of any type */
    void *p = more > (size_t)-1 / 2 / size ? NULL : realloc(old, more * size);
    if (p == NULL)
        return -1;
    memcpy(items, &p, sizeof p);
    *capacity = more;
    return 0;
}

#endif
