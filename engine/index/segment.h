/* segment.h: An immutable piece of the index: messages in columns, their text, their signature.
 *
 * A segment lies in one run of bytes, the same in a mapped file and in memory: a header that names
 * its sections, then the sections, each aligned to 64 bytes and followed by at least as many
 * readable bytes.  Numbers are in the machine's own byte order, which the header tells; other
 * machines build their own.
 *
 * Rows are messages.  Consecutive rows from one range of lines of one source are a *run*; a run
 * names its source by a version, a number that the catalogue (catalog.h) gives to one reading of one
 * source and never again.  What is no longer true of the files is not removed from a segment: its
 * versions are no longer in the catalogue.  Consecutive rows also form *blocks* of text of
 * at least SEGMENT_BLOCK bytes, the unit of the signature.
 *
 * This header is for the index library: its inner loops read the columns directly.
 */
#ifndef SCROLLBACK_SEGMENT_H
#define SCROLLBACK_SEGMENT_H

#include "arena.h"
#include "error.h"
#include "message.h"

#include <stdatomic.h>

/* 16 KiB: measured on the real corpus against 8, 32 and 64 (docs/INDEX.md). */
#define SEGMENT_BLOCK (16u << 10)
#define SEGMENT_BLOCK_ROWS 2048u    /* a block has no more: there are messages without text */
#define SEGMENT_MAX_TEXT (1u << 30) /* a builder is full beyond this */
#define SEGMENT_FORMAT 1u

enum segment_section {
    SEGMENT_TEXT,     /* the parts of all rows, one after the other */
    SEGMENT_IDENTITY, /* struct hash128: of rows with a uuid, else 0 */
    SEGMENT_TIME,     /* int64_t */
    SEGMENT_OFFSET,   /* uint64_t */
    SEGMENT_LINE,     /* uint32_t */
    SEGMENT_POSITION, /* uint32_t */
    SEGMENT_TEXT_AT,  /* uint32_t, rows + 1: where in TEXT */
    SEGMENT_PART_AT,  /* uint32_t, rows + 1: where in PART */
    SEGMENT_PART,     /* uint32_t: sizes of the parts that are there, in order of enum part */
    SEGMENT_SESSION,  /* uint32_t, string numbers: see STRING */
    SEGMENT_MODEL,
    SEGMENT_BRANCH,
    SEGMENT_AGENT,
    SEGMENT_TOOLS,     /* a list as one string */
    SEGMENT_FILES,     /* ditto */
    SEGMENT_BITS,      /* struct segment_bits */
    SEGMENT_COLD_AT,   /* uint32_t, rows + 1: where in COLD */
    SEGMENT_COLD,      /* what only a whole message needs (segment_message.c) */
    SEGMENT_STRING_AT, /* uint32_t, strings + 1: where in STRING */
    SEGMENT_STRING,    /* the distinct strings; number 0 is "absent" */
    SEGMENT_CALL_AT,   /* uint32_t, calls + 1: where in CALL */
    SEGMENT_CALL,      /* pairs of message.id and request id, as in cold records */
    SEGMENT_BLOCKS,    /* struct segment_block, blocks + 1 */
    SEGMENT_RUNS,      /* struct segment_run */
    SEGMENT_SIGNATURE,
    SEGMENT_SECTIONS
};

struct segment_bits {
    uint8_t kind;
    uint8_t flags;
    uint8_t parts;
    uint8_t rank; /* message_rank(); SEGMENT_HAS_UUID besides */
};
#define SEGMENT_HAS_UUID 0x80u
#define SEGMENT_RANK 0x7Fu

/* Its rows end where the next one's begin. */
struct segment_block {
    uint32_t row;
    uint32_t unused;
    int64_t first_ms; /* smallest and largest time of its rows */
    int64_t last_ms;
};

struct segment_run {
    uint64_t version;
    uint32_t row; /* rows [row, end) */
    uint32_t end;
};

struct segment_place {
    uint64_t offset; /* from the header's first byte */
    uint64_t size;
    uint64_t checksum; /* XXH3 of the section's bytes */
};

struct segment_header {
    char magic[8];
    uint32_t format;
    uint32_t byte_order; /* SEGMENT_BYTE_ORDER as written */
    uint64_t size;       /* of the whole segment */
    uint32_t rows;
    uint32_t blocks;
    uint32_t runs;
    uint32_t strings;
    uint32_t calls;
    uint32_t block_bytes;    /* SEGMENT_BLOCK */
    uint32_t signature_rows; /* SIGNATURE_ROWS */
    uint32_t fold;           /* SEGMENT_FOLD: of the text that went into the signature */
    struct segment_place section[SEGMENT_SECTIONS];
    uint64_t checksum; /* of all before */
};
#define SEGMENT_MAGIC "sbkseg\r\n"
#define SEGMENT_BYTE_ORDER 0x01020304u
#define SEGMENT_HEADER 4096u /* sections begin here */
#define SEGMENT_FOLD 1u      /* to be raised when folding changes */
#define SEGMENT_ALIGN 64u

struct segment {
    atomic_uint references;
    const char *base;
    size_t size;
    bool mapped; /* else malloced */
    char *path;  /* of its file in the cache; NULL: none.  Guarded by the index's lock. */
    uint32_t rows;
    uint32_t blocks;
    uint32_t runs;
    uint32_t strings;
    const char *text;
    const struct hash128 *identity;
    const int64_t *time;
    const uint64_t *offset;
    const uint32_t *line;
    const uint32_t *position;
    const uint32_t *text_at;
    const uint32_t *part_at;
    const uint32_t *part;
    const uint32_t *session;
    const uint32_t *model;
    const uint32_t *branch;
    const uint32_t *agent;
    const uint32_t *tools;
    const uint32_t *files;
    const struct segment_bits *bits;
    const uint32_t *cold_at;
    const uint8_t *cold;
    const uint32_t *string_at;
    const char *string;
    const uint32_t *call_at;
    const uint8_t *call;
    const struct segment_block *block;
    const struct segment_run *run;
    const uint8_t *signature;
};

/* segment_adopt(base, size, mapped, out, err): Make a segment of bytes in that form, which it owns
 * from now on (munmap or free), also on failure.  Header and structure are checked, so that no
 * access leads outside; checksums are not.  Return 0, or -1: ERROR_IO if the bytes are no segment. */
int segment_adopt(const char *base, size_t size, bool mapped, struct segment **out,
                  struct error *err);

/* segment_open(path, out, err): Verify the checksums of a file (read, not mapped: faster) and map
 * it.  Return 0, or -1 with ERROR_IO. */
int segment_open(const char *path, struct segment **out, struct error *err);

/* segment_is_temporary(path): Whether a file's name is one of a segment that no catalogue names yet. */
bool segment_is_temporary(const char *path);
#define SEGMENT_TEMPORARY "tmp-"

/* segment_hold(s), segment_drop(s): Count references; the last one frees, and removes a temporary
 * file.  Any thread. */
struct segment *segment_hold(struct segment *s);
void segment_drop(struct segment *s);

/* segment_string(s, id): A string by its number; absent for 0. */
static inline struct span segment_string(const struct segment *s, uint32_t id)
{
    return id == 0 ? (struct span){NULL, 0}
                   : (struct span){s->string + s->string_at[id],
                                   s->string_at[id + 1] - s->string_at[id]};
}

/* segment_find_string(s, value): The number of ${value}, or 0. */
uint32_t segment_find_string(const struct segment *s, struct span value);

/* segment_text(s, row, part): The texts of a row; those not there are absent. */
void segment_text(const struct segment *s, uint32_t row, struct span part[PART_COUNT]);

/* segment_run_of(s, row): The place in s->run of the run that holds ${row}. */
uint32_t segment_run_of(const struct segment *s, uint32_t row);

/* segment_list(list, arena, out): Take a list that is one string apart (segment_message.c). */
int segment_list(struct span list, struct arena *arena, struct span_list *out);

/* segment_text_size(m), segment_names_size(m): Bytes that a message takes of a segment: of SEGMENT_TEXT; at most of
 * any other section that is addressed by byte. */
uint64_t segment_text_size(const struct message *m);
uint64_t segment_names_size(const struct message *m);

/* segment_message(s, row, arena, out): All of struct message but source, project and raw.
 * Return 0, or -1 without memory. */
int segment_message(const struct segment *s, uint32_t row, struct arena *arena,
                    struct message *out);

#endif
