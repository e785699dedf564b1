"""A C library that reads GPX tracks: a fuzzer's find, and SIMD in a worktree."""

from .transcript import Session

CWD = "/home/robin/code/kelp"

READER = '''#include "gpx_reader.h"

#include <errno.h>
#include <string.h>

enum { NAME_MAX_BYTES = 64 };

struct gpx_reader {
    const char *at;
    const char *end;
    char name[NAME_MAX_BYTES];
    unsigned depth;
    unsigned points;
};

/* Skip white space; return 0 at the end of the input. */
static int skip_blank(struct gpx_reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\\n' || *r->at == '\\t' || *r->at == '\\r'))
        r->at++;
    return r->at < r->end;
}

/* Read the name of an element up to a blank, '/' or '>'. */
static int read_name(struct gpx_reader *r)
{
    size_t len = 0;
    while (r->at < r->end && !strchr(" />\\n\\t\\r", *r->at))
        r->name[len++] = *r->at++;
    r->name[len] = '\\0';
    return len > 0 ? 0 : -1;
}

/* Read a decimal number into micro-degrees without going through floating point. */
static int read_degrees(struct gpx_reader *r, int32_t *out)
{
    int64_t value = 0;
    int sign = 1, decimals = -1;
    if (r->at < r->end && *r->at == '-') {
        sign = -1;
        r->at++;
    }
    for (; r->at < r->end; r->at++) {
        if (*r->at == '.' && decimals < 0)
            decimals = 0;
        else if (*r->at >= '0' && *r->at <= '9' && decimals < 6) {
            value = value * 10 + (*r->at - '0');
            decimals += decimals >= 0;
        } else if (*r->at < '0' || *r->at > '9')
            break;
    }
    for (decimals = decimals < 0 ? 0 : decimals; decimals < 6; decimals++)
        value *= 10;
    if (value > 180000000)
        return -1;
    *out = (int32_t)(sign * value);
    return 0;
}
'''

ASAN = '''==41873==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x60c000000098 at pc 0x55d2c1 bp 0x7ffd7a10 sp 0x7ffd7a08
WRITE of size 1 at 0x60c000000098 thread T0
    #0 0x55d2c0 in read_name /home/robin/code/kelp/src/gpx_reader.c:29:24
    #1 0x55d6f1 in gpx_reader_next /home/robin/code/kelp/src/gpx_reader.c:88:13
    #2 0x55e004 in LLVMFuzzerTestOneInput /home/robin/code/kelp/fuzz/gpx_fuzz.c:14:5

0x60c000000098 is located 0 bytes to the right of 120-byte region [0x60c000000020,0x60c000000098)
allocated by thread T0 here:
    #0 0x4c3a2d in malloc
    #1 0x55dc31 in gpx_reader_new /home/robin/code/kelp/src/gpx_reader.c:61:29

SUMMARY: AddressSanitizer: heap-buffer-overflow src/gpx_reader.c:29:24 in read_name
artifact_prefix='./'; Test unit written to ./crash-3f786850e387550fdab836ed7e6dc881de23001b'''


def explore_names(agent):
    agent.think("I should list the fixed buffers and the loops that fill them.")
    agent.grep("\\[[A-Z_]*MAX", "src/gpx_reader.c:12:    char name[NAME_MAX_BYTES];\nsrc/gpx_writer.c:20:    char line[LINE_MAX_BYTES];\n"
               "src/kml.c:9:    char tag[TAG_MAX];", "src")
    agent.read("src/gpx_writer.c", "/* Write one track point; the line is cut at LINE_MAX_BYTES, never overrun. */\n"
               "static int write_point(struct gpx_writer *w, const struct point *p)\n{\n"
               "    int n = snprintf(w->line, sizeof w->line, \"<trkpt lat=\\\"%d\\\"/>\", p->lat);\n"
               "    return n < 0 || (size_t)n >= sizeof w->line ? -1 : 0;\n}\n")
    agent.reply("Three fixed buffers:\n\n1. `gpx_reader.c:12` **unchecked**: this is the crash.\n2. `gpx_writer.c:20` safe: `snprintf` with its size.\n"
                "3. `kml.c:9` **unchecked** as well: `read_tag()` copies until `>` with no bound.")


def explore_history(agent):
    agent.bash("git log --oneline -S NAME_MAX_BYTES -- src", "a91c77f Read element names into the reader itself\n", "When the buffer came in")
    agent.bash("git show a91c77f --stat | tail -3", " src/gpx_reader.c | 34 ++++++++++++++++++++--------------\n 1 file changed, 20 insertions(+), 14 deletions(-)",
               "Size of that change")
    agent.reply("The bound was lost in `a91c77f`, eleven months ago: before it, names were slices of the input and needed no copy.")


def overflow():
    s = Session("overflow", CWD, "2026-05-19T21:30:00", branch="main", version="2.1.59")
    s.prompt("The fuzzer found this overnight:\n\n```\n" + ASAN[:300] + "\n```\n\nPlease find the cause, and check whether the same mistake is anywhere else.", pause=0)
    s.think("The write is one past a 120-byte region, in read_name. The name buffer has 64 bytes and the loop has no bound. To look for the "
            "same mistake elsewhere I can send a sub-agent over the other files while I write the fix, and another into the history.")
    s.bash("./build/fuzz/gpx_fuzz crash-3f786850e387550fdab836ed7e6dc881de23001b 2>&1 | head -20", ASAN, "Reproduce the crash", error=True)
    s.read("src/gpx_reader.c", READER)
    s.task("Find unchecked buffers", "Look through src/ of this C library for fixed-size buffers that are filled in a loop without checking their "
           "size. Report file, line and whether each is safe. Do not change anything.", explore_names,
           "gpx_reader.c:12 and kml.c:9 are unchecked; gpx_writer.c:20 is safe (snprintf with its size).")
    s.task("When did it come in", "Find the commit in which the bound of the element name in src/gpx_reader.c was lost.", explore_history,
           "a91c77f, eleven months ago. Before it names were slices of the input.")
    s.think("Better than a bound check: go back to slices. No copy, no limit, nothing to overflow. The name then lives as long as the input does, "
            "which the header already promises for text.")
    s.edit("src/gpx_reader.c", "    size_t len = 0;\n    while (r->at < r->end && !strchr(\" />\\n\\t\\r\", *r->at))\n        r->name[len++] = *r->at++;\n    r->name[len] = '\\0';\n    return len > 0 ? 0 : -1;",
           "    r->name.start = r->at;\n    while (r->at < r->end && !strchr(\" />\\n\\t\\r\", *r->at))\n        r->at++;\n    r->name.len = (size_t)(r->at - r->name.start);\n    return r->name.len > 0 ? 0 : -1;", READER)
    s.bash("cmake --build build/fuzz && ./build/fuzz/gpx_fuzz crash-* && ctest --test-dir build 2>&1 | tail -4",
           "[3/3] Linking C executable gpx_fuzz\nRunning: crash-3f786850e387550fdab836ed7e6dc881de23001b\nExecuted in 0 ms\n\n100% tests passed, 0 tests failed out of 41\n\nTotal Test time (real) =   2.37 sec",
           "Rebuild, replay the crash, run the tests", progress=("[1/3] Building C object gpx_reader.c.o",))
    s.compact("The user reported a heap overflow in read_name() of src/gpx_reader.c found by fuzzing. Cause: a 64-byte name buffer filled without a "
              "bound since a91c77f. The reader now keeps a slice of the input. Open: kml.c:9 has the same mistake in read_tag(); a regression "
              "test with the crashing input is still missing.")
    s.say("I'll fix `kml.c` the same way and keep the crashing input as a test.")
    s.edit("src/kml.c", "    char tag[TAG_MAX];", "    struct slice tag; /* borrows from the input */")
    s.bash("mkdir -p tests/crashes && mv crash-3f786850* tests/crashes/long-name.gpx && ctest --test-dir build -R crashes",
           "1/2 Test #42: crashes.long-name .... Passed    0.01 sec\n2/2 Test #43: crashes.long-tag ..... Passed    0.01 sec\n\n100% tests passed", "Keep the input as a test")
    s.reply("Fixed at the root in both readers.\n\n* **Cause**: `read_name()` copied an element's name into 64 bytes without looking at the size; "
            "the bound was lost in `a91c77f`.\n* **Fix**: names are slices of the input again: no copy, no limit, nothing left to overflow.\n"
            "* **Same mistake elsewhere**: `kml.c` (fixed), `gpx_writer.c` is safe.\n* **Tests**: the crashing input is now `tests/crashes/long-name.gpx`.")
    s.title("Heap overflow in element names")
    return s


BENCH = '''kelp bench, 3 runs each, median
                              scalar      SSE2      AVX2
skip blanks, 1 MB              1.92       0.41      0.22   ms
find '<', 1 MB                 1.10       0.19      0.11   ms
degrees, 100,000               2.35       2.35      2.31   ms
whole file, 48 MB GPX        281.40     133.20    108.70   ms'''


def simd():
    s = Session("simd", CWD + "-worktrees/simd", "2026-06-03T06:55:00", branch="feature/simd", version="2.1.219")
    s.prompt("I made a worktree for this with `git worktree add ../kelp-worktrees/simd -b feature/simd`. Goal: make the tokenizer at least twice as fast "
             "on the 48 MB file, without making it unreadable. Measure before you change anything.", pause=0)
    s.say("Measuring first.")
    s.bash("perf record -o /tmp/kelp.perf ./build/release/kelp-bench whole && perf report -i /tmp/kelp.perf --stdio | head -14",
           "# Overhead  Symbol\n    38.12%  skip_blank\n    27.90%  read_text\n    14.41%  read_name\n     9.03%  read_degrees\n     4.77%  gpx_reader_next",
           "Profile the whole file")
    s.think("Two thirds are scanning for a byte: skip_blank and read_text. That is what vectors are for. read_degrees is branchy and short, leave it. "
            "Keep one small header with `find_any(start, end)` and three implementations behind it, chosen once at start.")
    s.todo(("in_progress", "Scalar find_any with tests"), ("pending", "SSE2 and AVX2 versions, same tests"), ("pending", "Choose at run time"), ("pending", "Bench table in docs"))
    s.write("src/scan.h", "/* scan.h: Find bytes in a run of memory.\n *\n * Each function looks at [start, end) only: never a byte beyond, whatever the vector's width.\n */\n"
            "#ifndef KELP_SCAN_H\n#define KELP_SCAN_H\n\n/* scan_blank_end(start, end): The first byte that is no white space, or end. */\n"
            "const char *scan_blank_end(const char *start, const char *end);\n\n/* scan_byte(start, end, c): The first ${c}, or end. */\n"
            "const char *scan_byte(const char *start, const char *end, char c);\n\n#endif\n")
    s.write("src/scan.c", "#include \"scan.h\"\n\n#include <immintrin.h>\n\n__attribute__((target(\"avx2\"))) static const char *byte_avx2(const char *at, const char *end, char c)\n{\n"
            "    const __m256i wanted = _mm256_set1_epi8(c);\n    for (; end - at >= 32; at += 32) {\n        __m256i chunk = _mm256_loadu_si256((const __m256i *)at);\n"
            "        unsigned mask = (unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(chunk, wanted));\n        if (mask)\n            return at + __builtin_ctz(mask);\n    }\n"
            "    while (at < end && *at != c)\n        at++;\n    return at;\n}\n")
    s.bash("ctest --test-dir build -R scan 2>&1 | tail -3", "100% tests passed, 0 tests failed out of 6\n", "Tests of the scanner, at every offset")
    s.bash("./build/release/kelp-bench all", BENCH, "Measure again")
    s.reply("2.6 times as fast on the 48 MB file, in 74 lines.\n\n```\nwhole file, 48 MB GPX   281 ms → 109 ms\n```\n\nWhat mattered: scanning for `<` and skipping blanks, which were 66 % of the "
            "profile. Parsing degrees did not get faster and I left it alone: it is short and branchy.\n\nThe tests place every needle at every offset around a vector's "
            "border, and end the buffer at a guard page, so reading one byte too many would crash.")
    s.prompt("Great. What about arm64? I have a little board here.", pause=1800)
    s.api_error("API Error: 529 {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}")
    s.prompt("try again", pause=60)
    s.reply("With the vector extensions of GCC and Clang (`__attribute__((vector_size(16)))`) one source gives SSE2 *and* NEON. The AVX2 version stays as it is. I'd expect "
            "something near the SSE2 column; worth measuring on the board before believing it.")
    s.interrupt()
    s.prompt("let's stop here for today, merge what we have", pause=30)
    s.bash("git switch main 2>&1; git merge --no-ff feature/simd", "fatal: 'main' is already used by worktree at '/home/robin/code/kelp'", "Merge into main", error=True)
    s.think("main is checked out in the other worktree. Merge there with -C.")
    s.bash("git -C /home/robin/code/kelp merge --no-ff feature/simd -m 'Scan with vectors' && git worktree list",
           "Merge made by the 'ort' strategy.\n src/scan.c | 61 +++++\n src/scan.h | 13 +\n/home/robin/code/kelp                 9f20c1d [main]\n/home/robin/code/kelp-worktrees/simd  77ab310 [feature/simd]",
           "Merge in the worktree that holds main")
    s.reply("Merged as `9f20c1d`. `main` is checked out in the other worktree, so git refused to switch here; I merged there instead. When you no longer need this one: "
            "`git worktree remove ../kelp-worktrees/simd`.")
    s.summary("SIMD scanning in a worktree, merged")
    return s


def sessions():
    return [overflow(), simd()]
