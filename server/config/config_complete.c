#include "config_complete.h"

#include "config_table.h"

#include <string.h>

/* Whether the value of ${o} is the name of a file or folder. */
static bool takes_path(const struct config_option *o)
{
    return o->argument != NULL &&
           (strcmp(o->argument, "DIR") == 0 || strcmp(o->argument, "FILE") == 0);
}

static void add_command_names(struct bytes *out)
{
    for (size_t i = 0; i < config_table_command_count; i++)
        bytes_printf(out, "%s%s", i == 0 ? "" : " ", config_table_commands[i].name);
}

static void add_words(struct bytes *out, const struct config_option *o)
{
    for (size_t i = 0; o->words[i] != NULL; i++)
        bytes_printf(out, "%s%s", i == 0 ? "" : " ", o->words[i]);
}

/* Help inside single quotes; ${escaped} are the letters that need a backslash in this place, and
 * ${quote} is how the shell writes a quote there. */
static void add_help(struct bytes *out, const char *help, const char *escaped, const char *quote)
{
    for (const char *p = help; *p != '\0'; p++) {
        if (*p == '\'') {
            bytes_add_text(out, quote);
            continue;
        }
        if (strchr(escaped, *p) != NULL)
            bytes_add_byte(out, '\\');
        bytes_add_byte(out, *p);
    }
}

/* --- bash ----------------------------------------------------------------------------------------- */

/* Cases on "command --option": the same name may mean other words to another command. */
static void bash_values(struct bytes *out, const struct config_command *c)
{
    for (size_t i = 0; i < config_table_option_count; i++) {
        const struct config_option *o = &config_table_options[i];
        if ((o->commands & c->command) == 0 || o->argument == NULL)
            continue;
        bytes_printf(out, "    '%s --%s'", c->name, o->name);
        if (o->letter != 0)
            bytes_printf(out, " | '%s -%c'", c->name, o->letter);
        bytes_add_text(out, ") ");
        if (o->words != NULL) {
            bytes_add_text(out, "words='");
            add_words(out, o);
            bytes_add_text(out, "'");
        } else if (takes_path(o))
            bytes_printf(out, "paths=%s", strcmp(o->argument, "DIR") == 0 ? "-d" : "-f");
        else
            bytes_add_text(out, "return");
        bytes_add_text(out, " ;;\n");
    }
}

static void bash_options(struct bytes *out, const struct config_command *c)
{
    bytes_printf(out, "    '%s '*) words='--help", c->name);
    for (size_t i = 0; i < config_table_option_count; i++)
        if ((config_table_options[i].commands & c->command) != 0)
            bytes_printf(out, " --%s", config_table_options[i].name);
    bytes_add_text(out, "' ;;\n");
}

static void complete_bash(struct bytes *out)
{
    bytes_add_text(out,
                   "# bash completion of scrollback; scrollback completion bash\n"
                   "_scrollback() {\n"
                   "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
                   "    local command=${COMP_WORDS[1]} words='' paths=''\n"
                   "    # --name=value arrives as three words\n"
                   "    if [ \"$word\" = = ]; then word=''\n"
                   "    elif [ \"$before\" = = ]; then before=${COMP_WORDS[COMP_CWORD - 2]}; fi\n"
                   "    COMPREPLY=()\n"
                   "    case $command in\n"
                   "    -*) command=serve ;; # the command that may be left out\n"
                   "    *) if [ \"$COMP_CWORD\" -eq 1 ]; then command='' before=''; fi ;;\n"
                   "    esac\n"
                   "    case \"$command $before\" in\n"
                   "    ' ' | 'help help') words='");
    add_command_names(out);
    bytes_add_text(out, "' ;;\n"
                        "    'completion completion') words='bash zsh fish' ;;\n");
    for (size_t i = 0; i < config_table_command_count; i++)
        bash_values(out, &config_table_commands[i]);
    for (size_t i = 0; i < config_table_command_count; i++)
        bash_options(out, &config_table_commands[i]);
    bytes_add_text(
        out, "    esac\n"
             "    # what is no option is a file to scan\n"
             "    case \"$command $word\" in\n"
             "    'scan -'*) ;;\n"
             "    'scan '*) [ \"$paths\" ] || case $words in --*) paths=-f words='' ;; esac ;;\n"
             "    esac\n"
             "    if [ \"$paths\" ]; then\n"
             "        compopt -o filenames\n"
             "        mapfile -t COMPREPLY < <(compgen \"$paths\" -- \"$word\")\n"
             "    else\n"
             "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
             "    fi\n"
             "}\n"
             "complete -F _scrollback scrollback\n");
}

/* --- zsh ------------------------------------------------------------------------------------------ */

/* One specification; an option with a letter is written once and expanded to both by the shell. */
static void zsh_option(struct bytes *out, const struct config_option *o)
{
    bool list = o->type == OPTION_LIST;
    const char *equals = o->argument == NULL ? "" : "=";

    bytes_add_text(out, " \\\n            ");
    if (o->letter != 0 && !list)
        bytes_printf(out, "'(-%c --%s)'", o->letter, o->name);
    else if (list)
        bytes_add_text(out, "'*'");
    if (o->letter != 0)
        bytes_printf(out, "{-%c%s,--%s%s}'[", o->letter, o->argument == NULL ? "" : "+", o->name,
                     equals);
    else
        bytes_printf(out, "'--%s%s[", o->name, equals);
    add_help(out, o->help, "\\[]:", "'\\''");
    bytes_add_byte(out, ']');
    if (o->argument != NULL) {
        bytes_printf(out, ":%s:", o->argument);
        if (o->words != NULL) {
            bytes_add_byte(out, '(');
            add_words(out, o);
            bytes_add_byte(out, ')');
        } else if (takes_path(o))
            bytes_add_text(out, strcmp(o->argument, "DIR") == 0 ? "_files -/" : "_files");
    }
    bytes_add_byte(out, '\'');
}

static void zsh_operands(struct bytes *out, const struct config_command *c)
{
    if (c->command == COMMAND_COMPLETION)
        bytes_add_text(out, " '1:shell:(bash zsh fish)'");
    else if (c->command == COMMAND_SCAN)
        bytes_add_text(out, " '1:query:' '*:file:_files'");
    else if (c->command == COMMAND_HELP) {
        bytes_add_text(out, " '1:command:(");
        add_command_names(out);
        bytes_add_text(out, ")'");
    }
}

static void complete_zsh(struct bytes *out)
{
    bytes_add_text(out, "#compdef scrollback\n"
                        "# zsh completion of scrollback; scrollback completion zsh\n"
                        "_scrollback() {\n"
                        "    if ((CURRENT == 2)) && [[ $words[2] != -* ]]; then\n"
                        "        local -a commands=(\n");
    for (size_t i = 0; i < config_table_command_count; i++) {
        bytes_printf(out, "            '%s:", config_table_commands[i].name);
        add_help(out, config_table_commands[i].help, "\\:", "'\\''");
        bytes_add_text(out, "'\n");
    }
    bytes_add_text(out, "        )\n        _describe command commands\n        return\n    fi\n"
                        "    local command=serve # the command that may be left out\n"
                        "    if [[ $words[2] != -* ]]; then\n"
                        "        command=$words[2]\n"
                        "        shift words\n        ((CURRENT--))\n    fi\n"
                        "    case $command in\n");
    for (size_t i = 0; i < config_table_command_count; i++) {
        const struct config_command *c = &config_table_commands[i];
        bytes_printf(out,
                     "    %s)\n        _arguments '(-h --help)'{-h,--help}'[print the options]'",
                     c->name);
        for (size_t k = 0; k < config_table_option_count; k++)
            if ((config_table_options[k].commands & c->command) != 0)
                zsh_option(out, &config_table_options[k]);
        zsh_operands(out, c);
        bytes_add_text(out, "\n        ;;\n");
    }
    bytes_add_text(out, "    esac\n}\n"
                        "if [ \"$funcstack[1]\" = _scrollback ]; then _scrollback \"$@\"; "
                        "else compdef _scrollback scrollback; fi\n");
}

/* --- fish ----------------------------------------------------------------------------------------- */

static void fish_option(struct bytes *out, const struct config_command *c,
                        const struct config_option *o)
{
    bytes_printf(out, "complete -c scrollback -n '__fish_seen_subcommand_from %s' -l %s", c->name,
                 o->name);
    if (o->letter != 0)
        bytes_printf(out, " -s %c", o->letter);
    if (o->words != NULL) {
        bytes_add_text(out, " -x -a '");
        add_words(out, o);
        bytes_add_byte(out, '\'');
    } else if (takes_path(o))
        bytes_add_text(out, " -r -F");
    else if (o->argument != NULL)
        bytes_add_text(out, " -x");
    bytes_add_text(out, " -d '");
    add_help(out, o->help, "\\", "\\'");
    bytes_add_text(out, "'\n");
}

static void complete_fish(struct bytes *out)
{
    bytes_add_text(out, "# fish completion of scrollback; scrollback completion fish\n"
                        "complete -c scrollback -f\n"
                        "complete -c scrollback -s h -l help -d 'print the options'\n");
    for (size_t i = 0; i < config_table_command_count; i++) {
        const struct config_command *c = &config_table_commands[i];
        bytes_printf(out, "complete -c scrollback -n __fish_use_subcommand -a %s -d '", c->name);
        add_help(out, c->help, "\\", "\\'");
        bytes_add_text(out, "'\n");
        for (size_t k = 0; k < config_table_option_count; k++)
            if ((config_table_options[k].commands & c->command) != 0)
                fish_option(out, c, &config_table_options[k]);
    }
    bytes_add_text(out, "complete -c scrollback -n '__fish_seen_subcommand_from scan' -F\n"
                        "complete -c scrollback -n '__fish_seen_subcommand_from completion' -a "
                        "'bash zsh fish'\n"
                        "complete -c scrollback -n '__fish_seen_subcommand_from help' -a '");
    add_command_names(out);
    bytes_add_text(out, "'\n");
}

int config_complete(const char *shell, struct bytes *out)
{
    static const struct {
        const char *name;
        void (*write)(struct bytes *);
    } shells[] = {{"bash", complete_bash}, {"zsh", complete_zsh}, {"fish", complete_fish}};

    for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++)
        if (strcmp(shell, shells[i].name) == 0) {
            shells[i].write(out);
            return 0;
        }
    return -1;
}
