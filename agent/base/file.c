/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"

static bool fails(const struct file_new *f, const char *step)
{
	char point[64];

	if (!f->faults)
		return false;
	snprintf(point, sizeof(point), "%s: %s", f->faults, step);
	return fault_here(point);
}

static int write_bytes(int fd, const char *s, size_t n)
{
	while (n) {
		ssize_t done = write(fd, s, n);

		if (done < 0 && errno != EINTR)
			return -errno;
		if (done > 0) {
			s += done;
			n -= (size_t)done;
		}
	}
	return 0;
}

/* Writes the new file under its temporary name. */
static int write_tmp(const struct file_new *f, const char *tmp)
{
	int fd, err;

	/* Root must not write through a link that is there: another user may have run the agent in
	 * this directory before. */
	if (unlink(tmp) && errno != ENOENT)
		return -errno;
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	err = write_bytes(fd, f->bytes, f->n);
	if (!err && fchmod(fd, f->mode))
		err = -errno;
	if (!err && f->flush && (fails(f, "fsync") || fsync(fd)))
		err = -errno;
	/* A network file system may report only here that it is full. */
	if (close(fd) && !err)
		err = -errno;
	return err;
}

const char *file_mode_wrong(mode_t mode)
{
	return mode & S_IWOTH && !S_ISCHR(mode) ? "everybody may write to it (chmod o-w)" : NULL;
}

const char *file_wrong(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return NULL;
	return S_ISREG(st.st_mode) ? file_mode_wrong(st.st_mode) : "it is no regular file";
}

int file_sync_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err = fd < 0 || fsync(fd) ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return err;
}

/* Returns: false when the path is too long. */
static bool path_of(char path[PATH_MAX], const char *dir, const char *name, const char *suffix)
{
	int n = snprintf(path, PATH_MAX, "%s/%s%s", dir, name, suffix);

	return n > 0 && n < PATH_MAX;
}

int file_replace(const struct file_new *f, bool *replaced)
{
	char tmp[PATH_MAX], path[PATH_MAX];
	int err;

	if (!path_of(path, f->dir, f->name, "") ||
	    !path_of(tmp, f->dir, f->tmp ? f->tmp : f->name, f->tmp ? "" : ".new"))
		return -ENAMETOOLONG;
	err = write_tmp(f, tmp);
	if (!err && ((f->flush && fails(f, "rename")) || rename(tmp, path)))
		err = -errno;
	if (err) {
		unlink(tmp);
		return err;
	}
	if (replaced)
		*replaced = true;
	if (!f->flush)
		return 0;
	return fails(f, "fsync of the directory") ? -errno : file_sync_dir(f->dir);
}
