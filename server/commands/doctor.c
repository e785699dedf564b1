#include "doctor.h"

#include "engine.h"

#include <errno.h>
#include <fts.h>
#include <jansson.h>
#include <linux/io_uring.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_RETENTION_DAYS 30 /* Claude Code's own */
#define SOON_DAYS 7
#define DAY_S (24 * 60 * 60)

enum finding { OK, NOTE, WARN, FAIL };

struct report {
    FILE *out;
    bool failed;
};

/* What lies below the roots; all sums over all of them. */
struct census {
    uint64_t files;
    uint64_t folders;
    uint64_t bytes;
    uint64_t unreadable;
    uint64_t old; /* last written more than retention - SOON_DAYS days ago */
    time_t old_before;
};

static void say(struct report *r, enum finding what, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void say(struct report *r, enum finding what, const char *fmt, ...)
{
    static const char *const words[] = {"ok  ", "note", "WARN", "FAIL"};
    va_list args;

    fprintf(r->out, "%s  ", words[what]);
    va_start(args, fmt);
    vfprintf(r->out, fmt, args);
    va_end(args);
    fputc('\n', r->out);
    r->failed |= what == FAIL;
}

/* The rest of a finding: what to do about it. */
static void advise(struct report *r, const char *what)
{
    fprintf(r->out, "      %s\n", what);
}

long doctor_retention_days(const char *settings)
{
    json_t *root, *days;
    long result = -1;

    if (access(settings, F_OK) != 0)
        return DEFAULT_RETENTION_DAYS;
    root = json_load_file(settings, 0, NULL);
    days = json_object_get(root, "cleanupPeriodDays");
    if (json_is_object(root) && days == NULL)
        result = DEFAULT_RETENTION_DAYS;
    else if (json_is_integer(days) && json_integer_value(days) >= 0 &&
             json_integer_value(days) <= INT32_MAX)
        result = (long)json_integer_value(days);
    json_decref(root);
    return result;
}

static bool is_transcript(const FTSENT *e)
{
    return e->fts_info == FTS_F && e->fts_namelen > 6 &&
           strcmp(e->fts_name + e->fts_namelen - 6, ".jsonl") == 0;
}

/* Add what is below ${root} to ${c}; name the first entry that cannot be read. */
static void count_root(struct report *r, const char *root, struct census *c)
{
    char *paths[] = {(char *)(uintptr_t)root, NULL};
    FTS *walk = fts_open(paths, FTS_LOGICAL | FTS_NOCHDIR, NULL);
    const FTSENT *e;
    uint64_t refused = 0;

    if (walk == NULL) {
        say(r, FAIL, "root %s: %s", root, strerror(errno));
        return;
    }
    while ((e = fts_read(walk)) != NULL) {
        bool bad = e->fts_info == FTS_DNR || e->fts_info == FTS_ERR;
        if (e->fts_info == FTS_D)
            c->folders++;
        if (is_transcript(e)) {
            c->files++;
            c->bytes += (uint64_t)e->fts_statp->st_size;
            c->old += e->fts_statp->st_mtime < c->old_before;
            bad = access(e->fts_accpath, R_OK) != 0;
        }
        if (bad && refused++ == 0)
            say(r, WARN, "cannot read %s", e->fts_path);
    }
    (void)fts_close(walk);
    if (refused > 0)
        advise(r, "Such files are left out of every answer; /stats names them. Mend with chmod or "
                  "chown.");
    c->unreadable += refused;
}

static void look_at_roots(struct report *r, const struct doctor_setup *setup, struct census *c)
{
    size_t present = 0;

    for (size_t i = 0; i < setup->root_count; i++) {
        const char *root = setup->roots[i];
        struct census before = *c;
        if (access(root, F_OK) != 0) {
            say(r, NOTE, "root %s: %s", root, strerror(errno));
            continue;
        }
        if (access(root, R_OK) != 0) {
            say(r, FAIL, "root %s: %s", root, strerror(errno));
            advise(r, "Run scrollback as the user whose transcripts these are.");
            continue;
        }
        present++;
        count_root(r, root, c);
        say(r, OK, "root %s: %ju transcripts in %ju folders, %.1f MB", root,
            (uintmax_t)(c->files - before.files), (uintmax_t)(c->folders - before.folders),
            (double)(c->bytes - before.bytes) / 1e6);
    }
    if (present > 0 && c->files > 0)
        return;
    say(r, WARN, "no transcripts found%s", present > 0 ? "" : ": none of the roots exists");
    advise(r, "Start with --root DIR if they lie elsewhere.");
}

static void look_at_retention(struct report *r, const struct doctor_setup *setup, long days,
                              const struct census *c)
{
    if (days < 0) {
        say(r, WARN, "%s is not understood; how long Claude Code keeps transcripts is unknown",
            setup->settings);
        advise(r, "It should be a JSON object, cleanupPeriodDays in it a whole number of days.");
    } else if (days == 0) {
        say(r, WARN, "cleanupPeriodDays is 0: Claude Code keeps no transcripts at all");
        fprintf(r->out, "      Set \"cleanupPeriodDays\": 3650 in %s to have some to search.\n",
                setup->settings);
    } else if (c->old == 0) {
        say(r, OK,
            "Claude Code keeps transcripts for %ld days (cleanupPeriodDays); none is about to go",
            days);
    } else {
        say(r, setup->data_dir == NULL ? WARN : NOTE,
            "Claude Code deletes transcripts after %ld days (cleanupPeriodDays): %ju of %ju go "
            "within %d days",
            days, (uintmax_t)c->old, (uintmax_t)c->files, SOON_DAYS);
        if (setup->data_dir != NULL) {
            advise(r, "--retain keeps them, as long as the service runs when they go.");
            return;
        }
        fprintf(r->out, "      Set \"cleanupPeriodDays\": 3650 in %s to keep them,\n",
                setup->settings);
        advise(r, "or start the service with --retain, which keeps what was said in them.");
    }
}

/* The number in the file ${path}, or ${otherwise}. */
static uint64_t number_in(const char *path, uint64_t otherwise)
{
    FILE *f = fopen(path, "re");
    char text[64] = "", *end;
    uint64_t n;

    if (f == NULL)
        return otherwise;
    if (fgets(text, sizeof text, f) == NULL)
        text[0] = '\0';
    (void)fclose(f);
    n = strtoull(text, &end, 10);
    return end == text ? otherwise : n;
}

static void look_at_watches(struct report *r, const struct census *c)
{
    uint64_t limit = number_in("/proc/sys/fs/inotify/max_user_watches", UINT64_MAX);
    int fd = inotify_init1(IN_CLOEXEC);

    if (fd < 0) {
        say(r, WARN, "inotify: %s", strerror(errno));
        advise(r, "Answers stay right, each a few milliseconds later. To allow more, as root:");
        advise(r, "sysctl fs.inotify.max_user_instances=1024");
        return;
    }
    close(fd);
    if (c->folders * 2 <= limit) {
        say(r, OK, "inotify: %ju folders to watch, %ju allowed", (uintmax_t)c->folders,
            (uintmax_t)limit);
        return;
    }
    say(r, WARN, "inotify: %ju folders to watch, only %ju allowed for all your programs",
        (uintmax_t)c->folders, (uintmax_t)limit);
    advise(r, "Answers stay right, each a few milliseconds later. To raise the limit, as root:");
    advise(r, "sysctl fs.inotify.max_user_watches=524288");
}

/* Whether ${path} or, where it is missing, its nearest parent can be written; the one found is left in
 * ${found}. */
static bool can_make(const char *path, char *found, size_t size)
{
    snprintf(found, size, "%s", path);
    while (access(found, F_OK) != 0) {
        char *slash = strrchr(found, '/');
        if (slash == NULL || slash == found)
            return false;
        *slash = '\0';
    }
    return access(found, W_OK | X_OK) == 0;
}

static void look_at_cache(struct report *r, const char *cache, const struct census *c)
{
    char found[4096];
    struct statvfs fs;
    double free_mb,
        wanted_mb = (double)c->bytes * 0.3 / 1e6; /* an index is at most 30 % of its sources */

    if (cache == NULL) {
        say(r, NOTE, "no cache folder: the index is built anew at each start");
        return;
    }
    if (!can_make(cache, found, sizeof found)) {
        say(r, WARN, "cache %s: %s cannot be written", cache, found);
        advise(r, "Answers stay right; the index is built anew at each start. See --cache-dir.");
        return;
    }
    if (statvfs(found, &fs) != 0)
        return;
    free_mb = (double)fs.f_bavail * (double)fs.f_frsize / 1e6;
    if (free_mb < wanted_mb) {
        say(r, WARN, "cache %s: %.0f MB free, up to %.0f MB wanted", cache, free_mb, wanted_mb);
        advise(r, "Answers stay right; what does not fit is kept in memory.");
    } else
        say(r, OK, "cache %s: writable, %.0f MB free", cache, free_mb);
}

/* Each transcript is kept open. */
static void look_at_descriptors(struct report *r, const struct census *c)
{
    unsigned most = engine_retain_most();

    if (c->files <= most) {
        say(r, OK, "open files: --retain can hold %u transcripts", most);
        return;
    }
    say(r, WARN, "open files: --retain can hold %u of %ju transcripts", most, (uintmax_t)c->files);
    advise(
        r,
        "What is deleted of the others is lost. Raise the hard limit: ulimit -Hn, LimitNOFILE=.");
}

static void look_at_data(struct report *r, const char *data, const struct census *c)
{
    char found[4096];

    if (data == NULL)
        return;
    look_at_descriptors(r, c);
    if (can_make(data, found, sizeof found))
        say(r, OK, "retained transcripts %s: writable", data);
    else {
        say(r, FAIL, "retained transcripts %s: %s cannot be written", data, found);
        advise(r, "Nothing would be kept. Name another folder with --data-dir.");
    }
}

static void look_at_token(struct report *r, const char *token_file)
{
    struct stat st;

    if (token_file == NULL)
        return;
    if (stat(token_file, &st) != 0 || access(token_file, R_OK) != 0)
        say(r, FAIL, "token file %s: %s", token_file, strerror(errno));
    else if ((st.st_mode & 077) != 0) {
        say(r, WARN, "token file %s: others may read it", token_file);
        fprintf(r->out, "      chmod 600 '%s'\n", token_file);
    } else
        say(r, OK, "token file %s: yours alone", token_file);
}

static void look_at_kernel(struct report *r)
{
    struct io_uring_params params = {0};
    long landlock = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    uint32_t action = SECCOMP_RET_ERRNO;
    bool filter = syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
    int ring = (int)syscall(SYS_io_uring_setup, 1, &params);

    if (landlock > 0)
        say(r, OK, "Landlock: version %ld", landlock);
    else
        say(r, NOTE, "Landlock: not offered by this kernel; the service does without");
    if (filter)
        say(r, OK, "seccomp: offered");
    else
        say(r, NOTE, "seccomp: not offered by this kernel; the service does without");
    if (ring >= 0) {
        close(ring);
        say(r, OK, "io_uring: offered");
    } else
        say(r, NOTE, "io_uring: %s; a reader thread takes its place", strerror(errno));
}

int doctor_run(const struct doctor_setup *setup, FILE *out)
{
    struct report r = {.out = out};
    struct census c = {0};
    long days = doctor_retention_days(setup->settings);

    if (days >= 0)
        c.old_before = time(NULL) - (days > SOON_DAYS ? days - SOON_DAYS : 0) * (time_t)DAY_S;
    look_at_roots(&r, setup, &c);
    look_at_retention(&r, setup, days, &c);
    look_at_watches(&r, &c);
    look_at_cache(&r, setup->cache_dir, &c);
    look_at_data(&r, setup->data_dir, &c);
    look_at_token(&r, setup->token_file);
    look_at_kernel(&r);
    return r.failed ? 1 : 0;
}
