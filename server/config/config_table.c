#include "config_table.h"

#include <stdio.h>

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

const struct config_option config_table_options[] = {
    {"root", 'r', OPTION_LIST, BOTH | COMMAND_DOCTOR, AT(roots), 0, 0, NULL, NULL, "DIR",
     "read transcripts below DIR; may be repeated (environment: separated by ':'); default "
     "~/.claude/projects and $CLAUDE_CONFIG_DIR/projects"},
    {"threads", 't', OPTION_NUMBER, BOTH, AT(threads), 0, 256, NULL, "0", "N",
     "threads of a search; 0 is one a core"},
    {"strategy", 's', OPTION_WORD, COMMAND_SERVE, AT(strategy), 0, 0, strategies, "index", "NAME",
     "how searches run unless the request says otherwise; all but index read the files each time; "
     "worksharing, async and hybrid are also how the files are read into the index"},
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
    {"retain", 0, OPTION_FLAG, SETUP, AT(retain), 0, 0, NULL, NULL, NULL,
     "keep what is said in transcripts that are deleted while the service runs, in "
     "$XDG_DATA_HOME/scrollback"},
    {"data-dir", 0, OPTION_TEXT, SETUP, AT(data_dir), 0, 0, NULL, NULL, "DIR",
     "where --retain keeps them"},
    {"pricing", 0, OPTION_TEXT, COMMAND_SERVE, AT(pricing), 0, 0, NULL, NULL, "FILE",
     "prices of models to use instead of the built-in table"},
    {"web-root", 0, OPTION_TEXT, COMMAND_SERVE, AT(web_root), 0, 0, NULL, NULL, "DIR",
     "serve the page from DIR instead of the embedded one, while developing it"},
    {"open", 'o', OPTION_FLAG, COMMAND_SERVE, AT(open), 0, 0, NULL, NULL, NULL,
     "show the page in the browser once the service listens"},
    {"no-sandbox", 0, OPTION_FLAG, COMMAND_SERVE, AT(no_sandbox), 0, 0, NULL, NULL, NULL,
     "stay able to open files outside the roots and the cache (links made later may need it)"},
    {"sample", 0, OPTION_TEXT, COMMAND_SERVE, AT(sample), 0, 0, NULL, NULL, "DIR",
     "transcripts to serve when no others are found; default: the shipped sample"},
    {"log-level", 0, OPTION_WORD, BOTH, AT(log_level), 0, 0, levels, "info", "LEVEL",
     "what is worth a line on standard error"},
    {"log-format", 0, OPTION_WORD, COMMAND_SERVE, AT(log_format), 0, 0, log_formats, "text",
     "FORMAT", "key=value pairs, or a JSON object a line"},
    {"listen", 'l', OPTION_TEXT, COMMAND_HEALTHCHECK, AT(listen), 0, 0, NULL, "127.0.0.1:7717",
     "ADDRESS", "the address that the service listens on, as given to serve"},
    {"ready", 0, OPTION_FLAG, COMMAND_HEALTHCHECK, AT(ready), 0, 0, NULL, NULL, NULL,
     "ask whether the first index is complete, not only whether the service lives"},
    {"profile", 0, OPTION_FLAG, COMMAND_SCAN, AT(profile), 0, 0, NULL, NULL, NULL,
     "also print where the time went, to standard error"},
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
_Static_assert(sizeof(config_table_options) / sizeof(config_table_options[0]) <=
                   CONFIG_TABLE_MAX_OPTIONS,
               "the parser keeps a mark for each");
const size_t config_table_option_count =
    sizeof(config_table_options) / sizeof(config_table_options[0]);

const struct config_command config_table_commands[] = {
    {"serve", COMMAND_SERVE, "scrollback serve [OPTION]...",
     "answer searches over HTTP (what a call without a command does)"},
    {"scan", COMMAND_SCAN, "scrollback scan [OPTION]... QUERY [FILE]...",
     "search once, without a server; exit 0 with hits, 1 without, 2 on an error"},
    {"healthcheck", COMMAND_HEALTHCHECK, "scrollback healthcheck [OPTION]...",
     "ask a running service whether it lives; exit 0 if so"},
    {"doctor", COMMAND_DOCTOR, "scrollback doctor [OPTION]...",
     "look for what is wrong around the service: folders, limits, settings"},
    {"completion", COMMAND_COMPLETION, "scrollback completion SHELL",
     "print the completions of bash, zsh or fish: source <(scrollback completion bash)"},
    {"manual", COMMAND_MANUAL, "scrollback manual",
     "print the manual page: scrollback manual | man -l -"},
    {"version", COMMAND_VERSION, "scrollback version",
     "print version, commit and features; so does --version"},
    {"help", COMMAND_HELP, "scrollback help [COMMAND]", "print this, or a command's options"},
};
const size_t config_table_command_count =
    sizeof(config_table_commands) / sizeof(config_table_commands[0]);

void config_table_variable(const struct config_option *o, char out[64])
{
    size_t n = (size_t)snprintf(out, 64, "SCROLLBACK_%s", o->name);
    for (size_t i = 11; i < n && i < 63; i++)
        out[i] = out[i] == '-'                    ? '_'
                 : out[i] >= 'a' && out[i] <= 'z' ? (char)(out[i] - 32)
                                                  : out[i];
}
