/* folders.h: Making the folders that the service writes to.
 */
#ifndef SCROLLBACK_FOLDERS_H
#define SCROLLBACK_FOLDERS_H

/* folders_make(path): Make ${path} and its missing parents, for the user alone. Return 0 if it is there
 * and can be written, or -1 with errno. */
int folders_make(const char *path);

#endif
