/* config.h: What the program was asked to do: command line, then environment, then defaults.
 *
 * Each option has one line in one table, from which come the parser, the environment variable
 * (--cache-dir is SCROLLBACK_CACHE_DIR), the text of --help and the man page's.  An error names the
 * option, what was wrong and what to write instead.
 */
#ifndef SCROLLBACK_CONFIG_H
#define SCROLLBACK_CONFIG_H

#include "bytes.h"
#include "log.h"
#include "vocabulary.h"

#define CONFIG_MAX_LIST 64

enum command {
    COMMAND_SERVE = 1 << 0,
    COMMAND_SCAN = 1 << 1,
    COMMAND_VERSION = 1 << 2,
    COMMAND_HELP = 1 << 3,
    COMMAND_HEALTHCHECK = 1 << 4,
    COMMAND_DOCTOR = 1 << 5,
    COMMAND_COMPLETION = 1 << 6,
    COMMAND_MANUAL = 1 << 7
};

enum scan_format { SCAN_TEXT, SCAN_JSON, SCAN_NDJSON };
enum scan_color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct config_list {
    const char *items[CONFIG_MAX_LIST];
    size_t count;
};

/* Strings point into argv, the environment, or the config's own memory. */
struct config {
    enum command command;
    bool command_is_named;  /* not left out */
    const char *help_topic; /* a command's name, or NULL */
    const char *shell;      /* completion: bash, zsh or fish */

    struct config_list roots;
    bool roots_are_default;     /* none was given: the usual places that exist */
    struct config_list missing; /* usual places that do not; serve watches the first if none does */
    uint32_t threads;
    uint32_t strategy; /* enum strategy */
    uint32_t log_level;
    uint32_t log_format;

    const char *listen;
    struct config_list allow_hosts;
    struct config_list cors_origins;
    const char *token_file;
    char *token; /* read from it */
    double rate_limit;
    uint32_t queue;
    const char *web_root;
    bool open;
    bool no_sandbox;
    const char *cache_dir;
    bool no_cache;
    const char *data_dir;
    bool retain;
    const char *sample;
    const char *pricing;
    bool ready; /* healthcheck: ask /readyz */

    const char *query;
    uint32_t mode;
    uint32_t letter_case;
    bool word;
    bool no_dedupe;
    const char *tz;
    bool count;
    bool profile;
    uint32_t format; /* enum scan_format */
    uint32_t color;  /* enum scan_color */
    uint32_t limit;
    uint32_t sort;
    uint32_t snippet_chars;

    struct bytes owned[CONFIG_MAX_LIST * 3]; /* memory behind defaults */
    size_t owned_count;
};

struct config_error {
    char msg[400];
};

/* config_read(argc, argv, config, err): Fill ${config} from the command line and the environment, with
 * defaults.  Looks at the file system for default roots only.  Return 0, or -1 with ${err}. */
int config_read(int argc, char **argv, struct config *config, struct config_error *err);
void config_clear(struct config *config);

/* config_load_token(config, err): Read --token-file.  config_check_public(config, loopback, err): refuse
 * an address that others can reach unless there is a token.  Return 0 or -1. */
int config_load_token(struct config *config, struct config_error *err);
int config_check_public(const struct config *config, bool loopback, struct config_error *err);

/* config_command_named(name): The command of that name, or 0. */
unsigned config_command_named(const char *name);

#endif
