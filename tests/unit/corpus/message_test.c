#include "message.h"

#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static bool same(const struct message *a, const struct message *b)
{
    struct hash128 x = message_identity(a), y = message_identity(b);
    return x.hi == y.hi && x.lo == y.lo;
}

static void identity_is_the_uuid_or_the_place(void **state)
{
    (void)state;
    struct message a = {.uuid = SPAN("u"), .source = 1, .offset = 5};
    struct message b = {.uuid = SPAN("u"), .source = 2, .offset = 9, .position = 1};
    assert_true(same(&a, &b));
    b.uuid = SPAN("v");
    assert_false(same(&a, &b));
    a.uuid = b.uuid = (struct span){NULL, 0};
    assert_false(same(&a, &b));
    b = a;
    assert_true(same(&a, &b));
    b.position++;
    assert_false(same(&a, &b));
}

static void rank_prefers_the_own_session(void **state)
{
    (void)state;
    struct message m = {.session = SPAN("s")};
    assert_int_equal(message_rank(&m, SPAN("s"), false), 0);
    assert_int_equal(message_rank(&m, SPAN("t"), false), 1);
    assert_int_equal(message_rank(&m, SPAN("agent-1"), true), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity_is_the_uuid_or_the_place),
        cmocka_unit_test(rank_prefers_the_own_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
