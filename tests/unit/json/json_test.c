#include "json.h"

#include "reader.h"
#include "span.h"
#include "unescape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

enum { SIZE = 600 };

/* Bytes that matter, more often than others. */
static char random_byte(unsigned *seed)
{
    static const char atoms[] = "\"\"\\\\{}[]nu:, x\xC3";
    unsigned r = (unsigned)rand_r(seed);
    return r % 5 == 0 ? (char)(r >> 8) : atoms[(r >> 8) % (sizeof atoms - 1)];
}

/* Every set of kernels does what the plain one does, at any alignment and whatever follows. */
static void kernels_agree(void **state)
{
    (void)state;
    size_t count;
    const struct json_kernels *const *all = json_kernels_all(&count);
    assert_true(count >= 1);
    unsigned seed = 11;
    char text[SIZE + READER_PADDING], plain[SIZE + UNESCAPE_ROOM], other[SIZE + UNESCAPE_ROOM];
    for (int round = 0; round < 30000; round++) {
        size_t len = (size_t)rand_r(&seed) % SIZE;
        for (size_t i = 0; i < sizeof text; i++)
            text[i] = round % 3 == 0 || rand_r(&seed) % 8 == 0 ? random_byte(&seed) : 'a';
        text[0] = '{';
        const char *end = text + len, *fail, *plain_fail;
        unsigned limit = 1 + (unsigned)rand_r(&seed) % 6;
        unsigned plain_flags = 0;
        const char *behind = (all[0]->skip)(text, end, limit, &plain_fail);
        const char *quote = all[0]->string_end(text, end, &plain_flags);
        struct span s = {text, quote == NULL ? len : (size_t)(quote - text)};
        size_t unescaped = all[0]->unescape(s, plain);
        for (size_t i = 1; i < count; i++) {
            unsigned flags = 0;
            assert_ptr_equal((all[i]->skip)(text, end, limit, &fail), behind);
            if (behind == NULL)
                assert_ptr_equal(fail, plain_fail);
            assert_ptr_equal(all[i]->string_end(text, end, &flags), quote);
            if (quote != NULL)
                assert_int_equal(flags, plain_flags);
            assert_int_equal(all[i]->unescape(s, other), unescaped);
            if (unescaped != UNESCAPE_INVALID)
                assert_memory_equal(plain, other, unescaped);
        }
    }
}

static int read_scalar(const char *text, size_t *used)
{
    struct json c = {.p = text, .end = text + strlen(text), .kernels = json_kernels_best()};
    int r = json_scalar(&c);
    *used = (size_t)(c.p - text);
    return r;
}

static void scalars_are_strict(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int result;
        size_t used;
    } cases[] = {
        {"true", 0, 4}, {"false,", 0, 5}, {"null", 0, 4}, {"0", 0, 1},  {"-0.5e+10 ", 0, 8},
        {"12E3", 0, 4}, {"01", 0, 1},     {"tru", -1, 0}, {"-", -1, 1}, {"1.", -1, 2},
        {"1e", -1, 2},  {".5", -1, 0},    {"NaN", -1, 0}, {"", -1, 0},  {"+1", -1, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t used;
        assert_int_equal(read_scalar(cases[i].text, &used), cases[i].result);
        if (cases[i].result == 0)
            assert_int_equal(used, cases[i].used);
    }
}

static void keys_are_compared_as_text(void **state)
{
    (void)state;
    struct json_string plain = {"type", 4, 0}, escaped = {"t\\u0079pe", 9, JSON_ESCAPED};
    struct json_string bad = {"t\\x", 3, JSON_ESCAPED};
    assert_true(json_key_is(&plain, SPAN("type")));
    assert_true(json_key_is(&escaped, SPAN("type")));
    assert_false(json_key_is(&plain, SPAN("typ")));
    assert_false(json_key_is(&escaped, SPAN("types")));
    assert_false(json_key_is(&bad, SPAN("t")));
}

/* Walk a document and print what is met: keys, strings, and + for anything skipped. */
static int walk(struct json *c, char *out, size_t *n)
{
    bool first = true, object = json_at(c, '{');
    struct json_string s;
    int r;
    if (!object && !json_at(c, '[')) {
        if (json_at(c, '"')) {
            if (json_string(c, &s) != 0)
                return -1;
            memcpy(out + *n, s.ptr, s.len);
            *n += s.len;
            return 0;
        }
        out[(*n)++] = '+';
        return json_skip(c);
    }
    if (json_enter(c) != 0)
        return -1;
    out[(*n)++] = '(';
    while ((r = object ? json_member(c, &first, &s) : json_item(c, &first)) == 1) {
        if (object) {
            memcpy(out + *n, s.ptr, s.len);
            *n += s.len;
            out[(*n)++] = '=';
        }
        if (walk(c, out, n) != 0)
            return -1;
    }
    out[(*n)++] = ')';
    return r;
}

static void walks(void **state)
{
    (void)state;
    static const struct {
        const char *text, *met; /* NULL: not JSON */
    } cases[] = {
        {"{}", "()"},
        {"{ \"a\" : 1 , \"b\" : [ ] }", "(a=+b=())"},
        {"[\"x\",{\"k\":\"v\"},true]", "(x(k=v)+)"},
        {"{\"a long key of more than sixteen\":\"\"}", "(a long key of more than sixteen=)"},
        {"{\"a\":1,}", NULL},
        {"{,}", NULL},
        {"[1,]", NULL},
        {"[1 2]", NULL},
        {"{\"a\" 1}", NULL},
        {"{\"a\":}", NULL},
        {"{a:1}", NULL},
        {"{\"a\":1", NULL},
        {"{\"a", NULL},
        {"[", NULL},
        {"{\"a\":1]", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[256], met[256];
        size_t len = strlen(cases[i].text), n = 0;
        memset(text, '"', sizeof text);
        memcpy(text, cases[i].text, len);
        struct json c = {.p = text, .end = text + len, .kernels = json_kernels_best()};
        int r = walk(&c, met, &n);
        assert_int_equal(r == 0, cases[i].met != NULL);
        if (r == 0) {
            assert_int_equal(c.depth, 0);
            assert_true(span_equal((struct span){met, n}, span_of(cases[i].met)));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_agree),
        cmocka_unit_test(scalars_are_strict),
        cmocka_unit_test(keys_are_compared_as_text),
        cmocka_unit_test(walks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
