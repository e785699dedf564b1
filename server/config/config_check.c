#include "config_check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ${path}, if given, is a folder (or a file) that can be read. */
static int check_path(const char *option, const char *path, bool folder, const char *remedy,
                      struct config_error *err)
{
    struct stat st;
    const char *why = folder ? "it is no folder" : "it is a folder";

    if (path == NULL)
        return 0;
    if (stat(path, &st) != 0 || access(path, R_OK) != 0)
        why = strerror(errno);
    else if (S_ISDIR(st.st_mode) == folder)
        return 0;
    snprintf(err->msg, sizeof err->msg, "%s: cannot read \"%.200s\": %s; %s", option, path, why,
             remedy);
    return -1;
}

/* As browsers write an origin: scheme://host[:port]. */
static bool is_origin(const char *text)
{
    const char *host = strstr(text, "://");
    return host != NULL && host != text && host[3] != '\0' && strpbrk(host + 3, "/ ?#@") == NULL;
}

static int check_names(const struct config *c, struct config_error *err)
{
    for (size_t i = 0; i < c->cors_origins.count; i++)
        if (!is_origin(c->cors_origins.items[i])) {
            snprintf(
                err->msg, sizeof err->msg,
                "--cors-origin: \"%.100s\" is no origin; give scheme, name and port as the browser "
                "shows them, without a path: https://board.example:8443",
                c->cors_origins.items[i]);
            return -1;
        }
    for (size_t i = 0; i < c->allow_hosts.count; i++)
        if (strpbrk(c->allow_hosts.items[i], "/:@ ") != NULL) {
            snprintf(err->msg, sizeof err->msg,
                     "--allow-host: \"%.100s\" is no name; give it without scheme, port or path: "
                     "search.example",
                     c->allow_hosts.items[i]);
            return -1;
        }
    return 0;
}

static int check_retain(const struct config *c, struct config_error *err)
{
    const char *why = NULL;

    if (c->retain && c->data_dir == NULL)
        why = "there is no folder to keep transcripts in; name one with --data-dir DIR";
    if (why != NULL)
        snprintf(err->msg, sizeof err->msg, "--retain: %s", why);
    return why == NULL ? 0 : -1;
}

int config_check_serve(const struct config *config, struct config_error *err)
{
    if (check_path("--pricing", config->pricing, false, "give a file of prices", err) != 0 ||
        check_path("--web-root", config->web_root, true, "give the folder that holds index.html",
                   err) != 0 ||
        check_path("--sample", config->sample, true, "give a folder of transcripts", err) != 0)
        return -1;
    return check_names(config, err) != 0 ? -1 : check_retain(config, err);
}
