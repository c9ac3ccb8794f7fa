/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Notices what others do to legacy tables. The kernel announces nothing of that; but each iptables
 * (1.8) opens the lock file before it reads a table, and closes it when it is done: before it lets
 * the lock go, so whoever holds the lock has been told of all that was done before. The agent itself
 * keeps the file open.
 */
#include <errno.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "ipt_priv.h"

void ipt_watch_start(struct ipt *ipt)
{
	ipt->watch_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	ipt->watched = -1;
	ipt_notices(ipt);
}

void ipt_watch_end(struct ipt *ipt)
{
	if (ipt->watch_fd >= 0)
		close(ipt->watch_fd);
}

int ipt_watch_fd(void *self)
{
	return ((struct ipt *)self)->watch_fd;
}

/* Watches the lock file that is there now. Returns: is it another one than before? */
static bool watch_again(struct ipt *ipt)
{
	int wd = inotify_add_watch(ipt->watch_fd, ipt_lock_file(ipt), IN_OPEN | IN_CLOSE);
	bool other = wd != ipt->watched;

	if (other && ipt->watched >= 0)
		inotify_rm_watch(ipt->watch_fd, ipt->watched);
	ipt->watched = wd;
	return other;
}

static void take_events(struct ipt *ipt)
{
	_Alignas(struct inotify_event) char buf[4096];
	ssize_t n;

	while ((n = read(ipt->watch_fd, buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR)) {
		for (ssize_t at = 0; at < n;) {
			const struct inotify_event *ev = (const void *)(buf + at);

			if (ev->mask & (IN_OPEN | IN_Q_OVERFLOW))
				ipt->noticed |= NF_BEGINS;
			if (ev->mask & (IN_CLOSE | IN_Q_OVERFLOW))
				ipt->noticed |= NF_CHANGED;
			ipt->notices++;
			at += (ssize_t)(sizeof(*ev) + ev->len);
		}
	}
}

unsigned ipt_notices(void *self)
{
	struct ipt *ipt = self;
	unsigned noticed;

	if (ipt->watch_fd < 0)
		return 0;
	take_events(ipt);
	noticed = ipt->noticed;
	ipt->noticed = 0;
	/* Nobody knows who had the new one before it was watched. */
	return watch_again(ipt) ? noticed | NF_CHANGED : noticed;
}

bool ipt_watches(const struct ipt *ipt)
{
	return ipt->watch_fd >= 0 && ipt->watched >= 0;
}

uint64_t ipt_notice_count(struct ipt *ipt)
{
	take_events(ipt);
	return ipt->notices;
}
