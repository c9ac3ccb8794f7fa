/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are replaced as a whole: a crash at any instant leaves the old one or the new one. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* The new content of a file, and how to write it. */
struct file_new {
	const char *dir, *name;
	const char *tmp; /* the name of the new file while it is written; NULL: NAME.new */
	const void *bytes;
	size_t n;
	mode_t mode;	    /* whatever the umask */
	bool flush;	    /* flush the file and its directory to the disk */
	const char *faults; /* prefix of its fault points: "state", "names"; NULL: it has none */
};

/**
 * file_replace - write a file beside the old one, and put it in the old one's place
 * @replaced: set to true once the new file is in place, which it can be although flushing the
 *            directory fails afterwards; NULL: not wanted
 *
 * Returns: 0 or -errno.
 */
int file_replace(const struct file_new *f, bool *replaced);

/* Flushes to the disk what was created, renamed or removed in a directory. Returns: 0 or -errno. */
int file_sync_dir(const char *dir);

#endif
