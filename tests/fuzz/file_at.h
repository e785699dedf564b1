/* file_at.h: Bytes as a file, for parsers that read files themselves.
 *
 * The files lie in a folder of this process, in memory where there is /dev/shm; it goes with it.
 */
#ifndef SCROLLBACK_FILE_AT_H
#define SCROLLBACK_FILE_AT_H

#include "span.h"

/* file_at(name, content): Write ${content} to the file ${name} of that folder, in the place of what
 * stood there.  Return its path, which stays valid until the next call with another name. */
const char *file_at(const char *name, struct span content);

/* file_at_folder(): The folder. */
const char *file_at_folder(void);

#endif
