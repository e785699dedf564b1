#include "doctor_command.h"

#include "doctor.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Claude Code's settings: in the first folder of CLAUDE_CONFIG_DIR, else in ~/.claude. */
static void settings_path(char *out, size_t size)
{
    const char *place = getenv("CLAUDE_CONFIG_DIR");
    const char *home = getenv("HOME");
    if (place != NULL && place[0] != '\0')
        snprintf(out, size, "%.*s/settings.json", (int)strcspn(place, ","), place);
    else
        snprintf(out, size, "%s/.claude/settings.json", home == NULL ? "" : home);
}

int doctor_command_run(const struct config *config)
{
    char settings[PATH_MAX];
    settings_path(settings, sizeof(settings));
    /* Where nothing is found, where it was looked for is worth knowing. */
    const struct config_list *roots = config->roots.count > 0 ? &config->roots : &config->missing;
    const struct doctor_setup setup = {.roots = roots->items,
                                       .root_count = roots->count,
                                       .settings = settings,
                                       .cache_dir = config->cache_dir,
                                       .token_file = config->token_file,
                                       .data_dir = config->retain ? config->data_dir : NULL};
    return doctor_run(&setup, stdout);
}
