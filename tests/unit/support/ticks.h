/* ticks.h: How often the clock was read.
 *
 * All calls of clock_monotonic_ns() from other objects than its own are counted; see the linker's option
 * --wrap in tests/unit/CMakeLists.txt. */
#ifndef SCROLLBACK_TICKS_H
#define SCROLLBACK_TICKS_H

/* ticks_count(): How often this thread has read the clock since it began. */
unsigned long ticks_count(void);

#endif
