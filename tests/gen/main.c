/* scrollback-gen: write realistic transcripts of any size, the same bytes for the same arguments. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tree.h"

static const char usage[] =
    "usage: scrollback-gen --out DIR [--size BYTES[K|M|G]] [--seed N] [options]\n"
    "\n"
    "Writes DIR/projects/<project>/<session>.jsonl and what stands beside them.\n"
    "\n"
    "  --size BYTES      of all transcripts together, about (default 10M)\n"
    "  --seed N          another seed, other transcripts (default 1)\n"
    "  --sessions N      so many sessions of equal size\n"
    "  --one-file        a single session, in a file of the whole size\n"
    "  --max-line BYTES  one line of about so many bytes in the first session\n"
    "  --days N          that the sessions spread over (default 90)\n"
    "  --tiny-files N    so many sessions of one to three records besides\n"
    "  --pitfalls        damage of every sort, in the sessions and in files of its own\n"
    "  --manifest        print what a reader must find\n";

static uint64_t number(const char *option, const char *text)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    unsigned shift = 0;
    if (*end && strchr("KMG", *end))
        shift = *end == 'K' ? 10 : *end == 'M' ? 20 : 30;
    end += shift > 0;
    if (errno != 0 || end == text || *end || *text == '-' || value > UINT64_MAX >> shift) {
        fprintf(stderr, "scrollback-gen: --%s needs a number, not \"%s\"\n", option, text);
        exit(2);
    }
    return (uint64_t)value << shift;
}

enum { SIZE, SEED, SESSIONS, MAX_LINE, DAYS, TINY_FILES, OUT, ONE_FILE, PITFALLS, MANIFEST, HELP };

static const struct option options[] = {{"size", required_argument, NULL, SIZE},
                                        {"seed", required_argument, NULL, SEED},
                                        {"sessions", required_argument, NULL, SESSIONS},
                                        {"max-line", required_argument, NULL, MAX_LINE},
                                        {"days", required_argument, NULL, DAYS},
                                        {"tiny-files", required_argument, NULL, TINY_FILES},
                                        {"out", required_argument, NULL, OUT},
                                        {"one-file", no_argument, NULL, ONE_FILE},
                                        {"pitfalls", no_argument, NULL, PITFALLS},
                                        {"manifest", no_argument, NULL, MANIFEST},
                                        {"help", no_argument, NULL, HELP},
                                        {NULL, 0, NULL, 0}};

static void parse(int argc, char **argv, struct tree_options *o, bool *manifest)
{
    uint64_t *const numbers[] = {&o->size,     &o->seed, &o->sessions,
                                 &o->max_line, &o->days, &o->tiny_files};
    int option, index = 0;
    while ((option = getopt_long(argc, argv, "", options, &index)) != -1) {
        if (option >= SIZE && option <= TINY_FILES) {
            *numbers[option] = number(options[index].name, optarg);
        } else if (option == OUT) {
            o->out = optarg;
        } else if (option == ONE_FILE) {
            o->one_file = true;
        } else if (option == PITFALLS) {
            o->pitfalls = true;
        } else if (option == MANIFEST) {
            *manifest = true;
        } else {
            fputs(usage, option == HELP ? stdout : stderr);
            exit(option == HELP ? 0 : 2);
        }
    }
    if (!o->out || optind != argc || o->days == 0 || strlen(o->out) > 200) {
        fputs(usage, stderr);
        exit(2);
    }
}

int main(int argc, char **argv)
{
    struct tree_options o = {.size = 10 << 20, .seed = 1, .days = 90};
    struct counts counts = {0};
    bool manifest = false;
    parse(argc, argv, &o, &manifest);
    words_init();
    uint64_t bytes = tree_write(&o, &counts);
    if (manifest)
        printf("{\"bytes\":%" PRIu64 ",\"files\":%" PRIu64 ",\"messages\":%" PRIu64
               ",\"copies\":%" PRIu64 ",\"other_records\":%" PRIu64 ",\"malformed_lines\":%" PRIu64
               ",\"words\":{\"%s\":%" PRIu64 ",\"%s\":%" PRIu64 ",\"%s\":0}}\n",
               bytes, counts.files, counts.messages, counts.copies, counts.other_records,
               counts.malformed_lines, GEN_RARE_WORD, counts.rare, GEN_SCARCE_WORD, counts.scarce,
               GEN_ABSENT_WORD);
    return 0;
}
