/* slice.h: Long work that nobody who has little to do waits for.
 *
 * The scheduler of Linux lets a thread that wakes go before one that runs if it asks for a shorter slice of
 * time (EEVDF with PREEMPT_SHORT, since 6.12; kernel/sched/fair.c).  So whoever computes for long asks for a longer
 * slice than others have: threads that answer short queries need not wait for it, nor do other programs.  Older
 * kernels take the wish and ignore it.
 */
#ifndef SCROLLBACK_SLICE_H
#define SCROLLBACK_SLICE_H

/* slice_lengthen(): The calling thread has SLICE_LONG_MS at a time until it calls slice_restore().  A second call
 * does nothing, nor does any where a thread may not ask or is not scheduled by shares of time.
 * slice_restore(): What it had before; nothing if that was not changed. */
#define SLICE_LONG_MS 20
void slice_lengthen(void);
void slice_restore(void);

#endif
