/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that were read, and what they looked like then, to find out whether to read them again.
 *
 * Asking costs about a microsecond a file. inotify would not do: it watches an inode, and does not
 * tell of a file that a link leads to, of another file or directory that is mounted in the place of
 * one, nor of what another host writes on a network file system.
 */
#ifndef BASE_SEEN_H
#define BASE_SEEN_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/vec.h"

struct seen_file {
	char *path;
	int err; /* of stat(2); the rest is of a file or directory that is there */
	uint64_t dev, ino, size;
	struct timespec modified, changed;
	bool unsure; /* a later change might not show, so close is this one */
};

struct seen {
	struct vec files; /* struct seen_file */
};

#define SEEN_INIT                                                                                  \
	{                                                                                          \
		VEC_INIT(struct seen_file)                                                         \
	}

/* Looks at a file or directory that is about to be read; links are followed. It need not be there.
 * Returns: 0 or -ENOMEM. */
int seen_add(struct seen *s, const char *path);
/* May any of them be another one by now, or have other contents? True when there are none. */
bool seen_changed(const struct seen *s);
void seen_fini(struct seen *s);

#endif
