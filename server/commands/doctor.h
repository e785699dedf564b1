/* doctor.h: `scrollback doctor`: is everything as a good service needs it?
 *
 * Looks at what stands around the service (folders, limits, settings, kernel) without starting it.
 * Transcripts are counted, never opened.
 */
#ifndef SCROLLBACK_DOCTOR_H
#define SCROLLBACK_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct doctor_setup {
    const char *const *roots;
    size_t root_count;
    const char *settings;   /* the user's settings.json of Claude Code; need not exist */
    const char *cache_dir;  /* where the index is saved, or NULL */
    const char *token_file; /* or NULL */
    const char *data_dir;   /* where --retain keeps what is deleted; NULL without it */
};

/* doctor_run(setup, out): Write a line for each thing looked at, "ok", "note", "WARN" or "FAIL", and
 * what to do about the last two. Return an exit status: 1 if anything failed, else 0. */
int doctor_run(const struct doctor_setup *setup, FILE *out);

/* doctor_retention_days(settings): After how many days Claude Code deletes transcripts, by its setting
 * cleanupPeriodDays in the file ${settings}, 30 where it does not say; -1 if the file is there
 * but cannot be understood. */
long doctor_retention_days(const char *settings);

#endif
