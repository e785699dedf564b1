/* catalog_file.h: The catalogue on disk: which sources were read, how far, and which segments hold
 * them.
 *
 * A file is one header and one run of numbers and strings (cold.h) with a checksum.  It names the
 * program that wrote it by the build ids of its parts: another build may read transcripts by other
 * rules, and building anew costs less than a wrong answer.
 */
#ifndef SCROLLBACK_CATALOG_FILE_H
#define SCROLLBACK_CATALOG_FILE_H

#include "catalog.h"

/* A segment that a catalogue names: its file is "seg-" and 16 hex digits of id. */
struct catalog_segment {
    uint64_t id;
    uint64_t size;
    uint64_t checksum; /* of its header, and so of all checksums in it */
};

/* What a file holds beside the entries. */
struct catalog_file {
    const char *const *roots;
    size_t root_count;
    uint64_t next_version;
    struct catalog_segment *segments; /* of catalog_file_read(): malloced */
    uint32_t segment_count;
};

/* catalog_file_write(folder, f, entries, count, err): Replace ${folder}/catalog.  Return 0, or -1
 * with ERROR_IO: the old file stays then. */
int catalog_file_write(const char *folder, const struct catalog_file *f,
                       const struct catalog_entry *entries, uint32_t count, struct error *err);

/* catalog_file_read(folder, f, c, err): Fill the empty ${c}.  ${f} brings the roots, which must be
 * those in the file.  Return 1, 0 if there is no file, or -1 (${c} may then hold entries): ERROR_IO
 * tells why it is of no use. */
int catalog_file_read(const char *folder, struct catalog_file *f, struct catalog *c,
                      struct error *err);

/* catalog_file_segment(folder, id): The path of a segment, malloced; NULL without memory. */
char *catalog_file_segment(const char *folder, uint64_t id);

/* catalog_file_segment_id(name, id): Whether a file of this name is a segment, and which. */
bool catalog_file_segment_id(const char *name, uint64_t *id);

#endif
