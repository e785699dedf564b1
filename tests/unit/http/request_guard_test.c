/* The guard: each reason to refuse a request, and the order of the checks. */
#include "request_guard.h"
#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

static struct head_field one(const char *value)
{
    return value == NULL ? (struct head_field){{NULL, 0}, 0}
                         : (struct head_field){text_of(value), 1};
}

static struct request_head plain_head(void)
{
    return (struct request_head){
        .target = TEXT("/search?q=a"), .method = TEXT("GET"), .host = one("127.0.0.1:7717")};
}

static enum problem_code framing(const struct request_head *head, struct bytes *path)
{
    struct problem problem = {0};
    bytes_clear(path);
    return request_guard_framing(head, path, &problem) == 0 ? PROBLEM_NONE : problem.code;
}

static void targets(void **state)
{
    static const struct {
        const char *target;
        const char *path; /* NULL: refused */
    } cases[] = {
        {"/", "/"},
        {"/search?q=%", "/search"},
        {"/a%20b/%C3%A4", "/a b/\xC3\xA4"},
        {"/%2e%2e/etc", "/../etc"},
        {"", NULL},
        {"search", NULL},
        {"http://localhost/", NULL},
        {"*", NULL},
        {"/a%00b", NULL},
        {"/a?q=%00", NULL},
        {"/a?q=%2500", "/a"},
        {"/a%2", NULL},
        {"/a%zz", NULL},
        {"/a%ff", NULL},
        {"/a b", NULL},
        {"/a\tb", NULL},
        {"/a\x7F", NULL},
    };
    struct bytes path = {0};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct request_head head = plain_head();
        head.target = text_of(cases[i].target);
        enum problem_code code = framing(&head, &path);
        assert_int_equal(code, cases[i].path == NULL ? PROBLEM_BAD_REQUEST : PROBLEM_NONE);
        if (cases[i].path != NULL)
            assert_true(text_is(bytes_span(&path), cases[i].path));
    }
    bytes_clear(&path);
}

static void lengths(void **state)
{
    struct bytes path = {0};
    struct request_head head = plain_head();
    (void)state;
    head.content_length = one("12");
    assert_int_equal(framing(&head, &path), PROBLEM_NONE);
    head.content_length.count = 2;
    assert_int_equal(framing(&head, &path), PROBLEM_BAD_REQUEST);
    static const char *const wrong[] = {"-1", "+1", "1,1", "0x1", "", "99999999999999999999"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        head.content_length = one(wrong[i]);
        assert_int_equal(framing(&head, &path), PROBLEM_BAD_REQUEST);
    }
    head.content_length = one("1");
    head.transfer_encoding = one("chunked");
    assert_int_equal(framing(&head, &path), PROBLEM_BAD_REQUEST);
    head.content_length = one(NULL);
    assert_int_equal(framing(&head, &path), PROBLEM_NONE);
    head.transfer_encoding = one("gzip, chunked");
    assert_int_equal(framing(&head, &path), PROBLEM_BAD_REQUEST);
    head.transfer_encoding = one("chunked");
    head.is_http_1_0 = true;
    assert_int_equal(framing(&head, &path), PROBLEM_BAD_REQUEST);
    bytes_clear(&path);
}

static void hosts_in_the_frame(void **state)
{
    struct bytes path = {0};
    struct request_head head = plain_head();
    (void)state;
    head.host.count = 0;
    assert_int_equal(framing(&head, &path), PROBLEM_BAD_REQUEST);
    head.host.count = 2;
    assert_int_equal(framing(&head, &path), PROBLEM_BAD_REQUEST);
    head.host = one(" ");
    assert_int_equal(framing(&head, &path), PROBLEM_BAD_REQUEST);
    head = plain_head();
    head.target_cut = true;
    assert_int_equal(framing(&head, &path), PROBLEM_BAD_REQUEST);
    bytes_clear(&path);
}

static enum problem_code check(const struct guard_config *config, const struct request_head *head,
                               unsigned pass)
{
    struct request_guard *g;
    struct problem problem = {0};
    assert_int_equal(request_guard_new(config, &g), 0);
    request_guard_check(g, head, pass, 1000000000, &problem);
    request_guard_free(g);
    return problem.code;
}

static void host_names(void **state)
{
    static const char *const allowed[] = {"board.example"};
    static const struct guard_config config = {.allowed_hosts = allowed, .allowed_host_count = 1};
    static const struct {
        const char *host;
        bool fine;
    } cases[] = {
        {"localhost", true},
        {"LOCALHOST:80", true},
        {"127.0.0.1", true},
        {"10.1.2.3:65535", true},
        {"[::1]:7717", true},
        {"[fe80::1]", true},
        {"board.example:1", true},
        {"Board.Example", true},
        {"evil.example", false},
        {"localhost.", false},
        {"a.localhost", false},
        {"127.0.0.1:", false},
        {"127.0.0.1:x", false},
        {"127.0.0.1:65536", false},
        {"127.1", false},
        {"0x7f000001", false},
        {"::1", false},
        {"[::1", false},
        {"[::1]x", false},
        {"[127.0.0.1]", false},
        {"board.example.evil", false},
        {"127.0.0.1@evil", false},
        {"[]", false},
        {":80", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct request_head head = plain_head();
        head.host = one(cases[i].host);
        enum problem_code code = check(&config, &head, 0);
        if ((code == PROBLEM_NONE) != cases[i].fine)
            fail_msg("Host: %s", cases[i].host);
    }
}

static void origins(void **state)
{
    static const char *const cors[] = {"https://board.example"};
    static const struct guard_config config = {.cors_origins = cors, .cors_origin_count = 1};
    static const struct {
        const char *origin, *site, *mode, *dest;
        unsigned pass;
        bool fine;
    } cases[] = {
        {NULL, NULL, NULL, NULL, 0, true},
        {"http://127.0.0.1:7717", "same-origin", "cors", "empty", 0, true},
        {"http://127.0.0.1:7718", NULL, NULL, NULL, 0, false},
        {"http://localhost:7717", NULL, NULL, NULL, 0, false},
        {"null", NULL, NULL, NULL, 0, false},
        {"", NULL, NULL, NULL, 0, false},
        {"https://evil.example", "cross-site", "cors", "empty", GUARD_NAVIGATION, false},
        {"https://board.example", "cross-site", "cors", "empty", 0, true},
        {"https://board.example.evil", NULL, NULL, NULL, 0, false},
        {NULL, "none", "navigate", "document", 0, true},
        {NULL, "cross-site", "navigate", "document", 0, false},
        {NULL, "cross-site", "navigate", "document", GUARD_NAVIGATION, true},
        {NULL, "cross-site", "navigate", "iframe", GUARD_NAVIGATION, false},
        {NULL, "cross-site", "no-cors", "document", GUARD_NAVIGATION, false},
        {NULL, "same-site", "no-cors", "script", 0, false},
        {NULL, "nonsense", NULL, NULL, 0, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct request_head head = plain_head();
        head.origin = one(cases[i].origin);
        head.fetch_site = one(cases[i].site);
        head.fetch_mode = one(cases[i].mode);
        head.fetch_dest = one(cases[i].dest);
        enum problem_code code = check(&config, &head, cases[i].pass);
        if (code != (cases[i].fine ? PROBLEM_NONE : PROBLEM_ORIGIN_NOT_ALLOWED))
            fail_msg("case %zu", i);
    }
}

static void tokens(void **state)
{
    static const char *const cors[] = {"https://board.example"};
    static const struct guard_config config = {
        .token = "0123456789abcdef", .cors_origins = cors, .cors_origin_count = 1};
    static const struct {
        const char *value;
        bool fine;
    } cases[] = {
        {"Bearer 0123456789abcdef", true},
        {"bearer  0123456789abcdef ", true},
        {NULL, false},
        {"", false},
        {"Bearer", false},
        {"Bearer ", false},
        {"Bearer 0123456789abcde", false},
        {"Bearer 0123456789abcdef0123456789abcdef", false},
        {"Basic 0123456789abcdef", false},
        {"Bearer 0123456789abcdeF", false},
    };
    struct request_head head;
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        head = plain_head();
        head.authorization = one(cases[i].value);
        enum problem_code code = check(&config, &head, 0);
        assert_int_equal(code, cases[i].fine ? PROBLEM_NONE : PROBLEM_UNAUTHORIZED);
        assert_int_equal(check(&config, &head, GUARD_NO_TOKEN), PROBLEM_NONE);
    }
    head = plain_head();
    head.authorization = one("Bearer 0123456789abcdef");
    head.authorization.count = 2;
    assert_int_equal(check(&config, &head, 0), PROBLEM_UNAUTHORIZED);
    /* A browser sends no token before it knows that it may. */
    head = plain_head();
    head.method = TEXT("OPTIONS");
    head.origin = one("https://board.example");
    head.preflight = one("GET");
    assert_int_equal(check(&config, &head, 0), PROBLEM_NONE);
    head.origin = one("https://evil.example");
    assert_int_equal(check(&config, &head, 0), PROBLEM_ORIGIN_NOT_ALLOWED);
}

static void order_of_checks(void **state)
{
    static const struct guard_config config = {.token = "0123456789abcdef"};
    struct request_head head = plain_head();
    (void)state;
    head.host = one("evil.example");
    head.origin = one("http://evil.example");
    assert_int_equal(check(&config, &head, 0), PROBLEM_HOST_NOT_ALLOWED);
    head.host = one("localhost");
    assert_int_equal(check(&config, &head, 0), PROBLEM_ORIGIN_NOT_ALLOWED);
    head.origin = one(NULL);
    assert_int_equal(check(&config, &head, 0), PROBLEM_UNAUTHORIZED);
}

static void rate(void **state)
{
    static const struct guard_config config = {.rate_per_second = 2};
    struct request_guard *g;
    struct request_head head = plain_head();
    uint64_t t = 1000000000;
    (void)state;
    assert_int_equal(request_guard_new(&config, &g), 0);
    for (int i = 0; i < 4; i++) {
        struct problem problem = {0};
        int rc = request_guard_check(g, &head, 0, t, &problem);
        assert_int_equal(rc, i < 2 ? 0 : -1);
        if (rc != 0) {
            assert_int_equal(problem.code, PROBLEM_RATE_LIMITED);
            assert_true(problem.retry_after_s >= 1);
        }
    }
    struct problem problem = {0};
    assert_int_equal(request_guard_check(g, &head, GUARD_NO_RATE, t, &problem), 0);
    head.client[15] = 1;
    head.client[0] = 0x20; /* another network */
    assert_int_equal(request_guard_check(g, &head, 0, t, &problem), 0);
    memset(head.client, 0, 16);
    assert_int_equal(request_guard_check(g, &head, 0, t + 500000000, &problem), 0);
    assert_int_equal(request_guard_check(g, &head, 0, t + 500000000, &problem), -1);
    request_guard_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets),    cmocka_unit_test(lengths),
        cmocka_unit_test(host_names), cmocka_unit_test(hosts_in_the_frame),
        cmocka_unit_test(origins),    cmocka_unit_test(tokens),
        cmocka_unit_test(rate),       cmocka_unit_test(order_of_checks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
