/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of the state directory: their names, and how they are read and replaced. */
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

/* Writes which boot of the kernel and which of its network namespaces this is: volatile rows end
 * with either. */
void state_boot(char boot[STATE_BOOT_MAX]);
/* Was the file written in another boot or namespace? */
bool state_rebooted(const config_t *cfg);

/* Writes the path of the file @name of the state directory to @path. Returns: @path. */
const char *state_path(const struct store *store, const char *name, char path[STATE_PATH_MAX]);
/* Reads and parses a file. Returns: 0; -EINVAL: it is damaged, or nothing that fwmarkd wrote;
 * -ENOENT; or -errno; with @why. */
int state_read_file(const char *path, config_t *cfg, struct why *why);
/* Renames a damaged file to PATH.damaged or, where that is there, to PATH.damaged.N, N being 1 to 99.
 * Returns: 0 with the new path in @aside, or -errno. */
int state_set_aside(const char *path, char aside[STATE_PATH_MAX]);
/* Replaces a file as file_replace() does. @flush: waits until it is on the disk. Returns: 0 or
 * -errno. */
int state_replace(const struct store *store, const char *name, const struct text *t, bool flush,
		  bool *replaced);
void state_remove(const struct store *store, const char *name);

/* Returns: the text behind the next "@include" that begins a line, or NULL; @line counts lines. */
const char *include_next(const char *s, unsigned *line);

#endif
