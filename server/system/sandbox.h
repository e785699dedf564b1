/* sandbox.h: What the running service gives up, so that a fault in it is worth little.
 *
 * Two fences, both of the kernel and both for good: Landlock for files and outgoing connections,
 * seccomp for system calls. Neither is needed for a right answer, so a kernel without them is no
 * error; the caller says in its log which of them stand.
 */
#ifndef SCROLLBACK_SANDBOX_H
#define SCROLLBACK_SANDBOX_H

#include "vocabulary.h"

struct sandbox_paths {
    const char *const *readable; /* folders and files: those below them may be read */
    size_t readable_count;
    const char *const *writable; /* folders: files below them may be made, written and removed */
    size_t writable_count;
};

/* sandbox_files(paths, err): From now on the calling thread, and every thread it starts, can open
 * only what ${paths} names, what links below a readable folder lead to now, and the system's public
 * files (libraries, time zones, its own /proc entry); it can run no program and, from Landlock's 4th
 * version on, make no TCP connection. Open descriptors stay as they are. A readable path that is
 * missing stands for its nearest parent that exists, so that it is found when it is made.
 *
 * To be called before the first thread is started: threads that already run are not fenced in.
 * Return the version of Landlock in force, 0 if the kernel offers none, or -1 with ${err}. */
int sandbox_files(const struct sandbox_paths *paths, struct error *err);

/* sandbox_calls(err): From now on no thread of the process can run a program, look into another
 * process, change mounts, load code into the kernel, or open a socket but a local one. To be called
 * when all listening sockets are open. The kernel does not filter what io_uring does: there Landlock
 * alone stands, which knows files and TCP connections and no datagrams.
 * Return 1, 0 if the kernel or the architecture offers no filter, or -1 with ${err}. */
int sandbox_calls(struct error *err);

#endif
