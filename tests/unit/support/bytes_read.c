#include "bytes_read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

uint64_t bytes_read(void)
{
    unsigned long long n = 0;
    FILE *f = fopen("/proc/thread-self/io", "r");
    if (f == NULL)
        skip();
    assert_int_equal(fscanf(f, "rchar: %llu", &n), 1);
    (void)fclose(f);
    return n;
}
