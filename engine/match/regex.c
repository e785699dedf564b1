#include "regex.h"

#include "buf.h"
#include "clock.h"
#include "code_point.h"
#include "error.h"
#include "query.h"
#include "regex_scan.h"
#include "span.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* PCRE2's JIT counts backtracking afresh at each start position: a million is about 3 ms. */
#define MATCH_LIMIT 1000000u
#define DEPTH_LIMIT 10000u
#define HEAP_LIMIT_KIB 16384u
#define JIT_STACK_MIN ((size_t)32 << 10)
#define JIT_STACK_MAX ((size_t)1 << 20)

/* Start positions of the first window; as long as windows are quick, the next is twice as long. */
#define WINDOW_FIRST ((size_t)64)
#define WINDOW_LONG_TEXT ((size_t)1 << 20)
#define WINDOW_QUICK_NS UINT64_C(500000)

/* The walk over one text may take so much of its thread's processor time: a base, the pace of the
 * slowest honest patterns, and what it takes to find one match and begin again. */
#define TIME_BASE_NS UINT64_C(80000000)
#define TIME_PER_BYTE_NS 40u
#define TIME_PER_MATCH_NS 400u

/* A search that ends in its first window does not look at the clock, but one of so many does: a
 * window takes milliseconds at worst, a look some part of what a search of a few bytes takes. */
#define SEARCHES_A_LOOK 16u

/* So often an item of a pattern without windows is tried before the next look. */
#define STEPS_A_LOOK 64u

/* Compiling an automaton takes as long as PCRE2 takes for some such amount of text, and is not
 * worth it for the few candidates of a query whose literals are rare. */
#define COMPILE_AFTER ((size_t)512 << 10)

struct regex {
    pcre2_code *code;
    bool windowed;     /* a search may be cut into windows without changing its result; else PCRE2
                          calls back at each item of the pattern */
    struct lazy *lazy; /* NULL: PCRE2 answers everything */
};

/* The automaton for regex_test(), compiled when enough text was searched to pay for it.  This is
 * the one part of a regex that changes: scan is set once, by the thread that found taken false. */
struct lazy {
    struct buf spelled;
    _Atomic(struct regex_scan *) scan;
    atomic_bool taken;
};

struct regex_scratch {
    pcre2_match_data *data;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
    struct regex_scan_scratch *scan;
    struct cancel *cancel;
    size_t searched;         /* bytes, by PCRE2 in place of automata that are not compiled yet */
    unsigned searches;       /* counts up to SEARCHES_A_LOOK */
    unsigned steps;          /* callbacks */
    uint64_t limits;         /* hit so far */
    struct regex_walk *walk; /* the one that searches */
};

/* What PCRE2 says, with a full stop less. */
static int refuse(struct error *err, int code, size_t pos)
{
    char text[160];
    if (code == PCRE2_ERROR_HEAP_FAILED || code == PCRE2_ERROR_NOMEMORY)
        return error_no_memory(err);
    if (pcre2_get_error_message(code, (PCRE2_UCHAR *)text, sizeof(text)) < 0)
        memcpy(text, "it does not compile", sizeof("it does not compile"));
    return error_set(err, ERROR_INVALID_REGEX, pos, "invalid regular expression: %s", text);
}

static bool contains(struct span s, const char *what)
{
    return s.len > 0 && memmem(s.ptr, s.len, what, strlen(what)) != NULL;
}

static int compile(struct span pattern, uint32_t options, struct regex **out, struct error *err)
{
    int code = 0;
    size_t pos = 0;
    struct regex *r = calloc(1, sizeof(*r));
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    if (r == NULL || context == NULL) {
        error_no_memory(err);
        goto fail;
    }
    /* The library's defaults are the packager's choice; answers must not be. */
    pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    pcre2_set_bsr(context, PCRE2_BSR_UNICODE);
    r->code = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, options, &code, &pos, context);
    if (r->code == NULL) {
        refuse(err, code, pos);
        goto fail;
    }
    /* Where there is no JIT for the machine the interpreter does the same, slower. */
    pcre2_jit_compile(r->code, PCRE2_JIT_COMPLETE);
    pcre2_compile_context_free(context);
    *out = r;
    return 0;
fail:
    pcre2_compile_context_free(context);
    free(r);
    return -1;
}

static void lazy_free(struct lazy *z)
{
    if (z == NULL)
        return;
    regex_scan_free(atomic_load_explicit(&z->scan, memory_order_acquire));
    buf_clear(&z->spelled);
    free(z);
}

/* Missing memory, or syntax that is not understood, leaves the work to PCRE2. */
static struct lazy *lazy_new(struct span pattern, unsigned flags)
{
    const struct syntax *syntax;
    struct lazy *z = calloc(1, sizeof(*z));
    struct arena arena;
    if (z == NULL)
        return NULL;
    arena_init(&arena);
    buf_init(&z->spelled);
    atomic_init(&z->scan, NULL);
    atomic_init(&z->taken, false);
    if (regex_syntax_parse(pattern, flags, &arena, &syntax) == 1 &&
        regex_scan_spell(syntax, &z->spelled)) {
        atomic_init(&z->scan, regex_scan_find(buf_span(&z->spelled)));
    } else {
        lazy_free(z);
        z = NULL;
    }
    arena_clear(&arena);
    return z;
}

/* The automaton if it is there, or if it is time to make it; else NULL. */
static const struct regex_scan *lazy_scan(struct lazy *z, struct regex_scratch *s, size_t len)
{
    struct regex_scan *scan = atomic_load_explicit(&z->scan, memory_order_acquire);
    if (scan != NULL)
        return scan;
    s->searched += len;
    if (s->searched < COMPILE_AFTER || atomic_exchange(&z->taken, true))
        return NULL;
    s->searched = 0;
    scan = regex_scan_new(buf_span(&z->spelled));
    atomic_store_explicit(&z->scan, scan, memory_order_release);
    return scan;
}

bool regex_plain(struct span pattern, unsigned flags, struct buf *out)
{
    const struct syntax *syntax;
    struct arena arena;
    arena_init(&arena);
    bool plain = regex_syntax_parse(pattern, flags, &arena, &syntax) == 1 &&
                 regex_syntax_plain(syntax, (flags & TERM_FLAG_I) != 0, out);
    arena_clear(&arena);
    return plain;
}

int regex_new(struct span pattern, unsigned flags, bool scan, struct regex **out, struct error *err)
{
    uint32_t options =
        PCRE2_UTF | PCRE2_NEVER_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_USE_OFFSET_LIMIT;
    if (flags & TERM_FLAG_I)
        options |= PCRE2_CASELESS;
    if (flags & TERM_FLAG_M)
        options |= PCRE2_MULTILINE;
    if (flags & TERM_FLAG_S)
        options |= PCRE2_DOTALL;
    if (flags & TERM_FLAG_X)
        options |= PCRE2_EXTENDED;
    /* \G asks where the search began; a verb like (*COMMIT) ends it as a whole. */
    bool windowed = !contains(pattern, "\\G") && !contains(pattern, "(*");
    if (!windowed)
        options |= PCRE2_AUTO_CALLOUT;
    if (compile(pattern, options, out, err) != 0)
        return -1;
    (*out)->windowed = windowed;
    if (scan)
        (*out)->lazy = lazy_new(pattern, flags);
    return 0;
}

/* A literal between two assertions cannot use PCRE2_LITERAL: quote what is not a letter or
 * digit. */
static int quote(struct span text, struct buf *b)
{
    buf_append_span(b, SPAN("(?<!\\w)"));
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool plain =
            c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!plain)
            buf_append_byte(b, '\\');
        buf_append_byte(b, text.ptr[i]);
    }
    buf_append_span(b, SPAN("(?!\\w)"));
    return buf_failed(b) ? -1 : 0;
}

int regex_new_literal(struct span text, bool caseless, bool word, struct regex **out,
                      struct error *err)
{
    uint32_t options = PCRE2_UTF | PCRE2_USE_OFFSET_LIMIT | (caseless ? PCRE2_CASELESS : 0u);
    struct buf quoted;
    int rc;
    buf_init(&quoted);
    if (!word)
        rc = compile(text, options | PCRE2_LITERAL, out, err);
    else if (quote(text, &quoted) != 0)
        rc = error_no_memory(err);
    else
        rc = compile(buf_span(&quoted), options, out, err);
    buf_clear(&quoted);
    if (rc == 0)
        (*out)->windowed = true;
    return rc;
}

void regex_free(struct regex *r)
{
    if (r == NULL)
        return;
    pcre2_code_free(r->code);
    lazy_free(r->lazy);
    free(r);
}

/* Whether the time is over, or somebody has said so.  On a busy machine the wall clock runs while
 * the thread waits, but processor time is dear to read: it is looked at, and the budget counted by
 * it, only when the budget is used up by the wall clock. */
static bool is_used_up(struct regex_allowance *a, struct cancel *cancel, uint64_t now)
{
    if (cancel_poll(cancel) != CANCEL_NONE)
        return true;
    if (a->wall_begin == 0)
        a->wall_begin = now;
    if (now - a->wall_begin <= a->budget)
        return false;
    uint64_t used = clock_thread_ns();
    if (a->thread_begin == 0)
        a->thread_begin = used;
    return used - a->thread_begin > a->budget;
}

/* Called by PCRE2 at the items of patterns that say so; a negative value ends the search. */
static int take_step(pcre2_callout_block *block, void *arg)
{
    struct regex_scratch *s = arg;
    (void)block;
    if (++s->steps % STEPS_A_LOOK != 0)
        return 0;
    bool over = is_used_up(&s->walk->allowance, s->cancel, clock_monotonic_ns());
    return over ? PCRE2_ERROR_CALLOUT : 0;
}

int regex_scratch_new(struct cancel *cancel, struct regex_scratch **out)
{
    struct regex_scratch *s = calloc(1, sizeof(*s));
    if (s == NULL)
        return -1;
    s->cancel = cancel;
    s->data = pcre2_match_data_create(1, NULL);
    s->context = pcre2_match_context_create(NULL);
    s->stack = pcre2_jit_stack_create(JIT_STACK_MIN, JIT_STACK_MAX, NULL); /* NULL without JIT */
    s->scan = regex_scan_scratch_new();
    if (s->data == NULL || s->context == NULL || s->scan == NULL) {
        regex_scratch_free(s);
        return -1;
    }
    pcre2_set_callout(s->context, take_step, s);
    pcre2_set_match_limit(s->context, MATCH_LIMIT);
    pcre2_set_depth_limit(s->context, DEPTH_LIMIT);
    pcre2_set_heap_limit(s->context, HEAP_LIMIT_KIB);
    if (s->stack != NULL)
        pcre2_jit_stack_assign(s->context, NULL, s->stack);
    *out = s;
    return 0;
}

void regex_scratch_free(struct regex_scratch *s)
{
    if (s == NULL)
        return;
    pcre2_match_data_free(s->data);
    pcre2_match_context_free(s->context);
    pcre2_jit_stack_free(s->stack);
    regex_scan_scratch_free(s->scan);
    free(s);
}

/* One call of PCRE2: matches that start in [from, stop]. */
static int match_window(const struct regex *r, struct regex_scratch *s, struct span text,
                        size_t from, size_t stop)
{
    pcre2_set_offset_limit(s->context, stop);
    const char *ptr = text.ptr == NULL ? "" : text.ptr;
    return pcre2_match(r->code, (PCRE2_SPTR)ptr, text.len, from, PCRE2_NO_UTF_CHECK, s->data,
                       s->context);
}

/* The last start position of a window of about ${size}, at a code point. */
static size_t window_stop(struct span text, size_t from, size_t size)
{
    if (size >= text.len - from)
        return text.len;
    size_t stop = from + size;
    while (stop > from && code_point_is_inner(text.ptr[stop]))
        stop--;
    return stop;
}

/* Fewer start positions at first where each may have to look through a very long text. */
static size_t window_first(size_t len)
{
    return len <= WINDOW_LONG_TEXT ? WINDOW_FIRST : 1 + WINDOW_FIRST * WINDOW_LONG_TEXT / len;
}

/* The search of a walk, from w->from on, window by window. */
static int match_windows(struct regex_walk *w)
{
    struct span text = w->text;
    uint64_t before = 0;
    size_t from = w->from;
    for (size_t size = window_first(text.len);;) {
        size_t stop = window_stop(text, from, size);
        int rc = match_window(w->regex, w->scratch, text, from, stop);
        if (rc != PCRE2_ERROR_NOMATCH || stop == text.len)
            return rc;
        uint64_t now = clock_monotonic_ns();
        if (is_used_up(&w->allowance, w->scratch->cancel, now))
            return PCRE2_ERROR_MATCHLIMIT;
        if (now - before < WINDOW_QUICK_NS || before == 0)
            size *= 4;
        before = now;
        from = stop + 1;
        while (from < text.len && code_point_is_inner(text.ptr[from]))
            from++;
    }
}

/* One search: a match, PCRE2_ERROR_NOMATCH, or what limit was hit. */
static int match_next(struct regex_walk *w)
{
    struct regex_scratch *s = w->scratch;
    s->walk = w;
    if (++s->searches == SEARCHES_A_LOOK) {
        s->searches = 0;
        if (is_used_up(&w->allowance, s->cancel, clock_monotonic_ns()))
            return PCRE2_ERROR_MATCHLIMIT;
    }
    return w->regex->windowed && w->text.len - w->from > WINDOW_FIRST
               ? match_windows(w)
               : match_window(w->regex, s, w->text, w->from, w->text.len);
}

void regex_walk_begin(struct regex_walk *w, const struct regex *r, struct regex_scratch *s,
                      struct span text, size_t from)
{
    *w = (struct regex_walk){
        .regex = r,
        .scratch = s,
        .text = text,
        .from = from,
        .allowance = {.budget = TIME_BASE_NS + TIME_PER_BYTE_NS * (uint64_t)text.len}};
}

/* Where a walk goes on after a match; more than text.len: nowhere. */
static size_t go_on(struct span text, size_t begin, size_t end)
{
    if (end > begin)
        return end;
    return end < text.len ? end + code_point_length(text.ptr[end]) : end + 1;
}

bool regex_walk_next(struct regex_walk *w, size_t *begin, size_t *end)
{
    if (w->from > w->text.len)
        return false;
    int rc = match_next(w);
    if (rc < 0) {
        w->scratch->limits += rc != PCRE2_ERROR_NOMATCH;
        w->from = SIZE_MAX;
        return false;
    }
    const PCRE2_SIZE *where = pcre2_get_ovector_pointer(w->scratch->data);
    *begin = where[0];
    *end = where[1];
    w->from = go_on(w->text, *begin, *end);
    w->allowance.budget += TIME_PER_MATCH_NS;
    return true;
}

bool regex_find(const struct regex *r, struct regex_scratch *s, struct span text, size_t from,
                size_t *begin, size_t *end)
{
    struct regex_walk w;
    regex_walk_begin(&w, r, s, text, from);
    return regex_walk_next(&w, begin, end);
}

bool regex_test(const struct regex *r, struct regex_scratch *s, struct span text)
{
    size_t begin, end;
    const struct regex_scan *scan = r->lazy == NULL ? NULL : lazy_scan(r->lazy, s, text.len);
    int known = scan == NULL ? -1 : regex_scan_test(scan, s->scan, text);
    return known >= 0 ? known == 1 : regex_find(r, s, text, 0, &begin, &end);
}

uint64_t regex_count(const struct regex *r, struct regex_scratch *s, struct span text)
{
    struct regex_walk w;
    uint64_t sum = 0;
    size_t begin, end;
    regex_walk_begin(&w, r, s, text, 0);
    while (regex_walk_next(&w, &begin, &end))
        sum++;
    return sum;
}

uint64_t regex_scratch_limits(const struct regex_scratch *s)
{
    return s->limits;
}
