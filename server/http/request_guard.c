#include "request_guard.h"

#include "text.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define RATE_SLOTS 1024 /* clients remembered */
#define RATE_PROBES 8   /* slots looked at for one client */

/* A token bucket: level tokens at the time seen_ns. */
struct bucket {
    unsigned char client[16];
    double level;
    uint64_t seen_ns; /* 0: free */
};

struct request_guard {
    struct guard_config config;
    pthread_mutex_t lock; /* guards buckets */
    struct bucket buckets[RATE_SLOTS];
};

int request_guard_new(const struct guard_config *config, struct request_guard **out)
{
    struct request_guard *g = calloc(1, sizeof(*g));
    if (g == NULL)
        return -1;
    g->config = *config;
    pthread_mutex_init(&g->lock, NULL);
    *out = g;
    return 0;
}

void request_guard_free(struct request_guard *g)
{
    if (g == NULL)
        return;
    pthread_mutex_destroy(&g->lock);
    free(g);
}

static int refuse(struct problem *problem, const char *why)
{
    return problem_set(problem, PROBLEM_BAD_REQUEST, "%s", why);
}

static int check_lengths(const struct request_head *head, struct problem *problem)
{
    uint64_t n;
    const struct head_field *te = &head->transfer_encoding;

    if (head->content_length.count > 1)
        return refuse(problem, "Content-Length must not be repeated");
    if (te->count > 1)
        return refuse(problem, "Transfer-Encoding must not be repeated");
    if (te->count == 1 && head->content_length.count == 1)
        return refuse(problem, "Content-Length must not stand beside Transfer-Encoding");
    if (te->count == 1 && head->is_http_1_0)
        return refuse(problem, "HTTP/1.0 has no Transfer-Encoding");
    if (te->count == 1 && !text_is_like(text_trim(te->value), "chunked"))
        return refuse(problem, "the only Transfer-Encoding understood is chunked");
    if (head->content_length.count == 1 &&
        text_number(text_trim(head->content_length.value), INT64_MAX, &n) != 0)
        return refuse(problem, "Content-Length must be a decimal number");
    return 0;
}

static int check_target(const struct request_head *head, struct bytes *path,
                        struct problem *problem)
{
    size_t fault;
    struct span rest = head->target;
    struct span raw = {"", 0};

    if (head->target_cut)
        return refuse(problem,
                      "the request target holds a NUL byte or a blank: percent-encode a blank");
    if (rest.len == 0 || rest.ptr[0] != '/')
        return refuse(problem, "the request target must begin with a slash (origin form)");
    for (size_t i = 0; i < rest.len; i++)
        if ((unsigned char)rest.ptr[i] <= ' ' || rest.ptr[i] == 0x7F)
            return refuse(
                problem,
                "the request target holds a blank or a control character: percent-encode it");
    text_split(&rest, '?', &raw);
    if (text_percent_decode(raw, false, path, &fault) != 0)
        return refuse(problem, "the path has a '%' without two hexadecimal digits after it");
    if (path->len > 0 && memchr(path->ptr, '\0', path->len) != NULL)
        return refuse(problem, "the path holds a NUL character");
    if (text_utf8_fault(bytes_span(path)) != TEXT_NOWHERE)
        return refuse(problem, "the path is not valid UTF-8");
    /* Wrong escapes in the query are for the parameters to report, each by its name. */
    for (size_t i = 0; i + 2 < rest.len; i++)
        if (memcmp(rest.ptr + i, "%00", 3) == 0)
            return refuse(problem, "the query string holds a NUL character");
    return 0;
}

int request_guard_framing(const struct request_head *head, struct bytes *path,
                          struct problem *problem)
{
    if (head->host.count != 1)
        return refuse(problem, head->host.count == 0 ? "the Host header is missing"
                                                     : "the Host header must not be repeated");
    if (text_trim(head->host.value).len == 0)
        return refuse(problem, "the Host header is empty");
    if (check_lengths(head, problem) != 0)
        return -1;
    /* "OPTIONS *" asks about the server as a whole (RFC 9110, 7.1). */
    if (text_is(head->target, "*") && text_is(head->method, "OPTIONS") && !head->target_cut) {
        bytes_add_byte(path, '*');
        return 0;
    }
    return check_target(head, path, problem);
}

/* Cut ":port" off; false unless it is a port or there is none. */
static bool split_host(struct span host, struct span *name)
{
    uint64_t port;
    const char *colon = NULL;

    *name = host;
    if (host.len > 0 && host.ptr[0] == '[') {
        const char *close = memchr(host.ptr, ']', host.len);
        if (close == NULL)
            return false;
        name->len = (size_t)(close + 1 - host.ptr);
        if (name->len == host.len)
            return true;
        colon = close + 1;
        if (*colon != ':')
            return false;
    } else {
        colon = memchr(host.ptr, ':', host.len);
        if (colon == NULL)
            return host.len > 0;
        name->len = (size_t)(colon - host.ptr);
    }
    struct span digits = {colon + 1, host.len - (size_t)(colon + 1 - host.ptr)};
    return name->len > 0 && text_number(digits, 65535, &port) == 0;
}

static bool is_ip_literal(struct span name)
{
    char text[64];
    unsigned char address[16];
    bool six = name.len > 2 && name.ptr[0] == '[';

    if (six) {
        name.ptr++;
        name.len -= 2;
    }
    if (name.len == 0 || name.len >= sizeof(text))
        return false;
    memcpy(text, name.ptr, name.len);
    text[name.len] = '\0';
    return inet_pton(six ? AF_INET6 : AF_INET, text, address) == 1;
}

static int check_host(const struct request_guard *g, const struct request_head *head,
                      struct problem *problem)
{
    struct span name;
    if (split_host(text_trim(head->host.value), &name)) {
        if (text_is_like(name, "localhost") || is_ip_literal(name))
            return 0;
        for (size_t i = 0; i < g->config.allowed_host_count; i++)
            if (text_is_like(name, g->config.allowed_hosts[i]))
                return 0;
    }
    return problem_set(problem, PROBLEM_HOST_NOT_ALLOWED,
                       "the Host header must be an IP address or localhost; other names must be "
                       "allowed at the start with --allow-host NAME");
}

/* Is ${origin} the one this very service is reached by? */
static bool is_own_origin(struct span origin, struct span host)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < 2; i++) {
        size_t n = strlen(schemes[i]);
        if (origin.len == n + host.len && strncasecmp(origin.ptr, schemes[i], n) == 0 &&
            strncasecmp(origin.ptr + n, host.ptr, host.len) == 0)
            return true;
    }
    return false;
}

const char *request_guard_cors(const struct request_guard *g, const struct request_head *head)
{
    if (head->origin.count != 1)
        return NULL;
    for (size_t i = 0; i < g->config.cors_origin_count; i++)
        if (text_is_like(text_trim(head->origin.value), g->config.cors_origins[i]))
            return g->config.cors_origins[i];
    return NULL;
}

static bool fetch_site_is_fine(const struct request_head *head, unsigned pass)
{
    struct span site = text_trim(head->fetch_site.value);
    if (head->fetch_site.count == 0)
        return true;
    if (head->fetch_site.count > 1)
        return false;
    if (text_is(site, "same-origin") || text_is(site, "none"))
        return true;
    /* A link or a bookmark on another site may open the page, and nothing else; another port of this
     * machine ("same-site") is another site for us. */
    return (pass & GUARD_NAVIGATION) != 0 && text_is(head->method, "GET") &&
           head->fetch_mode.count == 1 && text_is(text_trim(head->fetch_mode.value), "navigate") &&
           head->fetch_dest.count == 1 && text_is(text_trim(head->fetch_dest.value), "document");
}

static int check_origin(const struct request_guard *g, const struct request_head *head,
                        unsigned pass, struct problem *problem)
{
    if (request_guard_cors(g, head) != NULL)
        return 0;
    if (head->origin.count > 1 ||
        (head->origin.count == 1 &&
         !is_own_origin(text_trim(head->origin.value), text_trim(head->host.value))))
        return problem_set(problem, PROBLEM_ORIGIN_NOT_ALLOWED,
                           "requests of other origins are refused; a dashboard can be allowed at "
                           "the start with --cors-origin ORIGIN");
    if (!fetch_site_is_fine(head, pass))
        return problem_set(problem, PROBLEM_ORIGIN_NOT_ALLOWED,
                           "the browser says that another site makes this request");
    return 0;
}

/* Time depends on the length of what the client sent, never on the secret. */
static bool same_secret(struct span given, const char *token)
{
    size_t n = strlen(token);
    volatile unsigned char differ = given.len == n ? 0 : 1;
    for (size_t i = 0; i < given.len; i++)
        differ |= (unsigned char)((unsigned char)given.ptr[i] ^ (unsigned char)token[i % n]);
    return differ == 0;
}

static int check_token(const struct request_guard *g, const struct request_head *head,
                       unsigned pass, struct problem *problem)
{
    struct span value = text_trim(head->authorization.value);
    bool preflight = text_is(head->method, "OPTIONS") && head->preflight.count == 1 &&
                     request_guard_cors(g, head) != NULL;

    if (g->config.token == NULL || (pass & GUARD_NO_TOKEN) != 0 || preflight)
        return 0;
    if (head->authorization.count == 1 && value.len > 7 &&
        strncasecmp(value.ptr, "Bearer ", 7) == 0) {
        struct span given = text_trim((struct span){value.ptr + 7, value.len - 7});
        if (same_secret(given, g->config.token))
            return 0;
    }
    return problem_set(problem, PROBLEM_UNAUTHORIZED,
                       "send the token of this service as: Authorization: Bearer TOKEN");
}

/* IPv6 clients are counted by their /64: a host owns all of it. */
static void client_key(const unsigned char client[16], unsigned char key[16])
{
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    memcpy(key, client, 16);
    if (memcmp(client, mapped, sizeof(mapped)) != 0)
        memset(key + 8, 0, 8);
}

/* The client's bucket, else a free one, else the one unused for longest. */
static struct bucket *find_bucket(struct request_guard *g, const unsigned char key[16])
{
    uint32_t hash = 2166136261u; /* FNV-1a; the table only spreads clients */
    struct bucket *oldest = NULL;
    for (size_t i = 0; i < 16; i++)
        hash = (hash ^ key[i]) * 16777619u;
    for (uint32_t i = 0; i < RATE_PROBES; i++) {
        struct bucket *b = &g->buckets[(hash + i) % RATE_SLOTS];
        if (b->seen_ns != 0 && memcmp(b->client, key, 16) == 0)
            return b;
        if (oldest == NULL || b->seen_ns < oldest->seen_ns)
            oldest = b;
    }
    memcpy(oldest->client, key, 16);
    oldest->seen_ns = 0;
    return oldest;
}

static int check_rate(struct request_guard *g, const struct request_head *head, unsigned pass,
                      uint64_t now_ns, struct problem *problem)
{
    double rate = g->config.rate_per_second;
    double burst = rate < 1 ? 1 : rate;
    unsigned char key[16];
    bool empty;

    if (rate <= 0 || (pass & GUARD_NO_RATE) != 0)
        return 0;
    client_key(head->client, key);
    pthread_mutex_lock(&g->lock);
    struct bucket *b = find_bucket(g, key);
    if (b->seen_ns == 0)
        b->level = burst;
    else if (now_ns > b->seen_ns)
        b->level += (double)(now_ns - b->seen_ns) / 1e9 * rate;
    if (b->level > burst)
        b->level = burst;
    b->seen_ns = now_ns;
    empty = b->level < 1;
    double missing = 1 - b->level;
    if (!empty)
        b->level -= 1;
    pthread_mutex_unlock(&g->lock);
    if (!empty)
        return 0;
    problem_set(problem, PROBLEM_RATE_LIMITED, "more than %g requests a second from one client",
                rate);
    problem->retry_after_s = (unsigned)(missing / rate) + 1;
    return -1;
}

int request_guard_check(struct request_guard *g, const struct request_head *head, unsigned pass,
                        uint64_t now_ns, struct problem *problem)
{
    if (check_host(g, head, problem) != 0 || check_origin(g, head, pass, problem) != 0 ||
        check_token(g, head, pass, problem) != 0)
        return -1;
    return check_rate(g, head, pass, now_ns, problem);
}
