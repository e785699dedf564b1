#include "folders.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int folders_make(const char *path)
{
    char partial[PATH_MAX];

    if (path[0] == '\0' || strlen(path) >= sizeof partial) {
        errno = path[0] == '\0' ? ENOENT : ENAMETOOLONG;
        return -1;
    }
    for (size_t i = 1; path[i - 1] != '\0'; i++) {
        partial[i - 1] = path[i - 1];
        if (path[i] != '/' && path[i] != '\0')
            continue;
        partial[i] = '\0';
        if (mkdir(partial, 0700) != 0 && errno != EEXIST)
            return -1;
    }
    return access(path, W_OK | X_OK);
}
