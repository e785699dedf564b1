/* config_table.h: Every option and every command, once.
 *
 * From these come the parser and the environment variables (config.c), --help (config_help.c), the
 * manual page (config_manual.c) and the completions of shells (config_complete.c).
 */
#ifndef SCROLLBACK_CONFIG_TABLE_H
#define SCROLLBACK_CONFIG_TABLE_H

#include "config.h"

enum config_option_type {
    OPTION_TEXT,
    OPTION_LIST,
    OPTION_NUMBER,
    OPTION_REAL,
    OPTION_FLAG,
    OPTION_WORD
};

struct config_option {
    const char *name; /* without its dashes */
    char letter;      /* short form, or 0 */
    enum config_option_type type;
    unsigned commands;
    size_t field; /* offset in struct config */
    uint32_t min;
    uint32_t max;
    const char *const *words;
    const char *fallback; /* text, or NULL */
    const char *argument; /* its name in the help */
    const char *help;
};

#define CONFIG_TABLE_MAX_OPTIONS 64

struct config_command {
    const char *name;
    enum command command;
    const char *usage;
    const char *help;
};

extern const struct config_option config_table_options[];
extern const size_t config_table_option_count;

extern const struct config_command config_table_commands[];
extern const size_t config_table_command_count;

/* config_table_variable(o, out): The environment variable of ${o}: --cache-dir is
 * SCROLLBACK_CACHE_DIR. */
void config_table_variable(const struct config_option *o, char out[64]);

#endif
