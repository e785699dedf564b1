/* json_base.h: The kernels of json.h with what every machine of the architecture has: SSE2 or
 * NEON. */
#ifndef SCROLLBACK_JSON_BASE_H
#define SCROLLBACK_JSON_BASE_H

#include "json.h"

#if defined(__x86_64__) || defined(__aarch64__)
extern const struct json_kernels json_base_simd;
#endif

#endif
