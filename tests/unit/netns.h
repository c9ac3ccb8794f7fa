/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A network and mount namespace of the test's own: the host's are never touched. */
#ifndef UNIT_NETNS_H
#define UNIT_NETNS_H

#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mount.h>

/* Returns: false when the machine does not allow it; then the test is to be skipped. */
static inline bool netns_enter(void)
{
	if (unshare(CLONE_NEWNET | CLONE_NEWNS) < 0)
		return false;
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

#endif
