/* retained.h: The store of transcripts that no longer exist.
 *
 * A folder with one file for each transcript that was deleted: a header, its name, and its bytes,
 * compressed (gzip).  A file is written whole under a temporary name, synced and renamed, and never changed
 * afterwards.  Every strategy reads it like any other source: the reader unpacks it (struct source.is_retained).
 *
 * While a transcript of the same name stands in the roots again, what is kept of the old one is
 * not shown.
 */
#ifndef SCROLLBACK_RETAINED_H
#define SCROLLBACK_RETAINED_H

#include "error.h"
#include "source.h"

/* retained_folder(data_dir, roots, count): The folder for a set of roots, malloced; NULL without memory. */
char *retained_folder(const char *data_dir, const char *const *roots, size_t count);

/* retained_keep(folder, s, fd, err): Store the bytes that ${fd} reads as the transcript ${s}; makes the folder if
 * there is none.  An empty file is not stored.  Return 0, or -1 with errno and ERROR_IO. */
int retained_keep(const char *folder, const struct source *s, int fd, struct error *err);

/* retained_list(folder, roots, count, list): Add what is kept to ${list}, which stays sorted, unless
 * a source of that name is there.  Damaged files become unreadable ones, as does a folder that is there and cannot
 * be listed.  Return 0, or -1 without memory or descriptors. */
int retained_list(const char *folder, const char *const *roots, size_t count,
                  struct source_list *list);

/* retained_open(path): A descriptor of the unpacked bytes, from their beginning; -1 with errno:
 * ENOMEM without memory, EIO if the file is damaged, or what a system call said. */
int retained_open(const char *path);

#endif
