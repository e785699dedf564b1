#include "routes_page.h"

#include "page_assets.h"
#include "service.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILE (16u << 20)

static const char page_policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

static const char no_page[] = "This build of scrollback has no page; it answers all the same:\n\n"
                              "    curl 'http://HOST:PORT/search?q=WORD'\n\n"
                              "/openapi.yaml says what else there is.\n";

bool routes_page_not_modified(struct request *r, const char *etag)
{
    struct span rest = r->if_none_match;
    struct span tag;
    while (text_split(&rest, ',', &tag)) {
        tag = text_trim(tag);
        if (tag.len >= 2 && memcmp(tag.ptr, "W/", 2) == 0) {
            tag.ptr += 2;
            tag.len -= 2;
        }
        bool same = tag.len == strlen(etag) + 2 && tag.ptr[0] == '"' &&
                    memcmp(tag.ptr + 1, etag, tag.len - 2) == 0;
        if (same || text_is(tag, "*")) {
            answer_clear(&r->answer);
            r->answer.status = 304;
            r->answer.etag = etag;
            return true;
        }
    }
    return false;
}

static const struct page_asset *find_asset(struct span path)
{
    char text[256];
    if (path.len >= sizeof(text))
        return NULL;
    memcpy(text, path.ptr, path.len);
    text[path.len] = '\0';
    return page_assets_find(text);
}

bool routes_page_has(struct span path)
{
    return find_asset(path) != NULL;
}

/* Names made by the bundler hold a hash of the content. */
static bool is_immutable(const char *path)
{
    return strncmp(path, "/assets/", 8) == 0;
}

static const char *type_of(const char *path)
{
    static const char *const types[][2] = {{".html", "text/html; charset=utf-8"},
                                           {".css", "text/css; charset=utf-8"},
                                           {".js", "text/javascript; charset=utf-8"},
                                           {".mjs", "text/javascript; charset=utf-8"},
                                           {".svg", "image/svg+xml"},
                                           {".json", "application/json"},
                                           {".webmanifest", "application/manifest+json"},
                                           {".png", "image/png"},
                                           {".woff2", "font/woff2"},
                                           {".map", "application/json"}};
    size_t n = strlen(path);
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        size_t m = strlen(types[i][0]);
        if (n > m && strcmp(path + n - m, types[i][0]) == 0)
            return types[i][1];
    }
    return "application/octet-stream";
}

static int read_whole(int fd, struct bytes *out)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > (off_t)MAX_FILE)
        return -1;
    char *to = bytes_room(out, (size_t)st.st_size);
    if (to == NULL)
        return -1;
    while (out->len < (size_t)st.st_size) {
        ssize_t n = read(fd, out->ptr + out->len, (size_t)st.st_size - out->len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        out->len += (size_t)n;
    }
    return 0;
}

/* For those who work on the page: no caching, no compression. */
static void send_file(struct request *r, const char *root)
{
    char path[PATH_MAX];
    struct span asked = bytes_span(&r->path);
    if (text_is(asked, "/"))
        asked = TEXT("/index.html");
    r->gzip = false;
    int n = snprintf(path, sizeof(path), "%s%.*s", root, (int)asked.len, asked.ptr);
    int fd = -1;
    if (n > 0 && (size_t)n < sizeof(path) && strstr(path + strlen(root), "/.") == NULL)
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || read_whole(fd, &r->answer.body) != 0) {
        problem_set(&r->problem, PROBLEM_NOT_FOUND, "--web-root has no such file");
    } else {
        r->answer.status = 200;
        r->answer.type = type_of(path);
        r->answer.policy = page_policy;
    }
    if (fd >= 0)
        close(fd);
}

static void send_asset(struct request *r, const struct page_asset *a)
{
    bool known = routes_page_not_modified(r, a->hash);
    /* Browsers store the headers of a 304 over those they keep: these must be the same in both. */
    r->answer.policy = page_policy;
    r->answer.immutable = is_immutable(a->path);
    if (known)
        return;
    r->answer.status = 200;
    r->answer.type = a->type;
    r->answer.etag = a->hash;
    r->answer.fixed = (struct span){(const char *)a->data, a->size};
    if (a->gzip != NULL)
        r->answer.fixed_gzip = (struct span){(const char *)a->gzip, a->gzip_size};
}

void routes_page_run(struct request *r)
{
    const char *root = r->service->config->web_root;
    const struct page_asset *a = find_asset(bytes_span(&r->path));

    if (root != NULL) {
        send_file(r, root);
    } else if (a != NULL) {
        send_asset(r, a);
    } else {
        r->answer.status = 200;
        r->answer.type = "text/plain; charset=utf-8";
        r->answer.fixed = (struct span){no_page, sizeof(no_page) - 1};
    }
}
