/* json_x86.h: The kernels of json.h for x86-64 with AVX2 or AVX-512 and carry-less multiplication, and
 * with VBMI2, which squeezes bytes out of a vector. */
#ifndef SCROLLBACK_JSON_X86_H
#define SCROLLBACK_JSON_X86_H

#include "json.h"

#if defined(__x86_64__)
extern const struct json_kernels json_x86_avx2;
extern const struct json_kernels json_x86_avx512;
extern const struct json_kernels json_x86_vbmi2;

/* Whether this machine can run them. */
bool json_x86_has_avx2(void);
bool json_x86_has_avx512(void);
bool json_x86_has_vbmi2(void);
#endif

#endif
