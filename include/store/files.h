/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of the state directory, whatever is in them. */
#ifndef STORE_FILES_H
#define STORE_FILES_H

#include <libconfig.h>
#include <stdbool.h>

#include "base/text.h"
#include "base/why.h"

struct store;

enum {
	STATE_FILE_MAX = 1 << 28, /* bytes */
	STATE_DIR_MAX = 256,
	STATE_PATH_MAX = STATE_DIR_MAX + 32,
	STATE_BOOT_MAX = 128,
};

/* Which running kernel, and which network namespace of it: what is volatile ends with it. */
void state_boot(char boot[STATE_BOOT_MAX]);
/* Was the file written under another one? */
bool state_rebooted(const config_t *cfg);

/* Returns: @path, which is that of a file of the directory. */
const char *state_path(const struct store *store, const char *name, char path[STATE_PATH_MAX]);
/* Returns: 0; -EINVAL: it is none of ours, or damaged; -ENOENT; or -errno; with @why. */
int state_read_file(const char *path, config_t *cfg, struct why *why);
/* Puts a damaged one away, as PATH.damaged or PATH.damaged.N. Returns: 0 with that in @aside, or
 * -errno. */
int state_set_aside(const char *path, char aside[STATE_PATH_MAX]);
/* A file is written beside the old one and put in its place. @flush: and to the disk. Returns: 0 or
 * -errno. */
int state_replace(const struct store *store, const char *name, const struct text *t, bool flush,
		  bool *replaced);
void state_remove(const struct store *store, const char *name);

/* Returns: what follows the next "@include" that begins a line, or NULL; moves @line on. */
const char *include_next(const char *s, unsigned *line);

#endif
