/* The JSON writer: what it writes is JSON, whatever it is given. */
#include "jsonw.h"
#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void check(struct bytes *out, const char *expected)
{
    bytes_add_byte(out, '\0');
    assert_false(out->failed);
    assert_string_equal(out->ptr, expected);
    bytes_clear(out);
}

static void strings(void **state)
{
    static const struct {
        struct span in;
        const char *out;
    } cases[] = {
        {{NULL, 0}, "null"},
        {{"", 0}, "\"\""},
        {{"a\"\\/b", 5}, "\"a\\\"\\\\/b\""},
        {{"\b\t\n\v\f\r\x1F\x7F", 8}, "\"\\b\\t\\n\\u000b\\f\\r\\u001f\x7F\""},
        {{"\0", 1}, "\"\\u0000\""},
        {{"\xE4\xB8\xAD\xF0\x9F\x8E\x89", 7}, "\"\xE4\xB8\xAD\xF0\x9F\x8E\x89\""},
        {{"a\xFFz", 3}, "\"a\xEF\xBF\xBDz\""},
        {{"\xE4\xB8", 2}, "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {{"\xED\xA0\x80", 3}, "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
    };
    struct bytes out = {0};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct jsonw w = {.out = &out};
        jsonw_text(&w, cases[i].in);
        check(&out, cases[i].out);
    }
}

static void numbers(void **state)
{
    struct bytes out = {0};
    struct jsonw w = {.out = &out};
    (void)state;
    jsonw_begin_array(&w);
    jsonw_uint(&w, 0);
    jsonw_uint(&w, UINT64_MAX);
    jsonw_ms(&w, 0.4123);
    jsonw_ms(&w, -1);
    jsonw_ms(&w, 12.5);
    jsonw_real(&w, 0.25);
    jsonw_real(&w, NAN);
    jsonw_money(&w, UINT64_C(1500000000001));
    jsonw_money(&w, UINT64_C(2000000000000));
    jsonw_time(&w, 1767323045678);
    jsonw_time(&w, -1);
    jsonw_time(&w, INT64_MIN);
    jsonw_end_array(&w);
    check(&out, "[0,18446744073709551615,0.412,0,12.5,0.25,null,1.500000000001,2,"
                "\"2026-01-02T03:04:05.678Z\",\"1969-12-31T23:59:59.999Z\",null]");
}

static void commas(void **state)
{
    struct bytes out = {0};
    struct jsonw w = {.out = &out};
    const struct span list[] = {TEXT("x"), TEXT("y")};
    (void)state;
    jsonw_begin_object(&w);
    jsonw_key(&w, "a");
    jsonw_begin_array(&w);
    jsonw_begin_object(&w);
    jsonw_end_object(&w);
    jsonw_begin_array(&w);
    jsonw_end_array(&w);
    jsonw_null(&w);
    jsonw_end_array(&w);
    jsonw_bool_at(&w, "b", true);
    jsonw_texts_at(&w, "c", list, 2);
    jsonw_end_object(&w);
    check(&out, "{\"a\":[{},[],null],\"b\":true,\"c\":[\"x\",\"y\"]}");
}

/* Whatever the bytes, a strict parser reads what was written; valid UTF-8 comes back as it was. */
static void random_bytes(void **state)
{
    uint32_t seed = 7;
    (void)state;
    for (int round = 0; round < 3000; round++) {
        char bytes[24];
        struct bytes out = {0};
        struct jsonw w = {.out = &out};
        size_t n = (size_t)round % sizeof(bytes);
        for (size_t i = 0; i < n; i++) {
            seed = seed * 1664525 + 1013904223;
            bytes[i] = (char)(seed >> 24);
            if (i > 0 && (seed & 0x300) == 0) /* make some sequences whole */
                bytes[i] = (char)(0x80 | (bytes[i] & 0x3F));
        }
        struct span s = {bytes, n};
        jsonw_begin_array(&w);
        jsonw_text(&w, s);
        jsonw_end_array(&w);
        json_t *root = json_loadb(out.ptr, out.len, JSON_ALLOW_NUL, NULL);
        assert_non_null(root);
        json_t *text = json_array_get(root, 0);
        if (text_utf8_fault(s) == TEXT_NOWHERE) {
            assert_int_equal(json_string_length(text), n);
            if (n > 0)
                assert_memory_equal(json_string_value(text), bytes, n);
        }
        json_decref(root);
        bytes_clear(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings),
        cmocka_unit_test(numbers),
        cmocka_unit_test(commas),
        cmocka_unit_test(random_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
