#include "thread.h"

#include "error.h"
#include "extract.h"
#include "facts.h"
#include "hits.h"
#include "lines.h"
#include "reader.h"
#include "show.h"
#include "span.h"

/* A pass over the file.  The first finds the page, the second reads it. */
struct pass {
    const struct source_list *list;
    const struct thread_page *page;
    struct arena *arena;
    struct arena scratch;
    struct span line; /* in work */
    uint64_t seen;    /* messages so far */
    uint64_t around;  /* number of the message asked for */
    bool found;
    bool showing;
    uint64_t first; /* of the page */
    size_t room;    /* for messages: the file may change between the passes */
    struct thread_result *out;
};

static bool is_around(struct pass *p, const struct message *m)
{
    struct span id;
    if (m->uuid.ptr != NULL)
        return span_equal(m->uuid, p->page->around);
    arena_reset(&p->scratch);
    return hit_id(p->list, m, &p->scratch, &id) == 0 && span_equal(id, p->page->around);
}

static int take(void *arg, const struct message *m)
{
    struct pass *p = arg;
    if (p->page->session.ptr != NULL && !span_equal(p->page->session, m->session))
        return 0;
    uint64_t number = p->seen++;
    if (!p->showing) {
        if (!p->found && p->page->around.ptr != NULL && is_around(p, m)) {
            p->found = true;
            p->around = number;
        }
        return 0;
    }
    if (number < p->first || p->out->count == p->room)
        return 0;
    struct show_options how = {.full = p->page->full, .line = p->line};
    if (!p->page->raw)
        how.line = (struct span){NULL, 0};
    struct reply_message *to = &p->out->messages[p->out->count++];
    return show_message(p->list, m, &how, p->arena, to);
}

static int given_up(struct cancel *cancel, struct error *err)
{
    if (cancel_poll(cancel) == CANCEL_TIMEOUT)
        return error_set(err, ERROR_TIMEOUT, ERROR_NO_POSITION,
                         "the time for this request was too short");
    return error_set(err, ERROR_CANCELLED, ERROR_NO_POSITION, "the request was given up");
}

static int read_lines(struct pass *p, struct reader *r, struct extractor *x, const struct source *s,
                      struct cancel *cancel, struct error *err)
{
    struct block b;
    uint64_t number = 1;
    int rc = reader_open(r, s, 0, s->size, err);
    while (rc == 0 && (rc = reader_next(r, &b, err)) > 0) {
        struct span rest = {b.ptr, b.len};
        rc = 0;
        for (; rc == 0 && lines_next(&rest, &p->line); number++)
            rc = extract_line(x, p->line, b.offset + (uint64_t)(p->line.ptr - b.ptr), number,
                              b.unterminated && rest.len == 0, take, p);
        if (cancel_poll(cancel) != CANCEL_NONE)
            return given_up(cancel, err);
        if (p->showing && p->out->count == p->room)
            break;
    }
    return rc < 0 ? error_no_memory(err) : 0;
}

/* Where the page begins, and room for it. */
static int place_page(struct pass *p)
{
    const struct thread_page *page = p->page;
    p->out->total = p->seen;
    p->first = page->first;
    if (p->found)
        p->first = p->around > page->limit / 2 ? p->around - page->limit / 2 : 0;
    p->out->first = p->first;
    p->out->found = page->around.ptr == NULL || p->found;
    uint64_t rest = p->first < p->seen ? p->seen - p->first : 0;
    p->room = rest < page->limit ? (size_t)rest : page->limit;
    p->out->messages = arena_zalloc(p->arena, (p->room + 1) * sizeof *p->out->messages);
    p->showing = true;
    p->seen = 0;
    return p->out->messages == NULL ? -1 : 0;
}

int thread_read(const struct source_list *list, const struct source *s,
                const struct thread_page *page, struct cancel *cancel, struct arena *arena,
                struct thread_result *out, struct error *err)
{
    struct pass p = {.list = list, .page = page, .arena = arena, .out = out};
    struct reader *r = NULL;
    struct extractor *x = NULL;
    struct facts facts = {0};
    int rc = -1;
    *out = (struct thread_result){0};
    arena_init(&p.scratch);
    if (reader_new(&r) != 0 || extractor_new(&x) != 0) {
        error_no_memory(err);
        goto done;
    }
    if (facts_read(r, s, &facts, err) != 0)
        goto done;
    extractor_keep_raw(x, true);
    if (extract_begin(x, s, &facts, NULL) != 0 || read_lines(&p, r, x, s, cancel, err) != 0)
        goto done;
    if (place_page(&p) != 0 || extract_begin(x, s, &facts, NULL) != 0) {
        error_no_memory(err);
        goto done;
    }
    if (out->found && p.first < out->total && read_lines(&p, r, x, s, cancel, err) != 0)
        goto done;
    rc = 0;
done:
    if (rc != 0)
        error_no_memory(err);
    facts_clear(&facts);
    extractor_free(x);
    reader_free(r);
    arena_clear(&p.scratch);
    return rc;
}
