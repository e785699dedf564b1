#include "scarce.h"

#include <dirent.h>
#include <errno.h>
#include <stddef.h>

/* The names are the linker's. */
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__real_aligned_alloc(size_t alignment, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_aligned_alloc(size_t alignment, size_t n);
DIR *__real_opendir(const char *path);
DIR *__real_fdopendir(int fd);
struct dirent *__real_readdir(DIR *dir);
DIR *__wrap_opendir(const char *path);
DIR *__wrap_fdopendir(int fd);
struct dirent *__wrap_readdir(DIR *dir);

static _Thread_local unsigned left; /* 0: plenty, for ever */
static _Thread_local bool once;     /* plenty again, after the one that failed */
static _Thread_local bool failed;
static _Thread_local unsigned long asked;

static bool is_refused(void)
{
    asked++;
    if (left == 0)
        return false;
    if (left > 1) {
        left--;
        return false;
    }
    failed = true;
    errno = ENOMEM; /* as the real ones do */
    if (once)
        left = 0;
    return true;
}

void *__wrap_malloc(size_t n)
{
    return is_refused() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return is_refused() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
    return is_refused() ? NULL : __real_realloc(p, n);
}

void *__wrap_aligned_alloc(size_t alignment, size_t n)
{
    return is_refused() ? NULL : __real_aligned_alloc(alignment, n);
}

DIR *__wrap_opendir(const char *path)
{
    return is_refused() ? NULL : __real_opendir(path);
}

DIR *__wrap_fdopendir(int fd)
{
    return is_refused() ? NULL : __real_fdopendir(fd);
}

struct dirent *__wrap_readdir(DIR *dir)
{
    return is_refused() ? NULL : __real_readdir(dir);
}

void scarce_begin(unsigned n)
{
    left = n;
    once = false;
    failed = false;
}

void scarce_once(unsigned n)
{
    scarce_begin(n);
    once = true;
}

bool scarce_end(void)
{
    left = 0;
    return failed;
}

unsigned long scarce_count(void)
{
    return asked;
}
