/* watch.h: Being told which files change: inotify on every folder below the roots.
 *
 * The kernel queues an event before the system call that caused it returns, so whoever drains the
 * queue after a write has ended hears of that write.  Events that name a transcript name the file to look
 * at; any other event that may change which transcripts there are, and a queue that
 * overflowed, mean: look at everything.
 *
 * Blind, so that everything must be looked at every time:
 *  - file systems that change behind the kernel's back (network, FUSE, 9p, overlays): all but a list of local
 *    ones;
 *  - more folders than fs.inotify.max_user_watches allows;
 *  - a folder that could not be walked for want of memory or descriptors, until the next walk.
 *
 * A file that is reached through a link, or has several names, is watched itself besides, since a change
 * made through another folder is not told to this one.  A name given to a file outside the
 * roots after that is the one case that stays unseen until the next look at everything.
 *
 * One watch belongs to the index's lock.
 */
#ifndef SCROLLBACK_WATCH_H
#define SCROLLBACK_WATCH_H

#include "error.h"
#include "source.h"

struct watch;

/* watch_new(roots, count, out): ${roots} is borrowed.  Nothing is watched yet.  Return 0 or -1. */
int watch_new(const char *const *roots, size_t count, struct watch **out);
void watch_free(struct watch *w); /* NULL does nothing */

/* watch_walk(w): Watch every folder that is below the roots now.  To be called before the folders are
 * listed: what appears after that is told.  Return 0, or -1 without memory. */
int watch_walk(struct watch *w);

/* watch_sources(w, list): Watch those files that need it themselves.  Return 0 or -1. */
int watch_sources(struct watch *w, const struct source_list *list);

/* watch_drain(w, file, arg): Take all events that are queued.  ${file} is called with the path of
 * each file that changed, perhaps several times.  Return true if everything must be looked at. */
typedef void watch_file_fn(void *arg, struct span path);
bool watch_drain(struct watch *w, watch_file_fn *file, void *arg);

/* watch_blind(w): NULL, or for people: why every file must be looked at every time. */
const char *watch_blind(const struct watch *w);

#endif
