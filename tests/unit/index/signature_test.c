#include "signature.h"

#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static uint64_t random_state = 88172645463325252u;

static uint32_t random_below(uint32_t n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 32) % n;
}

/* Blocks of random words; the signature of all of them. */
struct corpus {
    size_t blocks;
    char (*text)[600];
    uint8_t *sig;
};

static void make(struct corpus *c, size_t blocks)
{
    struct signature_map *m = aligned_alloc(64, sizeof *m);
    uint8_t *bits = malloc(blocks * SIGNATURE_BYTES);
    memset(m, 0, sizeof *m);
    c->blocks = blocks;
    c->text = malloc(blocks * sizeof *c->text);
    c->sig = malloc(signature_size(blocks));
    for (size_t b = 0; b < blocks; b++) {
        for (size_t i = 0; i < sizeof *c->text; i++)
            c->text[b][i] =
                (char)(random_below(8) == 0 ? random_below(256) : 'A' + random_below(58));
        signature_add(m, (struct span){c->text[b], sizeof *c->text});
        signature_take(m, bits + b * SIGNATURE_BYTES);
    }
    signature_transpose(bits, blocks, c->sig);
    free(bits);
    free(m);
}

static void drop(struct corpus *c)
{
    free(c->text);
    free(c->sig);
}

/* The same answer as asking the text of each block gram by gram. */
static bool has_row(const struct corpus *c, size_t block, uint32_t row)
{
    for (size_t i = 0; i + SIGNATURE_GRAM <= sizeof *c->text; i++)
        if (signature_row(c->text[block] + i) == row)
            return true;
    return false;
}

static void check(const struct corpus *c, struct span literal)
{
    size_t words = (c->blocks + 63) / 64;
    uint64_t *set = malloc(words * sizeof *set);
    memset(set, 0xFF, words * sizeof *set);
    signature_and(c->sig, c->blocks, literal, set);
    for (size_t b = 0; b < c->blocks; b++) {
        bool expected = true;
        for (size_t i = 0; i + SIGNATURE_GRAM <= literal.len; i++)
            expected = expected && has_row(c, b, signature_row(literal.ptr + i));
        assert_int_equal(set[b / 64] >> b % 64 & 1, expected);
    }
    free(set);
}

static void test_any_number_of_blocks(void **state)
{
    static const size_t counts[] = {1, 2, 63, 64, 65, 127, 128, 511, 512, 513, 700};
    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct corpus c;
        make(&c, counts[i]);
        for (int n = 0; n < 6; n++) {
            size_t len = 1 + random_below(6);
            check(&c, (struct span){c.text[random_below((uint32_t)c.blocks)] +
                                        random_below((uint32_t)(sizeof *c.text - len)),
                                    len});
        }
        check(&c, SPAN("\x01\x02\x03\x04"));
        drop(&c);
    }
}

static void test_case_of_ascii_does_not_matter(void **state)
{
    (void)state;
    assert_int_equal(signature_row("ABZ"), signature_row("abz"));
    assert_int_not_equal(signature_row("@[`"), signature_row("`{@"));
    assert_true(signature_row("\xFF\xFF\xFF") < SIGNATURE_ROWS);
}

static void test_taking_clears_the_map(void **state)
{
    (void)state;
    struct signature_map *m = aligned_alloc(64, sizeof *m);
    uint8_t bits[SIGNATURE_BYTES], none[SIGNATURE_BYTES] = {0};
    memset(m, 0, sizeof *m);
    signature_add(m, SPAN("ab"));
    signature_take(m, bits);
    assert_memory_equal(bits, none, sizeof bits);
    signature_add(m, SPAN("abc"));
    signature_take(m, bits);
    uint32_t row = signature_row("abc");
    assert_int_equal(bits[row / 8], 1 << row % 8);
    signature_take(m, bits);
    assert_memory_equal(bits, none, sizeof bits);
    free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_number_of_blocks),
        cmocka_unit_test(test_case_of_ascii_does_not_matter),
        cmocka_unit_test(test_taking_clears_the_map),
    };
    return cmocka_run_group_tests_name("signature", tests, NULL, NULL);
}
