#include "pitfalls.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER "projects/-home-mia-pitfalls"

static void open_in(struct out *out, const char *root, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/" FOLDER "/%s.jsonl", root, name);
    out_open(out, path);
}

static void write_table(const char *root, const struct pitfall *table, size_t count,
                        struct counts *counts)
{
    for (size_t i = 0; i < count; i++) {
        struct out out;
        open_in(&out, root, table[i].name);
        out_bytes(&out, table[i].bytes, table[i].len);
        out_close(&out);
        counts->files++;
        counts->messages += table[i].messages;
        counts->copies += table[i].copies;
        counts->other_records += table[i].other_records;
        counts->malformed_lines += table[i].malformed_lines;
    }
}

static void put_nested(struct out *out, unsigned depth, const char *text)
{
    out_text(out, "{\"type\":\"user\",\"toolUseResult\":");
    for (unsigned i = 1; i < depth; i++)
        out_text(out, i % 2 ? "[" : "{\"k\":");
    out_text(out, "1");
    for (unsigned i = depth - 1; i >= 1; i--)
        out_text(out, i % 2 ? "]" : "}");
    out_emit(out, ",\"message\":{\"content\":\"%s\"}}\n", text);
}

/* Depth counts the record itself: 512 is read, 513 refused. */
static void write_deep(const char *root, struct counts *counts)
{
    struct out out;
    open_in(&out, root, "deep");
    put_nested(&out, 511, "almost too deep");
    put_nested(&out, 512, "just not too deep");
    put_nested(&out, 513, "too deep");
    put_nested(&out, 100000, "far too deep");
    out_text(&out, PITFALL_USER("97", "after the deep ones") "\n");
    out_close(&out);
    counts->files++;
    counts->messages += 3;
    counts->malformed_lines += 2;
}

/* Keys and strings longer than any sensible buffer, and matches on borders of powers of two. */
static void write_long(const char *root, struct counts *counts)
{
    static const unsigned sizes[] = {63, 64, 65, 4095, 4096, 32767, 65536, 1048575, 1048577};
    struct out out;
    open_in(&out, root, "long");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        out_text(&out, "{\"type\":\"user\",\"message\":{\"content\":\"");
        for (unsigned n = 0; n < sizes[i]; n++)
            out_bytes(&out, "x", 1);
        out_text(&out, "borderline word\"},\"");
        for (unsigned n = 0; n < sizes[i]; n++)
            out_bytes(&out, "k", 1);
        out_text(&out, "\":[]}\n");
        counts->messages++;
    }
    out_close(&out);
    counts->files++;
}

static void link_in(const char *root, const char *target, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/" FOLDER "/%s", root, name);
    if (unlink(path) != 0 && errno != ENOENT)
        gen_die("cannot replace", path);
    if (symlink(target, path) != 0)
        gen_die("cannot link", path);
}

/* Links to a file and a folder that are found anyway, a loop, a link to nothing, a folder called
 * like a transcript, and a file that cannot be read (but by root, and then it is empty). */
static void write_links(const char *root, struct counts *counts)
{
    struct out out;
    char path[512];
    link_in(root, "glued.jsonl", "also-glued.jsonl");
    link_in(root, "../-home-mia-pitfalls", "loop");
    link_in(root, ".", "self");
    link_in(root, "nowhere.jsonl", "dangling.jsonl");
    snprintf(path, sizeof path, "%s/elsewhere/linked.jsonl", root);
    out_open(&out, path);
    out_text(&out, PITFALL_USER("98", "reached through a link only") "\n");
    out_close(&out);
    link_in(root, "../../elsewhere/linked.jsonl", "linked.jsonl");
    counts->files++;
    counts->messages++;
    snprintf(path, sizeof path, "%s/" FOLDER "/folder.jsonl/inside.jsonl", root);
    out_open(&out, path);
    out_text(&out, PITFALL_USER("99", "in a folder with an odd name") "\n");
    out_close(&out);
    counts->files++;
    counts->messages++;
    snprintf(path, sizeof path, "%s/" FOLDER "/locked.jsonl", root);
    if (unlink(path) != 0 && errno != ENOENT)
        gen_die("cannot replace", path);
    out_open(&out, path);
    out_close(&out);
    if (chmod(path, 0) != 0)
        gen_die("cannot lock", path);
}

void pitfalls_write(const char *root, struct counts *counts)
{
    write_table(root, pitfall_damage, pitfall_damage_count, counts);
    write_table(root, pitfall_shapes, pitfall_shapes_count, counts);
    write_deep(root, counts);
    write_long(root, counts);
    write_links(root, counts);
}
