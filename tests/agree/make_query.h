/* make_query.h: Random requests that are grammatical, varied, and about what the corpus holds. */
#ifndef AGREE_MAKE_QUERY_H
#define AGREE_MAKE_QUERY_H

#include "buf.h"
#include "sample.h"
#include "search_api.h"

/* make_query(sample, state, text, out): A request; its q is in ${text}, which outlives it. */
void make_query(const struct sample *sample, uint64_t *state, struct buf *text,
                struct search_request *out);

#endif
