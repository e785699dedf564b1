#include "source_compare.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define COMPARE_CHUNK (1u << 20)

/* Hash ${n} bytes of ${fd} from where it stands.  Return whether there were so many. */
static bool hash_bytes(char *chunk, int fd, XXH3_state_t *state, uint64_t n)
{
    while (n > 0) {
        ssize_t got = read(fd, chunk, n < COMPARE_CHUNK ? (size_t)n : COMPARE_CHUNK);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        XXH3_64bits_update(state, chunk, (size_t)got);
        n -= (uint64_t)got;
    }
    return true;
}

static enum compared compare_open(char *chunk, int fd, const struct catalog_entry *e,
                                  XXH3_state_t *hash)
{
    XXH3_state_t *tail = NULL;
    enum compared result = COMPARED_OTHER;
    XXH3_64bits_reset(hash);
    if (!hash_bytes(chunk, fd, hash, e->solid_end) || XXH3_64bits_digest(hash) != e->solid_hash)
        return COMPARED_OTHER;
    result = COMPARED_GREW;
    tail = XXH3_createState();
    if (e->source.size == e->read_end && tail != NULL) {
        uint64_t n = e->read_end - e->solid_end;
        XXH3_64bits_reset(tail);
        if (n == 0 || (hash_bytes(chunk, fd, tail, n) && XXH3_64bits_digest(tail) == e->loose_hash))
            result = COMPARED_SAME;
    }
    XXH3_freeState(tail);
    return result;
}

enum compared source_compare(char **chunk, const struct catalog_entry *e, XXH3_state_t *hash)
{
    if (e->source.size < e->solid_end)
        return COMPARED_OTHER;
    if (*chunk == NULL && (*chunk = malloc(COMPARE_CHUNK)) == NULL)
        return COMPARED_OTHER;
    int fd = source_open(e->source.path.ptr, NULL);
    if (fd < 0)
        return COMPARED_OTHER;
    enum compared result = compare_open(*chunk, fd, e, hash);
    close(fd);
    return result;
}
