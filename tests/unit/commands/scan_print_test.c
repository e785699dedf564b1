/* What a transcript may do to a terminal: nothing. */
#include "scan_print.h"
#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void dangerous_text_is_made_visible(void **state)
{
    static const struct {
        struct span in;
        const char *out;
    } cases[] = {
        {{"plain \xC3\xA4\ttab\nline", 17}, "plain \xC3\xA4\ttab\nline"},
        {{"\033]0;title\007", 10}, "^[]0;title^G"},
        {{"\r\b\x7F\0", 4}, "^M^H^?^@"},
        {{"\xC2\x9B", 2}, "<U+009B>"},
        {{"\xE2\x80\xAE", 3}, "<U+202E>"},
        {{"\xE2\x81\xA6", 3}, "<U+2066>"},
        {{"\xFF", 1}, "\xEF\xBF\xBD"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bytes out = {0};
        scan_print_safe(cases[i].in, &out);
        bytes_add_byte(&out, '\0');
        assert_string_equal(out.ptr, cases[i].out);
        bytes_clear(&out);
    }
}

static void hits_are_highlighted(void **state)
{
    const struct reply_segment segments[] = {{TEXT("a\nb "), false}, {TEXT("hit"), true}};
    const struct reply_snippet snippet = {
        .part = PART_TEXT, .matches = 1, .segments = segments, .count = 2, .truncated = true};
    const struct reply_hit hit = {.source = TEXT("p/\033s.jsonl"),
                                  .line = 3,
                                  .role = ROLE_ASSISTANT,
                                  .kind = KIND_REPLY,
                                  .snippets = &snippet,
                                  .snippet_count = 1};
    const struct search_reply reply = {
        .hits = &hit, .hit_count = 1, .total = 2, .complete = true, .took_ms = 1.25};
    struct bytes out = {0};
    (void)state;
    scan_print_reply(&reply, false, &out);
    bytes_add_byte(&out, '\0');
    assert_string_equal(out.ptr, "p/^[s.jsonl:3  1970-01-01T00:00:00.000Z  assistant reply\n"
                                 "  text:\n    a\n    b hit …\n\n"
                                 "2 messages, the first 1 shown (1.2 ms)\n");
    bytes_clear(&out);
    scan_print_reply(&reply, true, &out);
    bytes_add_byte(&out, '\0');
    assert_non_null(strstr(out.ptr, "\033[1;31mhit\033[0m"));
    bytes_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(dangerous_text_is_made_visible),
                                       cmocka_unit_test(hits_are_highlighted)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
