#include "config_help.h"

#include "config_table.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

#define INDENT "                          " /* 26 columns */

/* Break the text at blanks so that lines end before column 80. */
static void add_wrapped(struct bytes *out, const char *text)
{
    size_t column = 26;
    struct span rest = text_of(text);
    struct span word;
    while (text_split(&rest, ' ', &word)) {
        if (column > 26 && column + word.len + 1 > 79) {
            bytes_add_text(out, "\n" INDENT);
            column = 26;
        } else if (column > 26) {
            bytes_add_byte(out, ' ');
            column++;
        }
        bytes_add_span(out, word);
        column += word.len;
    }
}

static void help_option(const struct config_option *o, struct bytes *out)
{
    char left[64];
    char letter[8] = "    ";
    if (o->letter != 0)
        snprintf(letter, sizeof(letter), "-%c, ", o->letter);
    snprintf(left, sizeof(left), "  %s--%s%s%s", letter, o->name, o->argument == NULL ? "" : " ",
             o->argument == NULL ? "" : o->argument);
    bytes_printf(out, "%-25s ", left);
    if (strlen(left) > 25)
        bytes_add_text(out, "\n" INDENT);
    add_wrapped(out, o->help);
    if (o->words != NULL) {
        bytes_add_text(out, "\n" INDENT "(");
        for (size_t i = 0; o->words[i] != NULL; i++)
            bytes_printf(out, "%s%s", i == 0 ? "" : ", ", o->words[i]);
        bytes_printf(out, "; default %s)", o->fallback);
    } else if (o->fallback != NULL) {
        bytes_printf(out, "\n" INDENT "(default %s)", o->fallback);
    }
    bytes_add_byte(out, '\n');
}

static void help_command(size_t i, struct bytes *out)
{
    bytes_printf(out, "usage: %s\n\n%s\n", config_table_commands[i].usage,
                 config_table_commands[i].help);
    bool first = true;
    for (size_t k = 0; k < config_table_option_count; k++) {
        if ((config_table_options[k].commands & config_table_commands[i].command) == 0)
            continue;
        if (first)
            bytes_add_text(out, "\noptions:\n");
        first = false;
        help_option(&config_table_options[k], out);
    }
    if (!first)
        bytes_add_text(out, "  -h, --help              print this\n"
                            "\nEach option is also an environment variable: --log-level is "
                            "SCROLLBACK_LOG_LEVEL.\nThe command line goes first.\n");
}

void config_help(unsigned command, struct bytes *out)
{
    for (size_t i = 0; i < config_table_command_count; i++)
        if (config_table_commands[i].command == command) {
            help_command(i, out);
            return;
        }
    bytes_add_text(out, "scrollback searches everything you and your coding agents ever said.\n\n"
                        "usage: scrollback [COMMAND] [OPTION]...\n\ncommands:\n");
    for (size_t i = 0; i < config_table_command_count; i++) {
        bytes_printf(out, "  %-24s", config_table_commands[i].name);
        add_wrapped(out, config_table_commands[i].help);
        bytes_add_byte(out, '\n');
    }
    bytes_add_text(out,
                   "\nThe options of a command: scrollback help COMMAND, or scrollback COMMAND "
                   "--help.\nAll of them: scrollback manual | man -l -\n");
}
