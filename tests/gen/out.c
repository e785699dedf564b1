#include "out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CAPACITY = 1 << 20, ROOM = 4096 };

_Noreturn void gen_die(const char *what, const char *path)
{
    fprintf(stderr, "scrollback-gen: %s %s: %s\n", what, path, strerror(errno));
    exit(1);
}

static void make_folders(const char *path)
{
    char folder[sizeof((struct out *)0)->path];
    for (size_t i = 0; path[i]; i++) {
        if (path[i] == '/' && i > 0) {
            folder[i] = '\0';
            if (mkdir(folder, 0777) != 0 && errno != EEXIST)
                gen_die("cannot make", folder);
        }
        folder[i] = path[i];
    }
}

void out_open(struct out *o, const char *path)
{
    size_t len = strlen(path);
    if (len >= sizeof o->path) {
        errno = ENAMETOOLONG;
        gen_die("cannot write", path);
    }
    memcpy(o->path, path, len + 1);
    make_folders(path);
    o->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (o->fd < 0)
        gen_die("cannot write", path);
    o->data = malloc(CAPACITY);
    if (!o->data)
        gen_die("cannot buffer", path);
    o->used = 0;
    o->written = 0;
}

static void flush(struct out *o)
{
    size_t done = 0;
    while (done < o->used) {
        ssize_t n = write(o->fd, o->data + done, o->used - done);
        if (n < 0 && errno != EINTR)
            gen_die("cannot write", o->path);
        done += n > 0 ? (size_t)n : 0;
    }
    o->used = 0;
}

void out_close(struct out *o)
{
    flush(o);
    if (close(o->fd) != 0)
        gen_die("cannot write", o->path);
    free(o->data);
    o->data = NULL;
}

char *out_room(struct out *o, size_t len)
{
    if (o->used + len > CAPACITY)
        flush(o);
    return o->data + o->used;
}

void out_used(struct out *o, size_t len)
{
    o->used += len;
    o->written += len;
}

void out_bytes(struct out *o, const char *bytes, size_t len)
{
    while (len > 0) {
        size_t part = len < ROOM ? len : ROOM;
        memcpy(out_room(o, part), bytes, part);
        out_used(o, part);
        bytes += part;
        len -= part;
    }
}

void out_text(struct out *o, const char *text)
{
    out_bytes(o, text, strlen(text));
}

static void emit_decimal(struct out *o, uint64_t number, unsigned width)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0 || sizeof digits - at < width);
    out_bytes(o, digits + at, sizeof digits - at);
}

static void emit_hex(struct out *o, uint64_t number, unsigned digits)
{
    char *room = out_room(o, 16);
    for (unsigned i = 0; i < digits; i++)
        room[i] = "0123456789abcdef"[(number >> (4 * (digits - 1 - i))) & 15];
    out_used(o, digits);
}

static void emit_uuid(struct out *o, const struct uuid *u)
{
    emit_hex(o, u->high >> 32, 8);
    out_bytes(o, "-", 1);
    emit_hex(o, u->high >> 16 & 0xffff, 4);
    out_bytes(o, "-", 1);
    emit_hex(o, (u->high & 0xfff) | 0x4000, 4);
    out_bytes(o, "-", 1);
    emit_hex(o, (u->low >> 48 & 0x3fff) | 0x8000, 4);
    out_bytes(o, "-", 1);
    emit_hex(o, u->low & 0xffffffffffff, 12);
}

/* Civil date of a day number, after Howard Hinnant's days algorithms. */
static void emit_date(struct out *o, int64_t days)
{
    uint64_t z = (uint64_t)(days + 719468);
    uint64_t era = z / 146097, doe = z % 146097;
    uint64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    uint64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    uint64_t mp = (5 * doy + 2) / 153, month = mp < 10 ? mp + 3 : mp - 9;
    emit_decimal(o, yoe + era * 400 + (month <= 2), 4);
    out_bytes(o, "-", 1);
    emit_decimal(o, month, 2);
    out_bytes(o, "-", 1);
    emit_decimal(o, doy - (153 * mp + 2) / 5 + 1, 2);
}

static void emit_time(struct out *o, int64_t ms)
{
    uint64_t in_day = (uint64_t)(ms % 86400000);
    emit_date(o, ms / 86400000);
    out_bytes(o, "T", 1);
    emit_decimal(o, in_day / 3600000, 2);
    out_bytes(o, ":", 1);
    emit_decimal(o, in_day / 60000 % 60, 2);
    out_bytes(o, ":", 1);
    emit_decimal(o, in_day / 1000 % 60, 2);
    out_bytes(o, ".", 1);
    emit_decimal(o, in_day % 1000, 3);
    out_bytes(o, "Z", 1);
}

static void emit_signed(struct out *o, int64_t number)
{
    if (number < 0)
        out_bytes(o, "-", 1);
    emit_decimal(o, number < 0 ? 0 - (uint64_t)number : (uint64_t)number, 1);
}

static void emit_directive(struct out *o, char directive, va_list *arguments)
{
    switch (directive) {
    case 's':
        out_text(o, va_arg(*arguments, const char *));
        break;
    case 'u':
        emit_decimal(o, va_arg(*arguments, uint64_t), 1);
        break;
    case 'd':
        emit_signed(o, va_arg(*arguments, int64_t));
        break;
    case 'x':
        emit_hex(o, va_arg(*arguments, uint64_t), 16);
        break;
    case 'U':
        emit_uuid(o, va_arg(*arguments, const struct uuid *));
        break;
    case 'T':
        emit_time(o, va_arg(*arguments, int64_t));
        break;
    case 'b':
        out_text(o, va_arg(*arguments, int) ? "true" : "false");
        break;
    default:
        abort();
    }
}

void out_emit(struct out *o, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    while (*format) {
        size_t plain = strcspn(format, "%");
        out_bytes(o, format, plain);
        format += plain;
        if (*format == '%') {
            emit_directive(o, format[1], &arguments);
            format += 2;
        }
    }
    va_end(arguments);
}
