#include "metrics_process.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static void write_one(struct bytes *out, const char *name, const char *type, const char *help,
                      double value)
{
    bytes_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s %.16g\n", name, help, name, type, name,
                 value);
}

static void write_memory(struct bytes *out)
{
    char line[256] = "", *rest;
    double page = (double)sysconf(_SC_PAGESIZE);
    FILE *f = fopen("/proc/self/statm", "re");
    if (f == NULL)
        return;
    if (fgets(line, sizeof(line), f) != NULL) {
        unsigned long total = strtoul(line, &rest, 10), resident = strtoul(rest, NULL, 10);
        write_one(out, "process_virtual_memory_bytes", "gauge", "Virtual memory size.",
                  (double)total * page);
        write_one(out, "process_resident_memory_bytes", "gauge", "Resident memory size.",
                  (double)resident * page);
    }
    (void)fclose(f);
}

static void write_files(struct bytes *out)
{
    struct rlimit limit;
    double open_files = -3; /* ".", ".." and the folder itself */
    DIR *d = opendir("/proc/self/fd");
    if (d != NULL) {
        while (readdir(d) != NULL)
            open_files++;
        closedir(d);
        write_one(out, "process_open_fds", "gauge", "Open file descriptors.", open_files);
    }
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        write_one(out, "process_max_fds", "gauge", "Limit of open file descriptors.",
                  (double)limit.rlim_cur);
}

/* The 22nd field of /proc/self/stat counts ticks since boot; the name before it may hold blanks. */
static double start_ticks(void)
{
    char line[1024];
    double ticks = -1;
    FILE *f = fopen("/proc/self/stat", "re");
    if (f == NULL)
        return -1;
    if (fgets(line, sizeof(line), f) != NULL) {
        char *at = strrchr(line, ')');
        for (int field = 2; at != NULL && field < 22; field++)
            at = strchr(at + 1, ' ');
        if (at != NULL)
            ticks = strtod(at, NULL);
    }
    (void)fclose(f);
    return ticks;
}

static void write_times(struct bytes *out)
{
    struct rusage usage;
    struct timespec wall, boot;
    double ticks = start_ticks();

    if (getrusage(RUSAGE_SELF, &usage) == 0)
        write_one(out, "process_cpu_seconds_total", "counter", "User and system time spent.",
                  (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                      (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);
    if (ticks < 0 || clock_gettime(CLOCK_REALTIME, &wall) != 0 ||
        clock_gettime(CLOCK_BOOTTIME, &boot) != 0)
        return;
    double up = (double)boot.tv_sec - ticks / (double)sysconf(_SC_CLK_TCK);
    write_one(out, "process_start_time_seconds", "gauge", "Start time, seconds since 1970.",
              (double)wall.tv_sec - up);
}

void metrics_process_write(struct bytes *out)
{
    write_times(out);
    write_memory(out);
    write_files(out);
}
