/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A disk that is full, or fails, at any step: what base/file.c calls of the C library, in its place.
 * What it does not fail, it does, but for flushing: nobody switches it off.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fake_kernel.h"

static int fails(void)
{
	errno = ENOSPC;
	return -1;
}

/* As if write() had failed, just before it. */
int fchmod(int fd, mode_t mode)
{
	return fake && fake_step() ? fails() : (int)syscall(SYS_fchmod, fd, mode);
}

int fsync(int fd)
{
	(void)fd;
	return fake && fake_step() ? fails() : 0;
}

int rename(const char *old, const char *new)
{
	if (fake && fake_step())
		return fails();
	return (int)syscall(SYS_renameat2, AT_FDCWD, old, AT_FDCWD, new, 0);
}

/* Nobody asks whether this has failed. */
int unlink(const char *path)
{
	if (fake)
		fake_moment();
	return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}
