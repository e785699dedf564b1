/* fuzz_request.c: The head, the parameters and the body of a request.
 *
 * The first byte chooses.  Whatever is refused is refused with a reason, and with positions within
 * what was sent. */
#include "params.h"
#include "request_guard.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool what, const char *why)
{
    if (what)
        return;
    fprintf(stderr, "fuzz_request: %s\n", why);
    abort();
}

static const char *const words[] = {"one", "two", "three", NULL};

static const struct param_spec specs[] = {
    {"q", PARAM_TEXT, 0, 64, NULL, ""},     {"w", PARAM_WORD, 0, 0, words, "two"},
    {"f", PARAM_FLAG, 0, 0, NULL, "true"},  {"n", PARAM_NUMBER, 1, 1000, NULL, "20"},
    {"ws", PARAM_WORDS, 0, 0, words, NULL}, {"ts", PARAM_TEXTS, 0, 16, NULL, NULL},
};

static void read_back(const struct params *p)
{
    struct span list[40];
    require(params_text(p, "q").len <= 64, "a text is too long");
    require(params_number(p, "n") >= 1 && params_number(p, "n") <= 1000, "a number out of range");
    require(params_word(p, "w") < 3, "a word that is none");
    require((params_words(p, "ws") & ~7u) == 0, "words that are none");
    (void)params_flag(p, "f");
    uint32_t n = params_list(p, "ts", list, 40);
    require(n <= 32, "more values than allowed");
    for (uint32_t i = 0; i < n; i++)
        require(list[i].len > 0 && list[i].len <= 16, "a value out of range");
}

static void check_refusal(const struct problem *p, size_t size)
{
    struct bytes body = {0};
    require(p->code != PROBLEM_NONE && p->detail[0] != '\0', "a refusal says why");
    for (size_t i = 0; i < p->fault_count; i++)
        require(p->faults[i].position == PROBLEM_NO_POSITION || p->faults[i].position <= size,
                "a position outside");
    problem_write(p, (struct span){"/x", 2}, &body);
    require(body.len > 0 && text_utf8_fault(bytes_span(&body)) == TEXT_NOWHERE, "a reply in UTF-8");
    bytes_clear(&body);
}

static void read_params(struct span s, bool json)
{
    struct params p;
    struct problem problem = {0};
    params_init(&p, specs, sizeof specs / sizeof *specs);
    int rc = json ? params_read_json(&p, s, &problem) : params_read_query(&p, s, &problem);
    if (rc == 0)
        read_back(&p);
    else
        check_refusal(&problem, s.len);
    params_clear(&p);
}

static struct span cut(struct span *rest)
{
    const char *end = memchr(rest->ptr, '\n', rest->len);
    struct span line = {rest->ptr, end == NULL ? rest->len : (size_t)(end - rest->ptr)};
    size_t used = end == NULL ? line.len : line.len + 1;
    *rest = (struct span){rest->ptr + used, rest->len - used};
    return line;
}

static struct head_field field(struct span *rest)
{
    struct span s = cut(rest);
    unsigned count = s.len == 0 ? 0 : (unsigned char)s.ptr[0] == 1 ? 2 : 1;
    return (struct head_field){count == 0 ? (struct span){NULL, 0} : s, count};
}

/* A line for each field: the target, the method, and the headers. */
static void guard(struct span s)
{
    static const char *const hosts[] = {"search.example"}, *const origins[] = {"https://a.example"};
    const struct guard_config config = {.allowed_hosts = hosts,
                                        .allowed_host_count = 1,
                                        .cors_origins = origins,
                                        .cors_origin_count = 1,
                                        .token = "secret"};
    struct request_guard *g;
    struct bytes path = {0};
    struct problem problem = {0};
    struct request_head h = {.target = cut(&s), .method = cut(&s)};
    struct head_field *const fields[] = {&h.host,       &h.content_length, &h.transfer_encoding,
                                         &h.origin,     &h.fetch_site,     &h.fetch_mode,
                                         &h.fetch_dest, &h.authorization,  &h.preflight};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        *fields[i] = field(&s);
    require(request_guard_new(&config, &g) == 0, "no memory");
    int rc = request_guard_framing(&h, &path, &problem);
    if (rc == 0) {
        require(path.len > 0 && path.ptr[0] == '/' && memchr(path.ptr, 0, path.len) == NULL,
                "a path");
        rc = request_guard_check(g, &h, 0, 1, &problem);
    }
    if (rc == 0)
        require(memmem(h.authorization.value.ptr, h.authorization.value.len, "secret", 6) != NULL,
                "let in without the token");
    else
        check_refusal(&problem, SIZE_MAX - 1);
    (void)request_guard_cors(g, &h);
    bytes_clear(&path);
    request_guard_free(g);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct span s = {(const char *)data + 1, size - 1};
    if (data[0] % 3 == 2)
        guard(s);
    else
        read_params(s, data[0] % 3 == 1);
    return 0;
}
