/* ingest.h: Reading sources into segments: the scan's own pipeline with another ending.
 *
 * An ingester belongs to one thread at a time and keeps its buffers.  It changes the catalogue entries
 * it is given and nothing else, so several may work on different entries at once.
 */
#ifndef SCROLLBACK_INGEST_H
#define SCROLLBACK_INGEST_H

#include "catalog.h"
#include "profile.h"
#include "segment.h"
#include "file_stream.h"

#include <stdatomic.h>

struct ingester;

struct ingest_config {
    const char *folder;            /* of the cache, for large segments; NULL: in memory */
    atomic_uint_fast64_t *version; /* the next one to give */
    bool to_file;                  /* lay even small segments in the folder */
};

/* ingester_new(config, out), ingester_free(g): ${config} is copied, what it points to borrowed. */
int ingester_new(const struct ingest_config *config, struct ingester **out);
void ingester_free(struct ingester *g); /* NULL does nothing */

/* ingest_from(g, st): Take the bytes of the sources that follow from ${st}, borrowed, whose current file must be
 * the source that is ingested; NULL, the default: open and read them.  What a stream cannot give, or
 * gives of another time than the source was looked at, is opened and read all the same. */
void ingest_from(struct ingester *g, struct file_stream *st);

/* ingest_source(g, e, changed): Bring ${e} up to what its file holds now: look at it, compare what
 * was read before with what stands there, and read the rest or all of it.  *${changed} tells
 * whether anything in ${e} that an answer depends on did.  A file that cannot be read is told in
 * e->unreadable (a static text).  The project it found is kept by ingest_keep() afterwards.
 * Return 0, or -1 without memory: then ${e} is as before, but what was added to the segment stays
 * there under dead versions. */
int ingest_source(struct ingester *g, struct catalog_entry *e, bool *changed);

/* ingest_keep(c, e): After ingest_source(), by the holder of the catalogue: keep the strings it
 * found.  Return 0 or -1. */
int ingest_keep(struct catalog *c, struct catalog_entry *e);

/* ingest_segments(g, out, count, disk_error, err): Finish what was read into segments: *${out} is
 * a malloced array of ${count}, all the caller's.  Return 0, or -1 without memory. */
int ingest_segments(struct ingester *g, struct segment ***out, uint32_t *count, int *disk_error,
                    struct error *err);

/* ingest_profile(g, p): Add to ${p} where the time of ingest_source() went since the ingester was made. */
void ingest_profile(const struct ingester *g, struct profile *p);

/* ingest_bytes(g): Bytes read from files so far; any thread. */
uint64_t ingest_bytes(const struct ingester *g);

#endif
