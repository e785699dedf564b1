#include "build_info.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    if (argc == 2 && (strcmp(argv[1], "version") == 0 || strcmp(argv[1], "--version") == 0)) {
        printf("scrollback %s (%s)\n", BUILD_INFO_VERSION, BUILD_INFO_COMMIT);
        return 0;
    }
    fputs("usage: scrollback version\n", stderr);
    return 2;
}
