#include "config.h"

#include "config_check.h"
#include "config_roots.h"
#include "config_suggest.h"
#include "config_table.h"
#include "text.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fail(struct config_error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static int fail(struct config_error *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(err->msg, sizeof(err->msg), format, args);
    va_end(args);
    return -1;
}

unsigned config_command_named(const char *name)
{
    for (size_t i = 0; i < config_table_command_count; i++)
        if (strcmp(name, config_table_commands[i].name) == 0)
            return config_table_commands[i].command;
    return 0;
}

static void *field_of(struct config *c, const struct config_option *o)
{
    return (char *)c + o->field;
}

static int set_word(struct config *c, const struct config_option *o, const char *from,
                    const char *value, struct config_error *err)
{
    char list[200] = "";
    size_t n = 0;
    for (uint32_t i = 0; o->words[i] != NULL; i++) {
        if (strcmp(value, o->words[i]) == 0) {
            *(uint32_t *)field_of(c, o) = i;
            return 0;
        }
        int more = snprintf(list + n, sizeof(list) - n, "%s%s", i == 0 ? "" : ", ", o->words[i]);
        n += more < 0 || n + (size_t)more >= sizeof(list) ? 0 : (size_t)more;
    }
    return fail(err, "%s: \"%.60s\" is not known; use one of: %s", from, value, list);
}

static int set_number(struct config *c, const struct config_option *o, const char *from,
                      const char *value, struct config_error *err)
{
    uint64_t n;
    if (text_number(text_of(value), o->max, &n) != 0 || n < o->min)
        return fail(err, "%s: \"%.60s\" does not do; give a whole number from %u to %u", from,
                    value, o->min, o->max);
    *(uint32_t *)field_of(c, o) = (uint32_t)n;
    return 0;
}

static int set_real(struct config *c, const struct config_option *o, const char *from,
                    const char *value, struct config_error *err)
{
    char *end;
    errno = 0;
    double v = strtod(value, &end);
    if (errno != 0 || end == value || *end != '\0' || !(v >= o->min) || !(v <= o->max))
        return fail(err, "%s: \"%.60s\" does not do; give a number from %u to %u", from, value,
                    o->min, o->max);
    *(double *)field_of(c, o) = v;
    return 0;
}

static int set_list(struct config *c, const struct config_option *o, const char *from,
                    const char *value, struct config_error *err)
{
    struct config_list *list = field_of(c, o);
    if (list->count == CONFIG_MAX_LIST)
        return fail(err, "%s: given more than %d times", from, CONFIG_MAX_LIST);
    if (value[0] == '\0')
        return fail(err, "%s: expected a value (%s), found nothing", from, o->argument);
    list->items[list->count++] = value;
    return 0;
}

static int set_option(struct config *c, const struct config_option *o, const char *from,
                      const char *value, struct config_error *err)
{
    switch (o->type) {
    case OPTION_TEXT:
        if (value[0] == '\0')
            return fail(err, "%s: expected a value (%s), found nothing", from, o->argument);
        *(const char **)field_of(c, o) = value;
        return 0;
    case OPTION_LIST:
        return set_list(c, o, from, value, err);
    case OPTION_NUMBER:
        return set_number(c, o, from, value, err);
    case OPTION_REAL:
        return set_real(c, o, from, value, err);
    case OPTION_WORD:
        return set_word(c, o, from, value, err);
    case OPTION_FLAG:
        break;
    }
    if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0 && strcmp(value, "1") != 0 &&
        strcmp(value, "0") != 0)
        return fail(err, "%s: \"%.60s\" does not do; use true or false", from, value);
    *(bool *)field_of(c, o) = value[0] == 't' || value[0] == '1';
    return 0;
}

/* A list in the environment is one string, its items separated by what cannot stand in them. */
static int set_env_list(struct config *c, const struct config_option *o, const char *from,
                        const char *value, struct config_error *err)
{
    char separator = strcmp(o->name, "root") == 0 ? ':' : ',';
    struct span rest = text_of(value);
    struct span item;
    while (text_split(&rest, separator, &item)) {
        if (item.len == 0)
            continue;
        if (c->owned_count == sizeof(c->owned) / sizeof(c->owned[0]))
            return fail(err, "%s: too many values", from);
        struct bytes *copy = &c->owned[c->owned_count++];
        bytes_add_span(copy, item);
        bytes_add_byte(copy, '\0');
        if (copy->failed)
            return fail(err, "%s: there is no memory", from);
        if (set_list(c, o, from, copy->ptr, err) != 0)
            return -1;
    }
    return 0;
}

static int apply_environment(struct config *c, const bool *given, struct config_error *err)
{
    char name[64];
    for (size_t i = 0; i < config_table_option_count; i++) {
        const struct config_option *o = &config_table_options[i];
        if ((o->commands & c->command) == 0 || given[i])
            continue;
        config_table_variable(o, name);
        const char *value = getenv(name);
        if (value == NULL || value[0] == '\0')
            continue;
        int rc = o->type == OPTION_LIST ? set_env_list(c, o, name, value, err)
                                        : set_option(c, o, name, value, err);
        if (rc != 0)
            return -1;
    }
    return 0;
}

static const struct config_option *find_option(const struct config *c, struct span name,
                                               bool is_long)
{
    for (size_t i = 0; i < config_table_option_count; i++)
        if ((config_table_options[i].commands & c->command) != 0 &&
            (is_long ? text_is(name, config_table_options[i].name)
                     : config_table_options[i].letter == name.ptr[0]))
            return &config_table_options[i];
    return NULL;
}

static const char *name_of(enum command command)
{
    for (size_t i = 0; i < config_table_command_count; i++)
        if (config_table_commands[i].command == command)
            return config_table_commands[i].name;
    return "";
}

static int no_such_option(const struct config *c, const char *arg, struct span name,
                          struct config_error *err)
{
    const char *meant = config_suggest_option(c->command, name);
    return fail(err, "%.60s: there is no such option%s%s; \"scrollback help %s\" lists them", arg,
                meant == NULL ? "" : ", did you mean --", meant == NULL ? "" : meant,
                name_of(c->command));
}

/* Whether ${arg} is an option of its own rather than somebody's value. */
static bool is_option(const struct config *c, const char *arg)
{
    struct span rest = text_of(arg + 2), name;
    return arg[0] == '-' && arg[1] == '-' && text_split(&rest, '=', &name) &&
           find_option(c, name, true) != NULL;
}

/* One option at argv[*i]; *i moves over a value that stands by itself. */
static int read_option(struct config *c, int argc, char **argv, int *i, bool *given,
                       struct config_error *err)
{
    char from[80];
    const char *arg = argv[*i];
    struct span rest = text_of(arg + (arg[1] == '-' ? 2 : 1));
    struct span name = {"", 0};
    const char *value = NULL;

    if (arg[1] == '-') {
        text_split(&rest, '=', &name);
        value = rest.ptr; /* NUL-terminated, as argv is */
    } else {
        name = (struct span){arg + 1, 1};
        value = arg[2] == '\0' ? NULL : arg + 2;
    }
    const struct config_option *o = find_option(c, name, arg[1] == '-');
    if (o == NULL)
        return no_such_option(c, arg, arg[1] == '-' ? name : (struct span){"", 0}, err);
    snprintf(from, sizeof(from), "--%s", o->name);
    if (o->type == OPTION_FLAG)
        value = value == NULL ? "true" : value;
    else if (value == NULL && ++*i < argc)
        value = argv[*i];
    if (value == NULL || (value == argv[*i] && value != arg && is_option(c, value)))
        return fail(err, "%s: expected a value: %s %s", from, from, o->argument);
    bool *seen = &given[o - config_table_options];
    if (*seen && o->type != OPTION_LIST)
        return fail(err, "%s: given more than once", from);
    *seen = true;
    return set_option(c, o, from, value, err);
}

static int no_such_command(const char *arg, struct config_error *err)
{
    const char *meant = config_suggest_command(text_of(arg));
    return fail(err, "there is no command \"%.60s\"%s%s; \"scrollback help\" lists them", arg,
                meant == NULL ? "" : ", did you mean ", meant == NULL ? "" : meant);
}

static int read_operand(struct config *c, const char *arg, struct config_error *err)
{
    if (c->command == COMMAND_HELP && c->help_topic == NULL) {
        if (config_command_named(arg) == 0)
            return no_such_command(arg, err);
        c->help_topic = arg;
        return 0;
    }
    if (c->command == COMMAND_SERVE && !c->command_is_named)
        return no_such_command(arg, err);
    if (c->command == COMMAND_COMPLETION && c->shell == NULL) {
        c->shell = arg;
        return 0;
    }
    if (c->command != COMMAND_SCAN)
        return fail(err, "%s: \"%.60s\" is not expected here; \"scrollback help %s\" shows what is",
                    name_of(c->command), arg, name_of(c->command));
    if (c->query == NULL) {
        c->query = arg;
        return 0;
    }
    if (c->roots.count == CONFIG_MAX_LIST)
        return fail(err, "scan: more than %d files; give their folder with --root",
                    CONFIG_MAX_LIST);
    c->roots.items[c->roots.count++] = arg;
    return 0;
}

static int read_arguments(struct config *c, int argc, char **argv, int from, bool *given,
                          struct config_error *err)
{
    bool only_operands = false;
    for (int i = from; i < argc; i++) {
        if (!only_operands && strcmp(argv[i], "--") == 0)
            only_operands = true;
        else if (!only_operands && argv[i][0] == '-' && argv[i][1] != '\0') {
            if (read_option(c, argc, argv, &i, given, err) != 0)
                return -1;
        } else if (read_operand(c, argv[i], err) != 0)
            return -1;
    }
    return 0;
}

static void apply_defaults(struct config *c)
{
    struct config_error unused;
    for (size_t i = 0; i < config_table_option_count; i++)
        if ((config_table_options[i].commands & c->command) != 0 &&
            config_table_options[i].fallback != NULL)
            set_option(c, &config_table_options[i], config_table_options[i].name,
                       config_table_options[i].fallback, &unused);
}

/* The command's name may be left out: "scrollback --listen :80" serves. */
static int read_command(struct config *c, int argc, char **argv)
{
    c->command = COMMAND_SERVE;
    if (argc < 2)
        return 1;
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        c->command = COMMAND_VERSION;
        return 2;
    }
    unsigned named = config_command_named(argv[1]);
    if (named == 0)
        return 1;
    c->command = (enum command)named;
    c->command_is_named = true;
    return 2;
}

/* scan has no index to use: its words begin at auto. */
static void adjust_strategy(struct config *c)
{
    enum strategy chosen = STRATEGY_AUTO;
    if (c->command != COMMAND_SCAN)
        return;
    vocabulary_strategy_parse(text_of(find_option(c, TEXT("strategy"), true)->words[c->strategy]),
                              &chosen);
    c->strategy = chosen;
}

int config_read(int argc, char **argv, struct config *config, struct config_error *err)
{
    bool given[CONFIG_TABLE_MAX_OPTIONS] = {false};
    memset(config, 0, sizeof(*config));
    int first = read_command(config, argc, argv);
    enum command asked = config->command;

    apply_defaults(config);
    for (int i = first; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            config->command = COMMAND_HELP;
            for (size_t k = 0; k < config_table_command_count && first == 2; k++)
                if (config_table_commands[k].command == asked)
                    config->help_topic = config_table_commands[k].name;
            return 0;
        } else if (strcmp(argv[i], "--") == 0) {
            break;
        }
    if (read_arguments(config, argc, argv, first, given, err) != 0)
        return -1;
    if (apply_environment(config, given, err) != 0)
        return -1;
    adjust_strategy(config);
    if (config->command == COMMAND_SCAN && config->query == NULL)
        return fail(err, "scan: the query is missing: scrollback scan QUERY");
    if ((config->command & (COMMAND_SERVE | COMMAND_SCAN | COMMAND_DOCTOR)) != 0 &&
        config_roots_resolve(config, err) != 0)
        return -1;
    return config->command == COMMAND_SERVE ? config_check_serve(config, err) : 0;
}

void config_clear(struct config *config)
{
    for (size_t i = 0; i < config->owned_count; i++)
        bytes_clear(&config->owned[i]);
    if (config->token != NULL)
        explicit_bzero(config->token, strlen(config->token));
    free(config->token);
    memset(config, 0, sizeof(*config));
}

int config_load_token(struct config *config, struct config_error *err)
{
    char line[1024];
    if (config->token_file == NULL)
        return 0;
    FILE *f = fopen(config->token_file, "re");
    if (f == NULL)
        return fail(err, "--token-file: cannot read \"%.200s\": %s", config->token_file,
                    strerror(errno));
    bool read = fgets(line, sizeof(line), f) != NULL;
    (void)fclose(f);
    if (read)
        line[strcspn(line, "\r\n")] = '\0';
    if (!read || strlen(line) < 16)
        return fail(err,
                    "--token-file: the first line of \"%.200s\" must hold a token of at least 16 "
                    "characters; make one with: openssl rand -hex 32",
                    config->token_file);
    for (const char *p = line; *p != '\0'; p++)
        if (*p <= ' ' || *p > '~')
            return fail(err, "--token-file: the token may hold visible ASCII characters only");
    config->token = strdup(line);
    explicit_bzero(line, sizeof(line));
    return config->token == NULL ? fail(err, "there is no memory") : 0;
}

int config_check_public(const struct config *config, bool loopback, struct config_error *err)
{
    if (loopback || config->token != NULL)
        return 0;
    return fail(err,
                "--listen %.100s: others on the network could read your transcripts; give "
                "--token-file FILE with a secret of 16 characters or more in it, or listen on "
                "127.0.0.1",
                config->listen);
}
