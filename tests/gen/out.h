/* out.h: A buffered output file.
 *
 * A generator has nothing to do when the disk fails: every function ends the program with a
 * message then.
 */
#ifndef GEN_OUT_H
#define GEN_OUT_H

#include <stddef.h>
#include <stdint.h>

struct uuid {
    uint64_t high, low;
};

struct out {
    int fd;
    char *data;
    size_t used;
    uint64_t written; /* bytes so far, those in the buffer included */
    char path[512];
};

/* gen_die(what, path): Say what failed and why (errno), end with status 1. */
_Noreturn void gen_die(const char *what, const char *path);

/* out_open(o, path): Create or truncate; missing folders are made. */
void out_open(struct out *o, const char *path);
void out_close(struct out *o);

/* out_bytes(o, bytes, len), out_text(o, text): Write them as they stand. */
void out_bytes(struct out *o, const char *bytes, size_t len);
void out_text(struct out *o, const char *text);

/* out_room(o, len): At least ${len} (at most 4096) writable bytes; tell how many were used with
 * out_used(). */
char *out_room(struct out *o, size_t len);
void out_used(struct out *o, size_t len);

/* out_emit(o, format, ...): As printf, with its own directives: %s a string, %u a uint64_t, %d an
 * int64_t, %x a uint64_t as 16 hex digits, %U a const struct uuid *, %T an int64_t of milliseconds
 * since 1970 as RFC 3339, %b an int as true or false. Nothing is escaped. */
void out_emit(struct out *o, const char *format, ...);

#endif
