/* discover.h: Finding the transcripts below the roots.
 *
 * Every file **.jsonl counts; what it is shows in its content.  A root may itself be a single
 * file.  Links to files and folders are followed, each file (device and inode) counts once and
 * each folder is visited once; where a file has several names the real path wins over one that
 * leads through a link, then the lowest name.  Loops end.  What cannot be opened is reported in the
 * list, never an error; a root that does not exist is reported likewise.  But for want of descriptors nothing
 * is taken for unreadable.
 */
#ifndef SCROLLBACK_DISCOVER_H
#define SCROLLBACK_DISCOVER_H

#include "source.h"

/* discover_sources(roots, count, out, err): List what is below ${roots} (NUL-terminated paths)
 * now.  *${out} is the caller's to source_list_free().  Any thread.  Return 0, or -1 without
 * memory or file descriptors. */
int discover_sources(const char *const *roots, size_t count, struct source_list **out,
                     struct error *err);

#endif
