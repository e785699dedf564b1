#include "answer.h"

void answer_clear(struct answer *a)
{
    if (a->stream != NULL)
        a->stream->free(a->stream);
    gzip_free(a->gzip);
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

static void replace_body(struct answer *a, struct bytes *by)
{
    bytes_clear(&a->body);
    a->body = *by;
    *by = (struct bytes){0};
}

void answer_compress_piece(struct answer *a)
{
    struct bytes out = {0};

    if (a->gzip == NULL || a->body.failed)
        return;
    gzip_pack(a->gzip, bytes_span(&a->body), a->stream->state == STREAM_END, &out);
    replace_body(a, &out);
}

static void compress_whole(struct answer *a)
{
    struct gzip *z = a->body.len < ANSWER_GZIP_FROM ? NULL : gzip_new();
    struct bytes out = {0};

    if (z == NULL)
        return;
    gzip_pack(z, bytes_span(&a->body), true, &out);
    if (!out.failed && out.len < a->body.len) {
        replace_body(a, &out);
        a->gzipped = true;
    }
    gzip_free(z);
    bytes_clear(&out);
}

void answer_compress(struct answer *a)
{
    if (a->gzipped || a->body.failed)
        return;
    if (a->stream == NULL) {
        compress_whole(a);
        return;
    }
    a->gzip = gzip_new();
    a->gzipped = a->gzip != NULL;
    answer_compress_piece(a);
}
