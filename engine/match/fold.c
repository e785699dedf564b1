#include "fold.h"

#include "code_point.h"
#include "fold_table.h"

#include <assert.h>
#include <pthread.h>
#include <stdalign.h>
#include <stddef.h>
#include <utf8proc.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* No character above the first two planes has case; the unit test asks PCRE2 about all of them. */
#define FOLD_LIMIT UINT32_C(0x20000)
#define KELVIN UINT32_C(0x212A)
#define LONG_S UINT32_C(0x017F)

/* representative[cp] and next[cp] are 0 where cp is alone; else next is a ring through the class.
 * pairs: fold_table.h. They are written once below once_build and only read after it.  Pages never
 * written cost nothing. */
static uint32_t representative[FOLD_LIMIT];
static uint32_t next[FOLD_LIMIT];
static uint64_t pairs[64];
static pthread_once_t once_build = PTHREAD_ONCE_INIT;

/* What the construction needs: the question to PCRE2, compiled.  It lives in a buffer of
 * its own and so needs no memory: classes that were left out once would be missing in all queries
 * and in all that is saved. */
struct oracle {
    pcre2_general_context *memory;
    pcre2_code *code;
    pcre2_match_data *data;
};

#define ORACLE_BYTES (UINT32_C(64) << 10) /* PCRE2 10.42 takes 20,880 of them */

static alignas(max_align_t) char oracle_room[ORACLE_BYTES];
static size_t oracle_used;

static void *oracle_malloc(size_t size, void *arg)
{
    (void)arg;
    size_t rounded =
        (size + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
    if (size > ORACLE_BYTES || rounded > ORACLE_BYTES - oracle_used)
        return NULL;
    oracle_used += rounded;
    return oracle_room + oracle_used - rounded;
}

static void oracle_free(void *p, void *arg)
{
    (void)p;
    (void)arg;
}

static void oracle_open(struct oracle *o)
{
    int code;
    size_t offset;
    o->memory = pcre2_general_context_create(oracle_malloc, oracle_free, NULL);
    assert(o->memory != NULL);
    pcre2_compile_context *how = pcre2_compile_context_create(o->memory);
    assert(how != NULL);
    o->code = pcre2_compile((PCRE2_SPTR) "(.)\\1", PCRE2_ZERO_TERMINATED,
                            PCRE2_UTF | PCRE2_CASELESS | PCRE2_DOTALL | PCRE2_ANCHORED, &code,
                            &offset, how);
    assert(o->code != NULL); /* else PCRE2 was built without Unicode */
    o->data = pcre2_match_data_create(2, o->memory);
    assert(o->data != NULL);
}

static bool oracle_equal(const struct oracle *o, uint32_t a, uint32_t b)
{
    char text[8];
    size_t n = code_point_write(a, text);
    n += code_point_write(b, text + n);
    int rc = pcre2_match(o->code, (PCRE2_SPTR)text, n, 0, PCRE2_NO_UTF_CHECK, o->data, NULL);
    assert(rc > 0 || rc == PCRE2_ERROR_NOMATCH);
    return rc > 0;
}

static bool in_class(uint32_t a, uint32_t b)
{
    uint32_t c = a;
    do {
        if (c == b)
            return true;
        c = next[c];
    } while (c != a && c != 0);
    return false;
}

/* Join the classes of two characters, if PCRE2 says that they are the same. */
static void join(const struct oracle *o, uint32_t a, uint32_t b)
{
    if (a == b || b == 0 || b >= FOLD_LIMIT || in_class(a, b) || !oracle_equal(o, a, b))
        return;
    uint32_t after_a = next[a] == 0 ? a : next[a];
    uint32_t after_b = next[b] == 0 ? b : next[b];
    next[a] = after_b;
    next[b] = after_a;
}

static bool is_small(uint32_t cp)
{
    return (uint32_t)utf8proc_tolower((utf8proc_int32_t)cp) == cp;
}

static bool better(uint32_t a, uint32_t b)
{
    char scratch[4];
    size_t la = code_point_write(a, scratch), lb = code_point_write(b, scratch);
    if (la != lb)
        return la < lb;
    if (is_small(a) != is_small(b))
        return is_small(a);
    return a < b;
}

static void elect(uint32_t first)
{
    uint32_t best = first;
    unsigned count = 0;
    for (uint32_t c = next[first]; c != first; c = next[c]) {
        if (better(c, best))
            best = c;
        count++;
    }
    assert(count < FOLD_CLASS_MAX);
    for (uint32_t c = next[first]; c != first; c = next[c])
        representative[c] = best;
    representative[first] = best;
}

static void note_pair(uint32_t cp)
{
    char bytes[4];
    if (code_point_write(cp, bytes) > 1)
        pairs[(unsigned char)bytes[0] - 0xC0u] |= UINT64_C(1) << ((unsigned char)bytes[1] & 63u);
}

/* The partner that case folding in the Unicode sense proposes, 0 if it is not one code point. */
static uint32_t full_fold(uint32_t cp)
{
    utf8proc_int32_t out[4];
    int class = 0;
    utf8proc_ssize_t n =
        utf8proc_decompose_char((utf8proc_int32_t)cp, out, 4, UTF8PROC_CASEFOLD, &class);
    return n == 1 ? (uint32_t)out[0] : 0;
}

static void build(void)
{
    struct oracle o;
    oracle_open(&o);
    for (uint32_t cp = 1; cp < FOLD_LIMIT; cp++) {
        if (cp >= 0xD800 && cp < 0xE000)
            continue;
        utf8proc_int32_t c = (utf8proc_int32_t)cp;
        join(&o, cp, (uint32_t)utf8proc_tolower(c));
        join(&o, cp, (uint32_t)utf8proc_toupper(c));
        join(&o, cp, (uint32_t)utf8proc_totitle(c));
        join(&o, cp, full_fold(cp));
    }
    for (uint32_t cp = 1; cp < FOLD_LIMIT; cp++) {
        if (next[cp] == 0)
            continue;
        note_pair(cp);
        if (representative[cp] == 0)
            elect(cp);
    }
}

uint32_t fold_code_point(uint32_t cp)
{
    if (cp < 0x80)
        return cp >= 'A' && cp <= 'Z' ? cp | 0x20u : cp;
    if (cp >= FOLD_LIMIT)
        return cp;
    pthread_once(&once_build, build);
    return representative[cp] != 0 ? representative[cp] : cp;
}

static unsigned ascii_class(uint32_t cp, uint32_t out[FOLD_CLASS_MAX])
{
    uint32_t small = cp | 0x20u;
    if (small < 'a' || small > 'z') {
        out[0] = cp;
        return 1;
    }
    unsigned n = 0;
    out[n++] = small;
    out[n++] = small ^ 0x20u;
    if (small == 'k')
        out[n++] = KELVIN;
    if (small == 's')
        out[n++] = LONG_S;
    return n;
}

unsigned fold_class(uint32_t cp, uint32_t out[FOLD_CLASS_MAX])
{
    uint32_t first = cp < 0x80 ? cp : fold_code_point(cp);
    if (first < 0x80)
        return ascii_class(first, out);
    unsigned n = 0;
    out[n++] = first;
    if (first < FOLD_LIMIT && next[first] != 0)
        for (uint32_t c = next[first]; c != first; c = next[c])
            out[n++] = c;
    return n;
}

const uint64_t *fold_table_pairs(void)
{
    pthread_once(&once_build, build);
    return pairs;
}
