/* row_filter.h: The filters of a query, asked of the columns of a segment.
 *
 * What depends on a string is asked once for each distinct string and remembered; so is what depends
 * on a source.  One belongs to one worker and one segment at a time.
 */
#ifndef SCROLLBACK_ROW_FILTER_H
#define SCROLLBACK_ROW_FILTER_H

#include "query.h"
#include "snapshot_view.h"

struct row_filter;

/* row_filter_new(s, q, out), row_filter_free(f): For the filters of ${q} in ${s}, which both must
 * outlive it.  Return 0, or -1 without memory. */
int row_filter_new(const struct snapshot *s, const struct query *q, struct row_filter **out);
void row_filter_free(struct row_filter *f); /* NULL does nothing */

/* row_filter_segment(f, v): Turn to a segment of the snapshot.  Return 0 or -1. */
int row_filter_segment(struct row_filter *f, const struct snapshot_segment *v);

/* row_filter_test(f, filter, row, source): Whether ${filter} (one of q->filters) is true of the
 * segment's ${row}, which belongs to ${source}. */
bool row_filter_test(struct row_filter *f, const struct filter *filter, uint32_t row,
                     uint32_t source);

/* row_filter_failed(f): Memory ran out: results since are worth nothing. */
bool row_filter_failed(const struct row_filter *f);

#endif
