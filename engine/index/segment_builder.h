/* segment_builder.h: Making a segment, message by message.
 *
 * A builder belongs to one thread.  Columns grow in memory; the text goes through a buffer to a file
 * as soon as there is more of it than SEGMENT_SPILL, so that building takes little more memory than the
 * columns.  The file is a temporary one in the cache folder, or, without a cache folder or when it
 * cannot be written, anonymous memory (memfd_create): the code is the same.
 */
#ifndef SCROLLBACK_SEGMENT_BUILDER_H
#define SCROLLBACK_SEGMENT_BUILDER_H

#include "segment.h"

#define SEGMENT_SPILL (1u << 20)

struct segment_builder;

/* segment_builder_new(folder, out): ${folder} (NULL: none) is borrowed.  Return 0 or -1. */
int segment_builder_new(const char *folder, struct segment_builder **out);

/* segment_builder_free(b): Also removes the temporary file.  NULL does nothing. */
void segment_builder_free(struct segment_builder *b);

/* segment_builder_run(b, version): The rows that follow were read under ${version}.  An empty run
 * leaves no trace.  Return 0. */
int segment_builder_run(struct segment_builder *b, uint64_t version);

/* segment_builder_add(b, m, rank): Add a message of the current run, with its message_rank(), and copy all
 * of it that is kept.  Return 0, or -1 without memory: then the builder is good for segment_builder_free()
 * alone, since part of the row is in it. */
int segment_builder_add(struct segment_builder *b, const struct message *m, unsigned rank);

/* segment_builder_text(b): Bytes of text that it holds so far.
 *
 * segment_builder_full(b): Time to finish and to begin another: ask before every block of lines, or every row.
 *
 * segment_builder_has_room(b, m): Whether ${m} can be added.  Sections are addressed by 32 bits, so one
 * that is not full has room for all but the largest rows, of which it should be asked.  A row for which an empty builder has
 * no room is part of no segment.
 *
 * segment_builder_limit(b, bytes): From now on be full beyond so many of text, at most SEGMENT_MAX_TEXT,
 * which is the default.  segment_builder_most(b): What a section may hold, four times the limit. */
uint64_t segment_builder_text(const struct segment_builder *b);
bool segment_builder_full(const struct segment_builder *b);
bool segment_builder_has_room(const struct segment_builder *b, const struct message *m);
void segment_builder_limit(struct segment_builder *b, uint64_t bytes);
uint64_t segment_builder_most(const struct segment_builder *b);

/* segment_builder_finish(b, to_file, out, disk_error, err): Make the segment and empty the builder for the
 * next.  ${to_file}: lay it in the folder if that is possible, however small it is; it then has the name of a temporary file
 * (segment.path), which is the caller's to rename or to unlink.  No rows: *${out} is
 * NULL.  *${disk_error} is 0, or the errno with which the folder refused (then the segment is in memory).
 * Return 0, or -1 without memory or where more was added than a segment can address. */
int segment_builder_finish(struct segment_builder *b, bool to_file, struct segment **out,
                           int *disk_error, struct error *err);

#endif
