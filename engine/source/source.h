/* source.h: A transcript file, and the list of all of them.
 *
 * The list is made by discovery (discover.h) and immutable afterwards.  It is sorted by name
 * (bytes), so comparing two ids compares two source paths.
 */
#ifndef SCROLLBACK_SOURCE_H
#define SCROLLBACK_SOURCE_H

#include "arena.h"

struct source {
    uint32_t id;         /* its place in the list */
    uint32_t root;       /* the number of its root, from 0 */
    struct span name;    /* path below its root; with several roots prefixed "<n>:", n from 1 */
    struct span path;    /* to open it; NUL-terminated */
    struct span folder;  /* first folder below the root, or the root's own last component */
    struct span session; /* of records without a sessionId: the file's stem; for a sub-agent's
                            file below <session>/subagents/, that <session> folder's name */
    struct span stem;    /* file name without .jsonl */
    struct span agent;   /* "<id>" of a file named agent-<id>.jsonl, else absent */
    bool is_agent;       /* a sub-agent's file: named agent-*, or below a folder "subagents" */
    bool is_retained;    /* what is kept of a transcript that was deleted (retained.h) */
    uint64_t size;       /* bytes when it was discovered; readers stop there */
    int64_t mtime_ns;
    uint64_t device;
    uint64_t inode;
};

/* A file or folder that could not be read, and why. */
struct unreadable {
    struct span name;
    struct span reason; /* "Permission denied" */
    bool is_root;       /* a root itself, which stands there */
};

struct source_list {
    struct source *items;
    uint32_t count;
    struct unreadable *unreadable;
    uint32_t unreadable_count;
    uint64_t bytes;        /* sum of the sizes */
    struct arena *storage; /* owns the strings */
};

/* source_describe(name, root, s): Fill folder, session, stem, agent and is_agent of ${s} from its name
 * without root prefix and the root's path; the spans borrow from the arguments. */
void source_describe(struct span name, struct span root, struct source *s);

/* source_open(path, st): Open a transcript for reading.  Only a regular file is opened: a pipe or device
 * that took its name since it was listed is refused, and cannot hold the caller.  ${st}, if not NULL,
 * is fstat()'s answer.  Return the descriptor, the caller's to close(), or -1 with errno (EINVAL: not
 * a regular file).  Any thread. */
struct stat;
int source_open(const char *path, struct stat *st);

/* source_is_shortage(error): Whether ${error}, an errno of opening or reading, tells of what the process or the
 * machine lacks (descriptors, memory) and so nothing of the file. */
bool source_is_shortage(int error);

/* source_time_ms(s): The time of its messages where no record has one: when it was changed last. */
static inline int64_t source_time_ms(const struct source *s)
{
    return s->mtime_ns / 1000000 - (s->mtime_ns % 1000000 < 0); /* rounded down, before 1970 too */
}

/* source_find(list, name): The source of that name, or NULL. */
const struct source *source_find(const struct source_list *list, struct span name);

/* source_find_main(list, session): The main transcript of a session, a file named after it; or NULL. */
const struct source *source_find_main(const struct source_list *list, struct span session);

void source_list_free(struct source_list *list); /* NULL does nothing */

#endif
