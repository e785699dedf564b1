/* thread_count.h: How many threads this process has. */
#ifndef SCROLLBACK_THREAD_COUNT_H
#define SCROLLBACK_THREAD_COUNT_H

/* thread_count(): The calling one included; fails the running test if nobody can tell. */
unsigned thread_count(void);

#endif
