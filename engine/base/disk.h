/* disk.h: Making sure that what was written is on the disk.
 */
#ifndef SCROLLBACK_DISK_H
#define SCROLLBACK_DISK_H

/* disk_sync(path): Return when the file, or the list of names in the folder, is on the disk.
 * 0, or -1 with errno. */
int disk_sync(const char *path);

#endif
