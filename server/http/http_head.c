#include "http_head.h"

#include "text.h"

#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

/* The headers that decide whether a request is let in. */
static const struct {
    const char *name;
    size_t offset;
} guarded[] = {
    {"Host", offsetof(struct request_head, host)},
    {"Content-Length", offsetof(struct request_head, content_length)},
    {"Transfer-Encoding", offsetof(struct request_head, transfer_encoding)},
    {"Origin", offsetof(struct request_head, origin)},
    {"Sec-Fetch-Site", offsetof(struct request_head, fetch_site)},
    {"Sec-Fetch-Mode", offsetof(struct request_head, fetch_mode)},
    {"Sec-Fetch-Dest", offsetof(struct request_head, fetch_dest)},
    {"Authorization", offsetof(struct request_head, authorization)},
    {"Access-Control-Request-Method", offsetof(struct request_head, preflight)},
};

static enum MHD_Result take_header(void *cls, enum MHD_ValueKind kind, const char *key,
                                   size_t key_size, const char *value, size_t value_size)
{
    struct request_head *head = cls;
    (void)kind;
    for (size_t i = 0; i < sizeof(guarded) / sizeof(guarded[0]); i++) {
        if (!text_is_like((struct span){key, key_size}, guarded[i].name))
            continue;
        struct head_field *f = (struct head_field *)(void *)((char *)head + guarded[i].offset);
        f->value = value == NULL ? TEXT("") : (struct span){value, value_size};
        f->count++;
    }
    return MHD_YES;
}

/* An IPv4 address as ::ffff:a.b.c.d, so that one table holds both kinds. */
static void take_client(struct MHD_Connection *connection, unsigned char out[16])
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    memset(out, 0, 16);
    if (info == NULL || info->client_addr == NULL)
        return;
    if (info->client_addr->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, info->client_addr, sizeof(v4));
        memset(out + 10, 0xFF, 2);
        memcpy(out + 12, &v4.sin_addr, 4);
    } else if (info->client_addr->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, info->client_addr, sizeof(v6));
        memcpy(out, &v6.sin6_addr, 16);
    }
}

void http_head_read(struct MHD_Connection *connection, const char *version, const char *method,
                    struct span target, const char *target_at, struct request_head *head)
{
    memset(head, 0, sizeof(*head));
    head->target = target;
    head->method = text_of(method);
    head->is_http_1_0 = strcmp(version, "HTTP/1.0") == 0;
    /* The library ends the target at a NUL byte that the client sent, and lets blanks pass.  Both
     * texts stand in one request line, so what lies between them tells. */
    ptrdiff_t between = version - target_at;
    head->target_cut = between > 0 && (size_t)between != target.len + 1;
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, take_header, head);
    take_client(connection, head->client);
}

struct span http_head_field(struct MHD_Connection *connection, const char *name)
{
    return text_of(MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name));
}
