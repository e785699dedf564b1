/* json_x86.h: The kernels of json.h for x86-64 with AVX2 and carry-less multiplication. */
#ifndef SCROLLBACK_JSON_X86_H
#define SCROLLBACK_JSON_X86_H

#include "json.h"

#if defined(__x86_64__)
extern const struct json_kernels json_x86_avx2;
bool json_x86_has_avx2(void); /* whether this machine can run them */
#endif

#endif
