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

/* Is this the mode of a file or directory from which fwmarkd may take orders? Not when everybody may
 * write to it, for then everybody would have fwmarkd's powers over the network. sudo, cron and
 * logrotate refuse such a file of theirs; systemd warns of it and goes on.
 * Returns: NULL, or what is wrong. */
const char *file_mode_wrong(mode_t mode);
/* The same for a file by its name. It must be a regular one, too: a pipe may keep a reader waiting
 * for ever. Returns: NULL also where there is none, or where it cannot be looked at. */
const char *file_wrong(const char *path);

/* Flushes to the disk what was created, renamed or removed in a directory. Returns: 0 or -errno. */
int file_sync_dir(const char *dir);

#endif
