#include "regex_scan.h"

#include "regex_bytes.h"
#include "span.h"

#include <hs/hs.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define KEEP_COUNT 64
#define KEEP_BYTES ((size_t)4 << 20)
#define SCRATCH_KNOWN 8

/* A compiled pattern.  All fields but the links and users are constant. */
struct regex_scan {
    hs_database_t *database;
    size_t size;
    struct span pattern; /* owned */
    /* The list of all kept ones, by last use; guarded by cache.lock, as what follows. */
    struct regex_scan *newer;
    struct regex_scan *older;
    unsigned users;
    bool kept;
};

static struct {
    pthread_mutex_t lock;
    struct regex_scan *newest;
    struct regex_scan *oldest;
    unsigned count;
    size_t bytes;
} cache = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct regex_scan_scratch {
    hs_scratch_t *scratch;
    const hs_database_t *known[SCRATCH_KNOWN]; /* it is large enough for these */
    unsigned next;
};

static void destroy(struct regex_scan *x)
{
    hs_free_database(x->database);
    free((char *)(uintptr_t)x->pattern.ptr);
    free(x);
}

/* The list's own operations; the caller holds the lock. */
static void unlink_scan(struct regex_scan *x)
{
    *(x->newer != NULL ? &x->newer->older : &cache.newest) = x->older;
    *(x->older != NULL ? &x->older->newer : &cache.oldest) = x->newer;
    x->newer = x->older = NULL;
    x->kept = false;
    cache.count--;
    cache.bytes -= x->size;
}

static void link_newest(struct regex_scan *x)
{
    x->newer = NULL;
    x->older = cache.newest;
    *(cache.newest != NULL ? &cache.newest->newer : &cache.oldest) = x;
    cache.newest = x;
    x->kept = true;
    cache.count++;
    cache.bytes += x->size;
}

/* Drop the oldest until the rest fits; who still uses one frees it. */
static void evict(unsigned count, size_t bytes)
{
    while (cache.oldest != NULL && (cache.count > count || cache.bytes > bytes)) {
        struct regex_scan *x = cache.oldest;
        unlink_scan(x); /* NOLINT(clang-analyzer-unix.Malloc): what is freed is off the list */
        if (x->users == 0)
            destroy(x);
    }
}

struct regex_scan *regex_scan_find(struct span pattern)
{
    struct regex_scan *x;
    pthread_mutex_lock(&cache.lock);
    for (x = cache.newest; x != NULL; x = x->older)
        if (span_equal(x->pattern, pattern)) {
            unlink_scan(x);
            link_newest(x);
            x->users++;
            break;
        }
    pthread_mutex_unlock(&cache.lock);
    return x;
}

/* ${pattern} ends with a NUL byte that its length counts. */
static struct regex_scan *compile(struct span pattern)
{
    hs_compile_error_t *error = NULL;
    struct regex_scan *x = calloc(1, sizeof(*x));
    char *copy = malloc(pattern.len);
    if (x == NULL || copy == NULL)
        goto fail;
    memcpy(copy, pattern.ptr, pattern.len);
    x->pattern = (struct span){copy, pattern.len};
    if (hs_compile(copy, HS_FLAG_DOTALL | HS_FLAG_SINGLEMATCH, HS_MODE_BLOCK, NULL, &x->database,
                   &error) != HS_SUCCESS) {
        hs_free_compile_error(error);
        goto fail;
    }
    if (hs_database_size(x->database, &x->size) != HS_SUCCESS || x->size > KEEP_BYTES) {
        hs_free_database(x->database);
        goto fail;
    }
    x->users = 1;
    return x;
fail:
    free(copy);
    free(x);
    return NULL;
}

bool regex_scan_spell(const struct syntax *s, struct buf *out)
{
    return hs_valid_platform() == HS_SUCCESS && regex_bytes_spell(s, out) &&
           buf_append_byte(out, 0) == 0;
}

struct regex_scan *regex_scan_new(struct span pattern)
{
    struct regex_scan *x = regex_scan_find(pattern);
    if (x != NULL)
        return x;
    /* Outside the lock: two threads may compile the same pattern; both results are right. */
    x = compile(pattern);
    if (x != NULL) {
        pthread_mutex_lock(&cache.lock);
        link_newest(x);
        evict(KEEP_COUNT, KEEP_BYTES);
        pthread_mutex_unlock(&cache.lock);
    }
    return x;
}

void regex_scan_free(struct regex_scan *x)
{
    if (x == NULL)
        return;
    pthread_mutex_lock(&cache.lock);
    bool last = --x->users == 0 && !x->kept;
    pthread_mutex_unlock(&cache.lock);
    if (last)
        destroy(x);
}

void regex_scan_cache_clear(void)
{
    pthread_mutex_lock(&cache.lock);
    evict(0, 0);
    pthread_mutex_unlock(&cache.lock);
}

struct regex_scan_scratch *regex_scan_scratch_new(void)
{
    return calloc(1, sizeof(struct regex_scan_scratch));
}

void regex_scan_scratch_free(struct regex_scan_scratch *s)
{
    if (s == NULL)
        return;
    hs_free_scratch(s->scratch);
    free(s);
}

/* Make the scratch large enough; cheap for the patterns it was last used with.  A database may be
 * freed and another take its address, but not while a matcher that uses this scratch lives. */
static bool prepare(const struct regex_scan *x, struct regex_scan_scratch *s)
{
    for (unsigned i = 0; i < SCRATCH_KNOWN; i++)
        if (s->known[i] == x->database)
            return true;
    if (hs_alloc_scratch(x->database, &s->scratch) != HS_SUCCESS)
        return false;
    s->known[s->next++ % SCRATCH_KNOWN] = x->database;
    return true;
}

static int stop_at_first(unsigned id, unsigned long long from, unsigned long long to,
                         unsigned flags, void *arg)
{
    (void)id;
    (void)from;
    (void)to;
    (void)flags;
    (void)arg;
    return 1;
}

int regex_scan_test(const struct regex_scan *x, struct regex_scan_scratch *s, struct span text)
{
    if (text.len == 0)
        return 0;
    if (text.len > UINT_MAX || !prepare(x, s))
        return -1;
    hs_error_t rc =
        hs_scan(x->database, text.ptr, (unsigned)text.len, 0, s->scratch, stop_at_first, NULL);
    return rc == HS_SUCCESS ? 0 : rc == HS_SCAN_TERMINATED ? 1 : -1;
}
