/* bytes_read.h: What the calling thread has asked the system for. */
#ifndef SCROLLBACK_BYTES_READ_H
#define SCROLLBACK_BYTES_READ_H

#include <stdint.h>

/* bytes_read(): Bytes that its reads have returned so far.  Skips the test where the kernel does not tell. */
uint64_t bytes_read(void);

#endif
