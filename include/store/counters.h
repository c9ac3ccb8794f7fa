/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Indices and what was counted. The file "indices" has them as the state file has what managers
 * want: flushed to the disk, soon after an index was given, after a while for what was only
 * counted. Beside it, in the file "counts", they are written each time that something new was seen:
 * that one survives the agent being killed at any moment, not a crash of the machine, and it
 * counts only with the file of indices that it was written after. No SET waits for either.
 */
#ifndef STORE_COUNTERS_H
#define STORE_COUNTERS_H

#include <libconfig.h>

#include "daemon/app.h"

enum { STATE_FILE_MAX = 1 << 28 /* bytes */ };

/* Writes the file of indices, which makes the other one void. Returns: 0 or -errno. */
int counts_save(struct app *a);

/* Reads them. @reboot: the kernel's counters have begun anew. Returns: 0 or -errno with @why. */
int counts_read(struct app *a, const config_setting_t *root, bool reboot, struct why *why);

/* Writes the file of counts, when anything was counted. */
void counts_keep(struct app *a);
/* The same in any case, however much time was spent on it of late. */
void counts_keep_now(struct app *a);

/* Reads the file of indices. */
void counts_restore(struct app *a);

/* Reads the file of counts when it is newer than that, or than the state file, which had the
 * indices in earlier versions. */
void counts_load(struct app *a, bool reboot);

/* state.c: which running kernel, and which network namespace of it: what is volatile ends with
 * it. */
void state_boot(char *buf, size_t size);
/* One of the files of the state directory. Returns: 0; -EINVAL: it is none of ours, or damaged; -ENOENT;
 * or -errno; with @why. */
int state_read_file(const char *path, config_t *cfg, struct why *why);
enum { STATE_ASIDE_MAX = CONF_PATH_MAX + 32 };
/* Puts a damaged one away, as PATH.damaged or PATH.damaged.N. Returns: 0 with that in @aside, or
 * -errno. */
int state_set_aside(const char *path, char aside[STATE_ASIDE_MAX]);
/* state.c: a file of the state directory, written beside the old one and put in its place. @flush:
 * and to the disk. Returns: 0 or -errno. */
int state_replace(const struct app *a, const char *name, const struct text *t, bool flush,
		  bool *replaced);

#endif
