/* Addresses to listen on. */
#include "listen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>
#include <unistd.h>

static void addresses(void **state)
{
    static const struct {
        const char *text;
        int family; /* 0: refused */
        bool loopback;
    } cases[] = {
        {"127.0.0.1:7717", AF_INET, true},
        {"7717", AF_INET, true},
        {"localhost:0", AF_INET, true},
        {"0.0.0.0:80", AF_INET, false},
        {"192.168.1.2:80", AF_INET, false},
        {"127.9.9.9:1", AF_INET, true},
        {"[::1]:80", AF_INET6, true},
        {"[::]:80", AF_INET6, false},
        {"unix:/tmp/s", AF_UNIX, true},
        {"unix:", 0, false},
        {"", 0, false},
        {"example.org:80", 0, false},
        {"127.0.0.1", 0, false},
        {"127.0.0.1:", 0, false},
        {"127.0.0.1:65536", 0, false},
        {"::1:80", 0, false},
        {":80", 0, false},
        {"127.0.0.1:8x", 0, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct listen_address a;
        int rc = listen_parse(cases[i].text, &a);
        if (rc != (cases[i].family == 0 ? -1 : 0))
            fail_msg("%s", cases[i].text);
        if (rc == 0) {
            assert_int_equal(a.addr.any.sa_family, cases[i].family);
            assert_int_equal(a.loopback, cases[i].loopback);
        }
    }
}

static void sockets(void **state)
{
    struct listen_address a;
    char why[64] = "";
    char url[64];
    (void)state;
    assert_int_equal(listen_parse("127.0.0.1:0", &a), 0);
    int fd = listen_open(&a, why, sizeof(why));
    assert_true(fd >= 0);
    listen_url(fd, url, sizeof(url));
    assert_memory_equal(url, "http://127.0.0.1:", 17);
    assert_true(listen_is_loopback(fd));
    assert_int_equal(listen_parse(url + 7, &a), 0);
    assert_int_equal(listen_open(&a, why, sizeof(why)), -1);
    assert_string_equal(why, "Address already in use");
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(addresses), cmocka_unit_test(sockets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
