#include "tree.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "pitfalls.h"
#include "session.h"

enum { PROJECTS = 48 };

/* The newest session starts on the day before. */
static const int64_t last_day_ms = 1782777600000; /* 2026-06-30 */
static const int64_t day_ms = 86400000;

struct tree {
    const struct tree_options *options;
    struct counts *counts;
    struct rng rng;
    struct project projects[PROJECTS];
    struct session_plan latest[PROJECTS]; /* that a later session may copy; turns 0: none */
    size_t project_count;
    uint64_t sessions;
};

/* As Claude Code names a project's folder: all but letters and digits become dashes. */
static void encode_folder(struct project *p)
{
    size_t len = 0;
    for (const char *at = p->cwd; *at; at++) {
        unsigned char c = (unsigned char)*at;
        if ((c & 0xc0) == 0x80 || (c == '\\' && at[1] == '\\'))
            continue; /* one dash a character; a backslash is written twice in JSON */
        p->folder[len++] = isascii(c) && isalnum(c) ? (char)c : '-';
    }
    p->folder[len] = '\0';
}

static void name_projects(struct tree *t)
{
    static const char *const homes[] = {"/home/mia/src", "/Users/jon/work", "/home/mia/проекты",
                                        "/srv/build/agents", "C:\\\\Users\\\\kim\\\\code"};
    for (size_t i = 0; i < t->project_count; i++) {
        struct project *p = &t->projects[i];
        const char *home = homes[rng_below(&t->rng, sizeof homes / sizeof *homes)];
        struct word a = words_at(rng_below(&t->rng, 300)), b = words_at(rng_below(&t->rng, 300));
        snprintf(p->cwd, sizeof p->cwd, "%s%s%.*s-%.*s-%zu", home, home[0] == '/' ? "/" : "\\\\",
                 a.len, a.text, b.len, b.text, i);
        encode_folder(p);
    }
}

static struct session_plan next_plan(struct tree *t, size_t *project)
{
    struct session_plan plan = {0};
    uint64_t span = t->options->days * (uint64_t)day_ms;
    /* Squaring the draw makes a few projects hold most sessions. */
    uint64_t dice = rng_below(&t->rng, t->project_count * t->project_count);
    *project = 0;
    while ((*project + 1) * (*project + 1) <= dice)
        ++*project;
    *project = t->project_count - 1 - *project;
    plan.seed = rng_next(&t->rng);
    plan.id = random_uuid(&t->rng);
    plan.project = &t->projects[*project];
    plan.start_ms = last_day_ms - (int64_t)rng_between(&t->rng, 1, span);
    plan.damage = t->options->pitfalls;
    return plan;
}

static uint64_t session_size(struct tree *t, uint64_t written)
{
    const struct tree_options *o = t->options;
    if (o->one_file)
        return o->size;
    if (o->sessions)
        return o->size / o->sessions;
    uint64_t bytes = rng_tail(&t->rng, 250000), left = o->size - written;
    return bytes < left ? bytes : left;
}

static uint64_t write_session(struct tree *t, uint64_t written)
{
    size_t project;
    struct session_plan plan = next_plan(t, &project);
    plan.bytes = session_size(t, written);
    plan.long_line = t->sessions == 0 ? t->options->max_line : 0;
    if (t->latest[project].turns > 0 && rng_chance(&t->rng, 6))
        plan.copied = &t->latest[project];
    uint64_t bytes = session_write(&plan, t->options->out, t->counts);
    if (!plan.copied)
        t->latest[project] = plan;
    t->sessions++;
    return bytes;
}

static bool goes_on(const struct tree *t, uint64_t written)
{
    if (t->options->one_file)
        return t->sessions == 0;
    if (t->options->sessions)
        return t->sessions < t->options->sessions;
    return written < t->options->size;
}

/* Files below the root that are no transcripts, though some are called .jsonl. */
static void write_strangers(struct tree *t)
{
    struct out out;
    char path[512];
    snprintf(path, sizeof path, "%s/projects/%s/journal.jsonl", t->options->out,
             t->projects[0].folder);
    out_open(&out, path);
    out_text(&out,
             "{\"type\":\"started\",\"agentId\":\"a1b2c3d\",\"key\":\"1\"}\n"
             "{\"type\":\"result\",\"agentId\":\"a1b2c3d\",\"result\":{\"summary\":\"done\"}}\n");
    out_close(&out);
    t->counts->files++;
    t->counts->other_records += 2;
    snprintf(path, sizeof path, "%s/projects/%s/sessions-index.json", t->options->out,
             t->projects[0].folder);
    out_open(&out, path);
    out_text(&out, "{\"version\":1,\"entries\":[]}\n");
    out_close(&out);
    snprintf(path, sizeof path, "%s/projects/%s/memory/MEMORY.md", t->options->out,
             t->projects[0].folder);
    out_open(&out, path);
    out_text(&out, "# Notes\n\nThe tests need a database.\n");
    out_close(&out);
}

uint64_t tree_write(const struct tree_options *options, struct counts *counts)
{
    static struct tree t;
    uint64_t written = 0;
    memset(&t, 0, sizeof t);
    t.options = options;
    t.counts = counts;
    t.rng.state = options->seed;
    t.project_count = options->size > (200U << 20) ? PROJECTS : options->one_file ? 1 : 6;
    name_projects(&t);
    while (goes_on(&t, written))
        written += write_session(&t, written);
    for (uint64_t i = 0; i < options->tiny_files; i++) {
        size_t project;
        struct session_plan plan = next_plan(&t, &project);
        plan.damage = false;
        written += session_write_tiny(&plan, options->out, counts);
    }
    if (!options->one_file)
        write_strangers(&t);
    if (options->pitfalls)
        pitfalls_write(options->out, counts);
    return written;
}
