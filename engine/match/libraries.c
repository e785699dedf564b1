#include "libraries.h"

#include <hs/hs.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

void libraries_describe(char *out, size_t size)
{
    char pcre2[64] = "";
    const char *hs = hs_version();
    uint32_t jit = 0;

    pcre2_config(PCRE2_CONFIG_VERSION,
                 pcre2); /* "10.42 2022-12-11": 24 bytes at most, says its manual */
    pcre2_config(PCRE2_CONFIG_JIT, &jit);
    snprintf(out, size, "hyperscan %.*s%s, PCRE2 %.*s%s", (int)strcspn(hs, " "), hs,
             hs_valid_platform() == HS_SUCCESS ? "" : " (unusable on this machine)",
             (int)strcspn(pcre2, " "), pcre2, jit != 0 ? " with JIT" : "");
}
