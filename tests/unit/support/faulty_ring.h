/* faulty_ring.h: io_uring as it may behave elsewhere, or on a bad day.
 *
 * All calls of ring_read() and ring_next() from objects that are linked into a test program pass through here
 * (the linker's option --wrap, see tests/unit/CMakeLists.txt), and on to ring.h as long as no fault was asked
 * for.  One ring at a time, by one thread, while a fault is asked for. */
#ifndef SCROLLBACK_FAULTY_RING_H
#define SCROLLBACK_FAULTY_RING_H

/* faulty_ring_refuse(number): From now on every read ends with this error number; 0: no more. */
void faulty_ring_refuse(int number);

/* faulty_ring_break(n): The ${n}-th call of ring_next() from now, counted from 1, and all after it find
 * the ring broken; 0: no more. */
void faulty_ring_break(unsigned n);

/* faulty_ring_write_late(): Reads that a broken ring still has under way write to their buffers now.
 * Return how many there are. */
unsigned faulty_ring_write_late(void);

#endif
