#include "config_suggest.h"

#include "config_table.h"

#include <string.h>

#define MAX_NAME 24
#define NEAR 2 /* letters to change */

/* How many letters must be added, removed or changed to make ${b} of ${a}; > NEAR if either is long. */
static unsigned distance(struct span a, const char *b)
{
    unsigned row[MAX_NAME + 1], rows = (unsigned)a.len, columns = (unsigned)strlen(b);
    if (a.len > MAX_NAME || columns > MAX_NAME)
        return NEAR + 1;
    for (unsigned k = 0; k <= columns; k++)
        row[k] = k;
    for (unsigned i = 1; i <= rows; i++) {
        unsigned diagonal = row[0];
        row[0] = i;
        for (unsigned k = 1; k <= columns; k++) {
            unsigned change = diagonal + (a.ptr[i - 1] != b[k - 1]);
            diagonal = row[k];
            if (row[k - 1] + 1 < change)
                change = row[k - 1] + 1;
            row[k] = row[k] + 1 < change ? row[k] + 1 : change;
        }
    }
    return row[columns];
}

struct nearest {
    const char *name;
    unsigned distance;
};

static void consider(struct nearest *best, struct span written, const char *name)
{
    size_t length = strlen(name);
    bool begins =
        written.len >= 2 && written.len < length && memcmp(written.ptr, name, written.len) == 0;
    unsigned d = begins ? NEAR : distance(written, name);
    if (d < best->distance && d < length)
        *best = (struct nearest){name, d};
}

const char *config_suggest_option(unsigned commands, struct span name)
{
    struct nearest best = {NULL, NEAR + 1};
    consider(&best, name, "help"); /* no options of the table, but known all the same */
    if ((commands & COMMAND_SERVE) != 0)
        consider(&best, name, "version");
    for (size_t i = 0; i < config_table_option_count; i++)
        if ((config_table_options[i].commands & commands) != 0)
            consider(&best, name, config_table_options[i].name);
    return best.name;
}

const char *config_suggest_command(struct span name)
{
    struct nearest best = {NULL, NEAR + 1};
    for (size_t i = 0; i < config_table_command_count; i++)
        consider(&best, name, config_table_commands[i].name);
    return best.name;
}
