#include "cursor.h"

#include "scarce.h"
#include "span.h"
#include "transcripts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static struct cursor random_cursor(uint64_t *seed, char *name)
{
    struct cursor c = {.now_ms = transcript_roll(seed, 1000000),
                       .walk = transcript_roll(seed, 1000),
                       .score = transcript_roll(seed, 1000) / 7.0,
                       .time_ms = -(int64_t)transcript_roll(seed, 1000000),
                       .offset = transcript_roll(seed, 1000000),
                       .position = transcript_roll(seed, 3),
                       .term_count = transcript_roll(seed, RELEVANCE_MAX_TERMS + 1)};
    size_t len = transcript_roll(seed, 100);
    for (uint32_t i = 0; i < c.term_count; i++)
        c.sums.frequency[i] = transcript_roll(seed, 5000);
    for (size_t i = 0; i < len; i++)
        name[i] = (char)transcript_roll(seed, 256);
    c.source = (struct span){name, len};
    return c;
}

static void test_round_trip(void **state)
{
    (void)state;
    uint64_t seed = 8;
    for (int turn = 0; turn < 500; turn++) {
        char name[100];
        struct cursor c = random_cursor(&seed, name), back;
        struct span text;
        struct error err = {0};
        uint64_t check;
        assert_int_equal(cursor_write(&c, SPAN("q"), &arena, &text), 0);
        for (size_t i = 0; i < text.len; i++)
            assert_true(strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
                               text.ptr[i]) != NULL);
        assert_int_equal(cursor_read(text, &arena, &back, &check, &err), 0);
        assert_true(check == cursor_check(&back, SPAN("q")));
        assert_false(check == cursor_check(&back, SPAN("r")));
        assert_true(back.time_ms == c.time_ms && back.offset == c.offset && back.walk == c.walk);
        assert_true(back.position == c.position && back.now_ms == c.now_ms);
        assert_memory_equal(&back.score, &c.score, sizeof c.score);
        assert_int_equal(back.term_count, c.term_count);
        assert_memory_equal(back.sums.frequency, c.sums.frequency, c.term_count * sizeof(uint64_t));
        assert_true(span_equal(back.source, c.source));
        arena_reset(&arena);
    }
}

/* Text that is no cursor is refused or fails its check; it is never read beyond its end. */
static void test_hostile_text(void **state)
{
    (void)state;
    static const char *const bad[] = {"A", "AAAA", "=", "not a cursor", "AAAA\xff", "..", "////"};
    struct cursor c, back;
    struct error err = {0};
    uint64_t check, seed = 44;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(cursor_read(span_of(bad[i]), &arena, &back, &check, &err), -1);
        assert_int_equal(err.code, ERROR_INVALID_CURSOR);
        err = (struct error){0};
    }
    for (int turn = 0; turn < 3000; turn++) {
        char name[100], *copy;
        struct span text;
        c = random_cursor(&seed, name);
        assert_int_equal(cursor_write(&c, SPAN("q"), &arena, &text), 0);
        size_t len =
            transcript_roll(&seed, 4) == 0 ? transcript_roll(&seed, (unsigned)text.len) : text.len;
        copy = malloc(len + 1); /* of its exact size, for the sanitizers */
        memcpy(copy, text.ptr, len);
        if (len == text.len)
            copy[transcript_roll(&seed, (unsigned)len)] ^= 1;
        err = (struct error){0};
        if (cursor_read((struct span){copy, len}, &arena, &back, &check, &err) == 0)
            assert_false(check == cursor_check(&back, SPAN("q")));
        free(copy);
        arena_reset(&arena);
    }
}

/* Where there is no memory for it, a cursor is as good as it was. */
static void test_want_of_memory_is_no_bad_cursor(void **state)
{
    (void)state;
    uint64_t seed = 3, check;
    char name[100];
    struct cursor c = random_cursor(&seed, name), back;
    struct arena none;
    struct span text;
    struct error err = {0};
    assert_int_equal(cursor_write(&c, SPAN("q"), &arena, &text), 0);
    check = cursor_check(&c, SPAN("q"));
    arena_init(&none);
    scarce_begin(1);
    int rc = cursor_read(text, &none, &back, &check, &err);
    uint64_t again = cursor_check(&c, SPAN("q"));
    assert_true(scarce_end());
    assert_int_equal(rc, -1);
    assert_int_equal(err.code, ERROR_NO_MEMORY);
    assert_true(again == check);
    arena_clear(&none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_hostile_text),
        cmocka_unit_test(test_want_of_memory_is_no_bad_cursor),
    };
    arena_init(&arena);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_clear(&arena);
    return failed;
}
