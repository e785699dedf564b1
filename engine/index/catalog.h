/* catalog.h: What the index knows of each source: how far it was read, and what it looked like.
 *
 * The catalogue belongs to the index's lock.  Strings are kept for as long as the catalogue lives, so
 * that snapshots may point to them.
 */
#ifndef SCROLLBACK_CATALOG_H
#define SCROLLBACK_CATALOG_H

#include "error.h"
#include "extract.h"
#include "intern.h"
#include "source.h"

/* A change within this time of another may leave the same stamps (coarse clocks, network servers). */
#define CATALOG_SETTLED_NS INT64_C(2000000000)

/* One source.  It was read as two pieces: whole lines up to solid_end, and a last line without its newline,
 * if it had one, up to read_end.  Each piece's rows are filed under a version of its
 * own; 0 stands for no rows.  Rows of other versions are dead. */
struct catalog_entry {
    struct source source; /* id: place in the catalogue; size, mtime_ns …: when last looked at */
    int64_t ctime_ns;
    bool
        unsettled; /* looked at within CATALOG_SETTLED_NS of its last change, or it could not be read: read again */
    bool indexed; /* read at least once; else uncovered */
    int keep_fd;  /* with --retain the open file, so that its bytes outlive its name; else -1 */
    struct span unreadable; /* why it could not be read to its end; absent if it could */

    uint64_t solid_version;
    uint64_t solid_end;
    uint64_t solid_hash; /* XXH3 of the bytes before solid_end */
    uint64_t lines;      /* before solid_end */
    uint64_t loose_version;
    uint64_t read_end;
    uint64_t loose_hash; /* XXH3 of [solid_end, read_end) */
    struct extract_counts solid;
    struct extract_counts loose;

    struct span project;
    int64_t first_time; /* facts.first_time as it was used */
    bool borrowed;      /* a row has its time from elsewhere, maybe from first_time or mtime */
};

struct catalog {
    struct catalog_entry **entries; /* by name */
    uint32_t count;
    uint32_t capacity;
    struct intern strings;
    uint32_t *by_path; /* open addressing by path: place + 1; 0 is free */
    uint32_t path_slots;
};

/* catalog_init(c), catalog_clear(c): Make it empty; free it, and close what --retain kept open. */
void catalog_init(struct catalog *c);
void catalog_clear(struct catalog *c);

/* catalog_keep(c, s, out): A copy of ${s}, NUL-terminated, that lives as long as ${c}; 0 or -1. */
int catalog_keep(struct catalog *c, struct span s, struct span *out);

/* catalog_update(c, list, gone): Make the entries those of ${list}: new ones are added (not indexed),
 * missing ones removed; *${gone} counts these.  What is known of the others stays, except that
 * their path may change.  A retained source is another if its file is.  Return 0, or -1 without
 * memory: then the entries are those of before. */
int catalog_update(struct catalog *c, const struct source_list *list, uint32_t *gone);

/* catalog_find_path(c, path): The entry, or NULL. */
struct catalog_entry *catalog_find_path(const struct catalog *c, struct span path);

/* catalog_add(c, e): Append a copy of ${e}, whose strings are kept ones; the names must come in
 * order.  For loading.  Return 0 or -1. */
int catalog_add(struct catalog *c, const struct catalog_entry *e);

/* catalog_index_paths(c): Make catalog_find_path() right again after the entries changed. */
int catalog_index_paths(struct catalog *c);

/* catalog_look(e): stat() the source into ${e}.  Return 1 if it looks as before, 0 if something
 * changed, -1 if it cannot be looked at (errno).  A retained source never changes: it
 * looks as before unless it could not be read then, which unsettled remembers. */
int catalog_look(struct catalog_entry *e);

#endif
