/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Indices and what was counted, in the state file; and beside it, in a file of their own, each
 * time that something new was seen. That one survives the agent being killed at any moment, not a
 * crash of the machine: it is not flushed to the disk, and it counts only with the state file that
 * it was written after.
 */
#ifndef APP_COUNTS_H
#define APP_COUNTS_H

#include <libconfig.h>

#include "app/app.h"

/* Appends sums and indices, as libconfig reads them. */
void counts_write(struct app *a, struct text *out);

/* Reads them. @reboot: the kernel's counters have begun anew. Returns: 0 or -errno with @why. */
int counts_read(struct app *a, const config_setting_t *root, bool reboot, struct why *why);

/* Writes the file beside the state file, unless that has it all. */
void counts_keep(struct app *a);

/* Removes it: the state file has all of it. */
void counts_forget(struct app *a);

/* Reads it when it is newer than the state file. */
void counts_load(struct app *a, bool reboot);

/* Writes all of it. Returns: 0 or -errno. */
int counts_write_bytes(int fd, const char *s, size_t n);

#endif
