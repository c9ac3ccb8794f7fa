/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are replaced as a whole: a crash at any instant leaves the old one or the new one. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* What a file is replaced with, and how. */
struct file_new {
	const char *dir, *name;
	const char *tmp; /* its name until it is whole; NULL: NAME.new */
	const void *bytes;
	size_t n;
	mode_t mode;	    /* whatever the umask */
	bool flush;	    /* and to the disk */
	const char *faults; /* what fault points begin with: "state", "names" */
};

/**
 * file_replace - write a file beside the old one, and put it in the old one's place
 * @replaced: whether the new file stands, also when it fails; NULL: no matter
 *
 * Returns: 0 or -errno.
 */
int file_replace(const struct file_new *f, bool *replaced);

/* Flushes what was created, renamed or removed in a directory. Returns: 0 or -errno. */
int file_sync_dir(const char *dir);

#endif
