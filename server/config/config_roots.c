#include "config_roots.h"

#include "text.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ${a} and ${b} in one string that lives as long as the config; NULL without memory or place. */
static const char *keep(struct config *c, const char *a, const char *b)
{
    if (c->owned_count == sizeof(c->owned) / sizeof(c->owned[0]))
        return NULL;
    struct bytes *s = &c->owned[c->owned_count];
    bytes_printf(s, "%s%s", a, b);
    bytes_add_byte(s, '\0');
    if (s->failed) {
        bytes_clear(s);
        return NULL;
    }
    c->owned_count++;
    return s->ptr;
}

static bool is_folder(const char *path)
{
    struct stat st;
    return path != NULL && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool ends_with(const char *path, const char *end)
{
    size_t n = strlen(path);
    size_t m = strlen(end);
    return n >= m && strcmp(path + n - m, end) == 0;
}

static void add_root(struct config *c, const char *path)
{
    if (path == NULL || c->roots.count == CONFIG_MAX_LIST)
        return;
    if (!is_folder(path)) {
        if (c->missing.count < CONFIG_MAX_LIST)
            c->missing.items[c->missing.count++] = path;
        return;
    }
    for (size_t i = 0; i < c->roots.count; i++)
        if (strcmp(c->roots.items[i], path) == 0)
            return;
    c->roots.items[c->roots.count++] = path;
}

static void add_default_roots(struct config *c)
{
    const char *home = getenv("HOME");
    const char *places = getenv("CLAUDE_CONFIG_DIR");
    struct span rest = text_of(places);
    struct span item;

    c->roots_are_default = true;
    if (home != NULL && home[0] != '\0')
        add_root(c, keep(c, home, "/.claude/projects"));
    while (text_split(&rest, ',', &item)) {
        char place[PATH_MAX];
        item = text_trim(item);
        while (item.len > 1 && item.ptr[item.len - 1] == '/')
            item.len--;
        if (item.len == 0 || item.len >= sizeof(place))
            continue;
        memcpy(place, item.ptr, item.len);
        place[item.len] = '\0';
        if (ends_with(place, "/projects") && is_folder(place))
            add_root(c, keep(c, place, ""));
        else
            add_root(c, keep(c, place, "/projects"));
    }
    /* A service that starts before Claude Code ever ran finds what it writes later. */
    if (c->command == COMMAND_SERVE && c->roots.count == 0 && c->missing.count > 0)
        c->roots.items[c->roots.count++] = c->missing.items[0];
}

static int check_given_roots(const struct config *c, struct config_error *err)
{
    for (size_t i = 0; i < c->roots.count; i++) {
        if (access(c->roots.items[i], R_OK) == 0)
            continue;
        snprintf(err->msg, sizeof(err->msg),
                 "%s: cannot read \"%.200s\": %s; give a folder of transcripts or a .jsonl file",
                 c->command == COMMAND_SCAN ? "scan" : "--root", c->roots.items[i],
                 strerror(errno));
        return -1;
    }
    return 0;
}

/* $variable/scrollback, else ~/fallback/scrollback (XDG Base Directory 0.8: relative is ignored). */
static const char *xdg_folder(struct config *c, const char *variable, const char *fallback)
{
    const char *base = getenv(variable);
    const char *home = getenv("HOME");
    if (base != NULL && base[0] == '/')
        return keep(c, base, "/scrollback");
    if (home == NULL || home[0] != '/')
        return NULL;
    const char *under = keep(c, home, fallback);
    return under == NULL ? NULL : keep(c, under, "/scrollback");
}

/* The shipped sample: beside the installed program, or in the source tree it was built in. */
static const char *find_sample(struct config *c)
{
    static const char *const places[] = {"/../share/scrollback/sample/projects",
                                         "/../../sample/projects"};
    char exe[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
    if (n <= 0)
        return NULL;
    exe[n] = '\0';
    char *slash = strrchr(exe, '/');
    if (slash == NULL)
        return NULL;
    *slash = '\0';
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        char whole[PATH_MAX];
        const char *path = keep(c, exe, places[i]);
        if (is_folder(path))
            return realpath(path, whole) == NULL ? path : keep(c, whole, "");
    }
    return NULL;
}

int config_roots_resolve(struct config *config, struct config_error *err)
{
    if (config->roots.count > 0) {
        /* What the doctor is there for it says itself. */
        if (config->command != COMMAND_DOCTOR && check_given_roots(config, err) != 0)
            return -1;
    } else {
        add_default_roots(config);
    }
    if (config->command == COMMAND_SCAN)
        return 0;
    if (config->cache_dir == NULL && !config->no_cache)
        config->cache_dir = xdg_folder(config, "XDG_CACHE_HOME", "/.cache");
    if (config->no_cache)
        config->cache_dir = NULL;
    if (config->data_dir == NULL && config->retain)
        config->data_dir = xdg_folder(config, "XDG_DATA_HOME", "/.local/share");
    if (config->sample == NULL && config->roots_are_default)
        config->sample = find_sample(config);
    return 0;
}
