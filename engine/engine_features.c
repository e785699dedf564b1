#include "engine.h"

#include "index.h"
#include "json.h"
#include "libraries.h"
#include "team.h"

#include <stdio.h>

void engine_features(char *out, size_t size)
{
    char libraries[120];
    libraries_describe(libraries, sizeof libraries);
    snprintf(out, size, "code for %s, %s, %s", json_kernels_best()->name, team_kind(), libraries);
}

unsigned engine_processors(void)
{
    return team_default_threads();
}

unsigned engine_retain_most(void)
{
    return index_hold_most();
}
