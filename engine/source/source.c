#include "source.h"

#include "arena.h"
#include "span.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX SPAN(".jsonl")
#define AGENT_PREFIX SPAN("agent-")

/* The last component of ${path} and what stands before it, without the slash between. */
static struct span path_last(struct span path, struct span *before)
{
    while (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    const char *slash = path.len == 0 ? NULL : memrchr(path.ptr, '/', path.len);
    if (slash == NULL) {
        *before = (struct span){path.ptr, 0};
        return path;
    }
    *before = (struct span){path.ptr, (size_t)(slash - path.ptr)};
    return (struct span){slash + 1, path.len - before->len - 1};
}

/* The folder that stands for the project of a file directly below its root. */
static struct span root_folder(struct span name, struct span root)
{
    struct span before;
    struct span last = path_last(root, &before);
    /* The root is the file itself: its folder is meant. */
    if (span_equal(last, name) && span_ends_with(name, SUFFIX))
        last = path_last(before, &before);
    return last;
}

/* The component before the last "subagents" of ${folders}, or absent. */
static struct span agent_parent(struct span folders, bool *below_subagents)
{
    *below_subagents = false;
    while (folders.len > 0) {
        struct span before;
        struct span last = path_last(folders, &before);
        if (span_equal(last, SPAN("subagents"))) {
            *below_subagents = true;
            return before.len == 0 ? (struct span){NULL, 0} : path_last(before, &before);
        }
        folders = before;
    }
    return (struct span){NULL, 0};
}

void source_describe(struct span name, struct span root, struct source *s)
{
    struct span folders;
    s->stem = path_last(name, &folders);
    if (span_ends_with(s->stem, SUFFIX))
        s->stem.len -= SUFFIX.len;

    const char *slash = name.len == 0 ? NULL : memchr(name.ptr, '/', name.len);
    s->folder = slash != NULL ? (struct span){name.ptr, (size_t)(slash - name.ptr)}
                              : root_folder(name, root);

    bool below_subagents;
    struct span parent = agent_parent(folders, &below_subagents);
    bool named_agent = span_starts_with(s->stem, AGENT_PREFIX);
    s->is_agent = named_agent || below_subagents;
    s->session = parent.len > 0 ? parent : s->stem;
    s->agent = (struct span){NULL, 0};
    if (named_agent && s->stem.len > AGENT_PREFIX.len)
        s->agent = (struct span){s->stem.ptr + AGENT_PREFIX.len, s->stem.len - AGENT_PREFIX.len};
}

int source_open(const char *path, struct stat *st)
{
    struct stat own;
    int fd;
    if (st == NULL)
        st = &own;
    /* O_NONBLOCK: open() waits for a pipe's writer otherwise. */
    do
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    while (fd < 0 && errno == EINTR);
    if (fd < 0)
        return -1;
    int failure = fstat(fd, st) != 0 ? errno : S_ISREG(st->st_mode) ? 0 : EINVAL;
    if (failure == 0)
        return fd;
    close(fd);
    errno = failure;
    return -1;
}

bool source_is_shortage(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOMEM;
}

const struct source *source_find_main(const struct source_list *list, struct span session)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (!list->items[i].is_agent && span_equal(list->items[i].stem, session))
            return &list->items[i];
    return NULL;
}

const struct source *source_find(const struct source_list *list, struct span name)
{
    uint32_t low = 0, high = list->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int c = span_compare(list->items[middle].name, name);
        if (c == 0)
            return &list->items[middle];
        if (c < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

void source_list_free(struct source_list *list)
{
    if (list == NULL)
        return;
    if (list->storage != NULL)
        arena_clear(list->storage);
    free(list->storage);
    free(list->items);
    free(list->unreadable);
    free(list);
}
