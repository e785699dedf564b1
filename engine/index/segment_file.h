/* segment_file.h: The file a large segment is written to: in the cache folder if possible, else in
 * memory, changing over by itself when the disk refuses.
 */
#ifndef SCROLLBACK_SEGMENT_FILE_H
#define SCROLLBACK_SEGMENT_FILE_H

#include "vocabulary.h"

struct segment_file {
    int fd;         /* -1: not open */
    char *path;     /* of the temporary file; NULL in memory */
    uint64_t size;  /* bytes up to the last one written */
    int disk_error; /* errno of the disk's refusal, or 0 */
};

/* segment_file_init(f): Not open.  segment_file_close(f): close, and remove the temporary file if
 * path was not taken away. */
void segment_file_init(struct segment_file *f);
void segment_file_close(struct segment_file *f);

/* segment_file_open(f, folder): Make it; ${folder} NULL: in memory.  Return 0, or -1 if not even
 * memory can be had. */
int segment_file_open(struct segment_file *f, const char *folder);

/* segment_file_write(f, p, n, at): Write at ${at}; 0, or -1 if not even memory can be had. */
int segment_file_write(struct segment_file *f, const void *p, size_t n, uint64_t at);

#endif
