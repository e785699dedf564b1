#include "gzip.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

struct gzip {
    z_stream z;
};

struct gzip *gzip_new(void)
{
    struct gzip *g = calloc(1, sizeof(*g));
    /* Window bits 15 + 16 ask for a gzip header. */
    if (g != NULL && deflateInit2(&g->z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        free(g);
        return NULL;
    }
    return g;
}

void gzip_free(struct gzip *g)
{
    if (g == NULL)
        return;
    deflateEnd(&g->z);
    free(g);
}

void gzip_pack(struct gzip *g, struct span piece, bool last, struct bytes *out)
{
    if (piece.len == 0 && !last) /* zlib would have nothing to flush */
        return;
    if (piece.len > INT_MAX) {
        out->failed = true;
        return;
    }
    g->z.next_in = (unsigned char *)(uintptr_t)piece.ptr; /* which it only reads */
    g->z.avail_in = (unsigned)piece.len;
    do {
        size_t room = deflateBound(&g->z, g->z.avail_in) + 64; /* and what a flush adds */
        char *to = bytes_room(out, room);
        if (to == NULL)
            return;
        g->z.next_out = (unsigned char *)to;
        g->z.avail_out = (unsigned)room;
        (void)deflate(&g->z, last ? Z_FINISH : Z_SYNC_FLUSH);
        out->len += room - g->z.avail_out;
    } while (g->z.avail_out == 0);
}
