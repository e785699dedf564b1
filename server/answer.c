#include "answer.h"

#include <limits.h>
#include <zlib.h>

void answer_clear(struct answer *a)
{
    if (a->stream != NULL)
        a->stream->free(a->stream);
    bytes_clear(&a->body);
    *a = (struct answer){0};
}

void answer_problem(struct answer *a, const struct problem *p, struct span instance)
{
    answer_clear(a);
    a->status = problem_status(p->code);
    a->type = "application/problem+json";
    a->retry_after_s = p->retry_after_s;
    a->challenge = p->code == PROBLEM_UNAUTHORIZED;
    problem_write(p, instance, &a->body);
}

void answer_compress(struct answer *a)
{
    z_stream z = {0};
    struct bytes out = {0};

    if (a->gzipped || a->stream != NULL || a->body.failed || a->body.len < ANSWER_GZIP_FROM ||
        a->body.len > INT_MAX)
        return;
    /* Level 1: a reply is sent once, to a client that is most often on the same machine.  Window
     * bits 15 + 16 ask for a gzip header. */
    if (deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return;
    size_t bound = deflateBound(&z, a->body.len);
    char *to = bytes_room(&out, bound);
    if (to != NULL) {
        z.next_in = (unsigned char *)a->body.ptr;
        z.avail_in = (unsigned)a->body.len;
        z.next_out = (unsigned char *)to;
        z.avail_out = (unsigned)bound;
        if (deflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out < a->body.len) {
            out.len = z.total_out;
            bytes_clear(&a->body);
            a->body = out;
            out = (struct bytes){0};
            a->gzipped = true;
        }
    }
    deflateEnd(&z);
    bytes_clear(&out);
}
