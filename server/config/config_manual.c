#include "config_manual.h"

#include "config_table.h"

#include <string.h>

/* What no table knows; roff already. */
static const char introduction[] =
    ".SH NAME\n"
    "scrollback \\- search everything you and your coding agents ever said\n";

static const char description[] =
    ".SH DESCRIPTION\n"
    "scrollback reads the transcripts that Claude Code leaves under\n"
    ".I ~/.claude/projects\n"
    "and answers queries over HTTP, in the browser and on the command line.\n"
    "Transcripts are only ever read, and nothing leaves the machine.\n";

static const char queries[] =
    ".SH QUERIES\n"
    "Words must all occur, as substrings, whatever their case.\n"
    ".BR AND ,\n.BR OR ,\n.B NOT\n(or a leading\n.BR \\- )\n"
    "and parentheses combine them; quotes hold a phrase together;\n"
    ".BI / regex /ims\n"
    "is a regular expression in the syntax of PCRE2.\n"
    "Qualifiers narrow the search:\n"
    ".BR role: ,\n.BR kind: ,\n.BR part: ,\n.BR tool: ,\n.BR project: ,\n.BR session: ,\n"
    ".BR branch: ,\n.BR model: ,\n.BR file: ,\n.BR agent: ,\n.BR since: ,\n.BR until: ,\n"
    ".BR is: ,\n.BR has: .\n";

static const char ending[] =
    ".SH EXAMPLES\n"
    ".EX\n"
    "scrollback serve \\-\\-open\n"
    "scrollback scan \\(aqworktree \\-role:user\\(aq\n"
    "scrollback scan \\-\\-count \\(aq/git (rebase|merge)/ since:7d\\(aq\n"
    "curl \\(aqhttp://127.0.0.1:7717/search?q=tool:Bash+denied\\(aq\n"
    ".EE\n"
    ".SH FILES\n"
    ".TP\n.I ~/.claude/projects, $CLAUDE_CONFIG_DIR/projects\n"
    "the transcripts\n"
    ".TP\n.I $XDG_CACHE_HOME/scrollback\n"
    "the index; may be deleted at any time\n"
    ".TP\n.I $XDG_DATA_HOME/scrollback\n"
    "what\n.B \\-\\-retain\nkeeps of transcripts that are gone\n"
    ".TP\n.I ~/.claude/settings.json\n"
    "read by\n.B doctor\nfor cleanupPeriodDays\n"
    ".SH SIGNALS\n"
    "SIGTERM and SIGINT stop the service: it finishes what is running, for at "
    "most ten seconds, and exits with 0. A second one ends it at once.\n"
    ".SH EXIT STATUS\n"
    "0 if all went well, 2 if the service cannot start or the command line is "
    "wrong; 1 is the answer no of scan, healthcheck and doctor.\n"
    ".SH SEE ALSO\n"
    ".BR rg (1),\n.BR jq (1),\n.BR systemctl (1)\n";

/* Text as roff shows it: backslashes and hyphens as such, no line that begins like a request. */
static void add_text(struct bytes *out, const char *text)
{
    for (const char *p = text; *p != '\0'; p++) {
        if ((*p == '.' || *p == '\'') && (p == text || p[-1] == '\n'))
            bytes_add_text(out, "\\&");
        if (*p == '\\')
            bytes_add_text(out, "\\e");
        else if (*p == '-')
            bytes_add_text(out, "\\-");
        else if (*p == '\'')
            bytes_add_text(out, "\\(aq");
        else
            bytes_add_byte(out, *p);
    }
}

static void add_option(const struct config_option *o, struct bytes *out)
{
    char variable[64];

    bytes_add_text(out, ".TP\n");
    if (o->letter != 0)
        bytes_printf(out, "\\fB\\-%c\\fR, ", o->letter);
    bytes_add_text(out, "\\fB\\-\\-");
    add_text(out, o->name);
    bytes_add_text(out, "\\fR");
    if (o->argument != NULL)
        bytes_printf(out, " \\fI%s\\fR", o->argument);
    bytes_add_byte(out, '\n');
    add_text(out, o->help);
    if (o->words != NULL) {
        bytes_add_text(out, ":");
        for (size_t i = 0; o->words[i] != NULL; i++) {
            bytes_add_text(out, i == 0 ? " " : ", ");
            add_text(out, o->words[i]);
        }
    }
    if (o->fallback != NULL) {
        bytes_add_text(out, " (default ");
        add_text(out, o->fallback);
        bytes_add_byte(out, ')');
    }
    config_table_variable(o, variable);
    bytes_printf(out, ".\nEnvironment: %s.\n", variable);
}

static void add_command(const struct config_command *c, struct bytes *out)
{
    bytes_add_text(out, ".SS ");
    add_text(out, c->name);
    bytes_add_byte(out, '\n');
    add_text(out, c->help);
    bytes_add_text(out, ".\n");
    for (size_t i = 0; i < config_table_option_count; i++)
        if ((config_table_options[i].commands & c->command) != 0)
            add_option(&config_table_options[i], out);
}

void config_manual(const char *version, struct bytes *out)
{
    bytes_printf(out, ".TH SCROLLBACK 1 \"\" \"scrollback %s\" \"User Commands\"\n", version);
    bytes_add_text(out, introduction);
    bytes_add_text(out, ".SH SYNOPSIS\n");
    for (size_t i = 0; i < config_table_command_count; i++) {
        bytes_add_text(out, i == 0 ? "" : ".br\n");
        add_text(out, config_table_commands[i].usage);
        bytes_add_byte(out, '\n');
    }
    bytes_add_text(out, description);
    bytes_add_text(out, ".SH COMMANDS\n"
                        "Options stand on the command line or in the environment; the command "
                        "line goes first.\n");
    for (size_t i = 0; i < config_table_command_count; i++)
        add_command(&config_table_commands[i], out);
    bytes_add_text(out, queries);
    bytes_add_text(out, ending);
}
