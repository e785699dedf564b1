/* ingest.h: Reading sources into segments: the scan's own pipeline with another ending.
 *
 * An ingester belongs to one thread at a time and keeps its buffers.  It reads the catalogue entries
 * that it is given and changes none before ingest_commit(), so several may work on different entries at once.
 *
 * Reading is a transaction: sources are read one by one, then their rows and what the catalogue is to know
 * of them become part of the index together, or not at all.
 *
 *     ingest_source() for each source; any thread
 *     ingest_finish(), then take its segments into the index, then ingest_commit(); the catalogue's holder
 *
 * When any of it fails, for want of memory or file descriptors, the ingester is good for ingester_free() alone: the entries are as
 * they were, so that the next look at the files finds the same to do.
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
    uint64_t segment_bytes; /* of text in a segment, at most about (segment_builder_limit()) */
};

/* ingester_new(config, out), ingester_free(g): ${config} is copied, what it points to borrowed. */
int ingester_new(const struct ingest_config *config, struct ingester **out);
void ingester_free(struct ingester *g); /* NULL does nothing */

/* ingest_from(g, st): Take the bytes of the sources that follow from ${st}, borrowed, whose current file must be
 * the source that is ingested; NULL, the default: open and read them.  What a stream cannot give, or
 * gives of another time than the source was looked at, is opened and read all the same. */
void ingest_from(struct ingester *g, struct file_stream *st);

/* ingest_source(g, e, changed, err): Find out what the file of ${e} holds now: look at it, compare what
 * was read before with what stands there, and read the rest or all of it.  *${changed} tells
 * whether anything that an answer depends on did.  A file that cannot be read is told in
 * unreadable (a static text) of the entry to be.  ${e} must stay until ingest_commit(), not to be
 * given again before.  Return 0, or -1 without memory or file descriptors. */
int ingest_source(struct ingester *g, struct catalog_entry *e, bool *changed, struct error *err);

/* ingest_finish(g, c, out, count, disk_error, err): Make segments of what was read since the last commit, and keep
 * in ${c} the strings of its entries.  *${out} is a malloced array of ${count} segments, all the caller's;
 * *${disk_error} is 0, or the errno that keeps some in memory.  Return 0, or -1 without memory. */
int ingest_finish(struct ingester *g, struct catalog *c, struct segment ***out, uint32_t *count,
                  int *disk_error, struct error *err);

/* ingest_commit(g): Let the entries be what was read.  After ingest_finish(); cannot fail. */
void ingest_commit(struct ingester *g);

/* ingest_profile(g, p): Add to ${p} where the time of ingest_source() went since the ingester was made. */
void ingest_profile(const struct ingester *g, struct profile *p);

/* ingest_bytes(g): Bytes read from files so far; any thread. */
uint64_t ingest_bytes(const struct ingester *g);

#endif
