#include "config.h"

#include "config_roots.h"
#include "text.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum option_type { OPTION_TEXT, OPTION_LIST, OPTION_NUMBER, OPTION_REAL, OPTION_FLAG, OPTION_WORD };

struct option_spec {
    const char *name; /* without its dashes */
    char letter;      /* short form, or 0 */
    enum option_type type;
    unsigned commands;
    size_t field; /* offset in struct config */
    uint32_t min;
    uint32_t max;
    const char *const *words;
    const char *fallback; /* text, or NULL */
    const char *argument; /* its name in the help */
    const char *help;
};

static const char *const strategies[] = {"index", "auto",   "serial", "worksharing",
                                         "async", "hybrid", NULL};
static const char *const scan_strategies[] = {"auto",  "serial", "worksharing",
                                              "async", "hybrid", NULL};
static const char *const levels[] = {"error", "warn", "info", "debug", NULL};
static const char *const log_formats[] = {"text", "json", NULL};
static const char *const formats[] = {"text", "json", "ndjson", NULL};
static const char *const colors[] = {"auto", "always", "never", NULL};
static const char *const sorts[] = {"newest", "oldest", "relevance", NULL};
static const char *const modes[] = {"query", "literal", "regex", NULL};
static const char *const cases[] = {"insensitive", "sensitive", "smart", NULL};

#define AT(member) offsetof(struct config, member)
#define BOTH (COMMAND_SERVE | COMMAND_SCAN)
#define SETUP (COMMAND_SERVE | COMMAND_DOCTOR)

static const struct option_spec options[] = {
    {"root", 'r', OPTION_LIST, BOTH | COMMAND_DOCTOR, AT(roots), 0, 0, NULL, NULL, "DIR",
     "read transcripts below DIR; may be repeated (environment: separated by ':'); default "
     "~/.claude/projects and $CLAUDE_CONFIG_DIR/projects"},
    {"threads", 't', OPTION_NUMBER, BOTH, AT(threads), 0, 256, NULL, "0", "N",
     "threads of a search; 0 is one a core"},
    {"strategy", 's', OPTION_WORD, COMMAND_SERVE, AT(strategy), 0, 0, strategies, "index", "NAME",
     "how searches run unless the request says otherwise; all but index read the files each time"},
    {"strategy", 's', OPTION_WORD, COMMAND_SCAN, AT(strategy), 0, 0, scan_strategies, "auto",
     "NAME", "how the files are read"},
    {"listen", 'l', OPTION_TEXT, COMMAND_SERVE, AT(listen), 0, 0, NULL, "127.0.0.1:7717", "ADDRESS",
     "ADDR:PORT, [ADDR6]:PORT, PORT or unix:PATH; port 0 takes a free one"},
    {"token-file", 0, OPTION_TEXT, SETUP, AT(token_file), 0, 0, NULL, NULL, "FILE",
     "ask clients for the token in the first line of FILE (Authorization: Bearer); needed on any "
     "address but loopback"},
    {"allow-host", 0, OPTION_LIST, COMMAND_SERVE, AT(allow_hosts), 0, 0, NULL, NULL, "NAME",
     "serve requests whose Host is NAME; may be repeated; IP addresses and localhost always are"},
    {"cors-origin", 0, OPTION_LIST, COMMAND_SERVE, AT(cors_origins), 0, 0, NULL, NULL, "ORIGIN",
     "let pages of ORIGIN (https://board.example) read replies; may be repeated"},
    {"rate-limit", 0, OPTION_REAL, COMMAND_SERVE, AT(rate_limit), 0, 1000000, NULL, "0", "N",
     "at most N requests a second from one client; 0 is no limit"},
    {"queue", 0, OPTION_NUMBER, COMMAND_SERVE, AT(queue), 1, 10000, NULL, "256", "N",
     "requests that may wait for a free thread before others are told to come back later"},
    {"cache-dir", 0, OPTION_TEXT, SETUP, AT(cache_dir), 0, 0, NULL, NULL, "DIR",
     "where the index is kept; default $XDG_CACHE_HOME/scrollback"},
    {"no-cache", 0, OPTION_FLAG, SETUP, AT(no_cache), 0, 0, NULL, NULL, NULL,
     "keep the index in memory only"},
    {"retain", 0, OPTION_FLAG, COMMAND_SERVE, AT(retain), 0, 0, NULL, NULL, NULL,
     "keep messages whose transcripts are deleted, in $XDG_DATA_HOME/scrollback"},
    {"data-dir", 0, OPTION_TEXT, COMMAND_SERVE, AT(data_dir), 0, 0, NULL, NULL, "DIR",
     "where --retain keeps them"},
    {"pricing", 0, OPTION_TEXT, COMMAND_SERVE, AT(pricing), 0, 0, NULL, NULL, "FILE",
     "prices of models to use instead of the built-in table"},
    {"web-root", 0, OPTION_TEXT, COMMAND_SERVE, AT(web_root), 0, 0, NULL, NULL, "DIR",
     "serve the page from DIR instead of the embedded one, while developing it"},
    {"sample", 0, OPTION_TEXT, COMMAND_SERVE, AT(sample), 0, 0, NULL, NULL, "DIR",
     "transcripts to serve when no others are found; default: the shipped sample"},
    {"log-level", 0, OPTION_WORD, BOTH, AT(log_level), 0, 0, levels, "info", "LEVEL",
     "what is worth a line on standard error"},
    {"log-format", 0, OPTION_WORD, COMMAND_SERVE, AT(log_format), 0, 0, log_formats, "text",
     "FORMAT", "key=value pairs, or a JSON object a line"},
    {"listen", 'l', OPTION_TEXT, COMMAND_HEALTHCHECK, AT(listen), 0, 0, NULL, "127.0.0.1:7717",
     "ADDRESS", "the address to ask"},
    {"ready", 0, OPTION_FLAG, COMMAND_HEALTHCHECK, AT(ready), 0, 0, NULL, NULL, NULL,
     "ask whether the first index is complete, not only whether the service lives"},
    {"count", 'c', OPTION_FLAG, COMMAND_SCAN, AT(count), 0, 0, NULL, NULL, NULL,
     "print only the number of messages that match"},
    {"format", 'f', OPTION_WORD, COMMAND_SCAN, AT(format), 0, 0, formats, "text", "FORMAT",
     "for people, one JSON reply, or a JSON object a line"},
    {"limit", 'n', OPTION_NUMBER, COMMAND_SCAN, AT(limit), 0, 1000000, NULL, "20", "N",
     "show at most N messages; 0 shows all"},
    {"sort", 0, OPTION_WORD, COMMAND_SCAN, AT(sort), 0, 0, sorts, "newest", "ORDER",
     "which come first"},
    {"mode", 'm', OPTION_WORD, COMMAND_SCAN, AT(mode), 0, 0, modes, "query", "MODE",
     "take QUERY as a query, as one literal or as one regex"},
    {"case", 0, OPTION_WORD, COMMAND_SCAN, AT(letter_case), 0, 0, cases, "insensitive", "CASE",
     "smart: sensitive where a word has an upper-case letter"},
    {"word", 'w', OPTION_FLAG, COMMAND_SCAN, AT(word), 0, 0, NULL, NULL, NULL,
     "match whole words only"},
    {"no-dedupe", 0, OPTION_FLAG, COMMAND_SCAN, AT(no_dedupe), 0, 0, NULL, NULL, NULL,
     "show every copy of a message"},
    {"tz", 0, OPTION_TEXT, COMMAND_SCAN, AT(tz), 0, 0, NULL, "UTC", "ZONE",
     "the IANA time zone of dates in the query"},
    {"snippet-chars", 0, OPTION_NUMBER, COMMAND_SCAN, AT(snippet_chars), 0, 4096, NULL, "240", "N",
     "length of the text shown around a match"},
    {"color", 0, OPTION_WORD, COMMAND_SCAN, AT(color), 0, 0, colors, "auto", "WHEN",
     "highlight matches: on a terminal, always or never"},
};
#define OPTION_COUNT (sizeof(options) / sizeof(options[0]))

static const struct {
    const char *name;
    enum command command;
    const char *usage;
    const char *help;
} commands[] = {
    {"serve", COMMAND_SERVE, "scrollback serve [OPTION]...",
     "answer searches over HTTP (what a call without a command does)"},
    {"scan", COMMAND_SCAN, "scrollback scan [OPTION]... QUERY [FILE]...",
     "search once, without a server; exit 0 with hits, 1 without, 2 on an error"},
    {"healthcheck", COMMAND_HEALTHCHECK, "scrollback healthcheck [OPTION]...",
     "ask a running service whether it lives; exit 0 if so"},
    {"doctor", COMMAND_DOCTOR, "scrollback doctor [OPTION]...",
     "look for what is wrong around the service: folders, limits, settings"},
    {"version", COMMAND_VERSION, "scrollback version", "print version and commit"},
    {"help", COMMAND_HELP, "scrollback help [COMMAND]", "print this, or a command's options"},
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static int fail(struct config_error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static int fail(struct config_error *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(err->msg, sizeof(err->msg), format, args);
    va_end(args);
    return -1;
}

unsigned config_command_named(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(name, commands[i].name) == 0)
            return commands[i].command;
    return 0;
}

static void *field_of(struct config *c, const struct option_spec *o)
{
    return (char *)c + o->field;
}

static int set_word(struct config *c, const struct option_spec *o, const char *from,
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

static int set_number(struct config *c, const struct option_spec *o, const char *from,
                      const char *value, struct config_error *err)
{
    uint64_t n;
    if (text_number(text_of(value), o->max, &n) != 0 || n < o->min)
        return fail(err, "%s: \"%.60s\" does not do; give a whole number from %u to %u", from,
                    value, o->min, o->max);
    *(uint32_t *)field_of(c, o) = (uint32_t)n;
    return 0;
}

static int set_real(struct config *c, const struct option_spec *o, const char *from,
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

static int set_list(struct config *c, const struct option_spec *o, const char *from,
                    const char *value, struct config_error *err)
{
    struct config_list *list = field_of(c, o);
    if (list->count == CONFIG_MAX_LIST)
        return fail(err, "%s: given more than %d times", from, CONFIG_MAX_LIST);
    if (value[0] == '\0')
        return fail(err, "%s: expected a %s, found nothing", from, o->argument);
    list->items[list->count++] = value;
    return 0;
}

static int set_option(struct config *c, const struct option_spec *o, const char *from,
                      const char *value, struct config_error *err)
{
    switch (o->type) {
    case OPTION_TEXT:
        if (value[0] == '\0')
            return fail(err, "%s: expected a %s, found nothing", from, o->argument);
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

static void env_name(const struct option_spec *o, char out[64])
{
    size_t n = (size_t)snprintf(out, 64, "SCROLLBACK_%s", o->name);
    for (size_t i = 11; i < n && i < 63; i++)
        out[i] = out[i] == '-'                    ? '_'
                 : out[i] >= 'a' && out[i] <= 'z' ? (char)(out[i] - 32)
                                                  : out[i];
}

/* A list in the environment is one string, its items separated by what cannot stand in them. */
static int set_env_list(struct config *c, const struct option_spec *o, const char *from,
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
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option_spec *o = &options[i];
        if ((o->commands & c->command) == 0 || given[i])
            continue;
        env_name(o, name);
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

static const struct option_spec *find_option(const struct config *c, struct span name, bool is_long)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if ((options[i].commands & c->command) != 0 &&
            (is_long ? text_is(name, options[i].name) : options[i].letter == name.ptr[0]))
            return &options[i];
    return NULL;
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
    const struct option_spec *o = find_option(c, name, arg[1] == '-');
    if (o == NULL)
        return fail(err, "%.60s: there is no such option; \"scrollback help\" lists them", arg);
    snprintf(from, sizeof(from), "--%s", o->name);
    if (o->type == OPTION_FLAG)
        value = value == NULL ? "true" : value;
    else if (value == NULL && ++*i < argc)
        value = argv[*i];
    if (value == NULL)
        return fail(err, "%s: expected a value: %s %s", from, from, o->argument);
    bool *seen = &given[o - options];
    if (*seen && o->type != OPTION_LIST)
        return fail(err, "%s: given more than once", from);
    *seen = true;
    return set_option(c, o, from, value, err);
}

static int read_operand(struct config *c, const char *arg, struct config_error *err)
{
    if (c->command == COMMAND_HELP && c->help_topic == NULL) {
        if (config_command_named(arg) == 0)
            return fail(err, "help: there is no command \"%.60s\"; \"scrollback help\" lists them",
                        arg);
        c->help_topic = arg;
        return 0;
    }
    if (c->command != COMMAND_SCAN)
        return fail(err, "\"%.60s\" is not expected here; \"scrollback help\" shows what is", arg);
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
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if ((options[i].commands & c->command) != 0 && options[i].fallback != NULL)
            set_option(c, &options[i], options[i].name, options[i].fallback, &unused);
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
    return 2;
}

/* scan has no index to use: its words begin at auto. */
static void adjust_strategy(struct config *c)
{
    enum strategy chosen = STRATEGY_AUTO;
    if (c->command != COMMAND_SCAN)
        return;
    vocabulary_strategy_parse(text_of(scan_strategies[c->strategy]), &chosen);
    c->strategy = chosen;
}

int config_read(int argc, char **argv, struct config *config, struct config_error *err)
{
    bool given[OPTION_COUNT] = {false};
    memset(config, 0, sizeof(*config));
    int first = read_command(config, argc, argv);
    enum command asked = config->command;

    apply_defaults(config);
    for (int i = first; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            config->command = COMMAND_HELP;
            for (size_t k = 0; k < COMMAND_COUNT && first == 2; k++)
                if (commands[k].command == asked)
                    config->help_topic = commands[k].name;
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
    if ((config->command & (BOTH | COMMAND_DOCTOR)) != 0)
        return config_roots_resolve(config, err);
    return 0;
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
    fclose(f);
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

/* Break the text at blanks so that lines end before column 80. */
static void add_wrapped(struct bytes *out, const char *text)
{
    size_t column = 26;
    struct span rest = text_of(text);
    struct span word;
    while (text_split(&rest, ' ', &word)) {
        if (column > 26 && column + word.len + 1 > 79) {
            bytes_add_text(out, "\n                          ");
            column = 26;
        } else if (column > 26) {
            bytes_add_byte(out, ' ');
            column++;
        }
        bytes_add_span(out, word);
        column += word.len;
    }
}

static void help_option(const struct option_spec *o, struct bytes *out)
{
    char left[64];
    char letter[8] = "    ";
    if (o->letter != 0)
        snprintf(letter, sizeof(letter), "-%c, ", o->letter);
    snprintf(left, sizeof(left), "  %s--%s%s%s", letter, o->name, o->argument == NULL ? "" : " ",
             o->argument == NULL ? "" : o->argument);
    bytes_printf(out, "%-25s ", left);
    add_wrapped(out, o->help);
    if (o->words != NULL) {
        bytes_add_text(out, "\n                          (");
        for (size_t i = 0; o->words[i] != NULL; i++)
            bytes_printf(out, "%s%s", i == 0 ? "" : ", ", o->words[i]);
        bytes_printf(out, "; default %s)", o->fallback);
    } else if (o->fallback != NULL) {
        bytes_printf(out, "\n                          (default %s)", o->fallback);
    }
    bytes_add_byte(out, '\n');
}

static void help_command(size_t i, struct bytes *out)
{
    bytes_printf(out, "usage: %s\n\n%s\n", commands[i].usage, commands[i].help);
    bool first = true;
    for (size_t k = 0; k < OPTION_COUNT; k++) {
        if ((options[k].commands & commands[i].command) == 0)
            continue;
        if (first)
            bytes_add_text(out, "\noptions:\n");
        first = false;
        help_option(&options[k], out);
    }
    if (!first)
        bytes_add_text(out, "\nEach option is also an environment variable: --log-level is "
                            "SCROLLBACK_LOG_LEVEL.\nThe command line goes first.\n");
}

void config_help(unsigned command, struct bytes *out)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (commands[i].command == command) {
            help_command(i, out);
            return;
        }
    bytes_add_text(out, "scrollback searches everything you and your coding agents ever said.\n\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        bytes_printf(out, "  %-48s\n        %s\n", commands[i].usage, commands[i].help);
    bytes_add_text(out, "\nThe options of a command: scrollback help COMMAND\n");
}
