/* scarce.h: Memory that runs out at a chosen moment.
 *
 * All calls of malloc, calloc, realloc and aligned_alloc from objects that are linked into a test program
 * (not those from shared libraries) are counted, and those of opendir, fdopendir and readdir, which need memory
 * of the library's or the kernel's; see the linker's option --wrap in tests/unit/CMakeLists.txt. */
#ifndef SCROLLBACK_SCARCE_H
#define SCROLLBACK_SCARCE_H

#include <stdbool.h>

/* scarce_begin(n): The ${n}-th allocation of this thread from now, counted from 1, fails, and all
 * after it, until scarce_end(), which returns whether any did.
 * scarce_once(n): The same, but no other fails after it: what goes on must have lost nothing. */
void scarce_begin(unsigned n);
void scarce_once(unsigned n);
bool scarce_end(void);

/* scarce_count(): How many allocations this thread has asked for since it began. */
unsigned long scarce_count(void);

#endif
