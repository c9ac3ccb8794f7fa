/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lock that iptables, iptables-restore and everybody polite take around each read and change
 * of legacy tables: flock() on one file.
 *
 * iptables waits inside flock(), first come first served. A program that only tries now and then
 * never gets a lock that others queue for, so the agent waits in flock() as well; a timer ends the
 * wait.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "ipt_priv.h"

#define LOCK_FILE "/run/xtables.lock"

enum { LOCK_TICK_MS = 20 };

static void on_timer(int sig)
{
	(void)sig;
}

/* Waits in flock() until @deadline. The timer fires again and again: when it fires just before
 * flock() starts to sleep, the next signal ends the wait. */
static int lock_wait(int fd, uint64_t deadline)
{
	const int sig = SIGRTMAX;
	struct sigaction action = { .sa_handler = on_timer }, old_action;
	struct itimerspec every = { 0 };
	struct sigevent event = { 0 };
	sigset_t set, old_set;
	timer_t timer;
	int err = 0;

	event.sigev_notify = SIGEV_SIGNAL;
	event.sigev_signo = sig;
	if (timer_create(CLOCK_MONOTONIC, &event, &timer) < 0)
		return -errno;
	sigaction(sig, &action, &old_action);
	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(SIG_UNBLOCK, &set, &old_set);
	every.it_value.tv_nsec = LOCK_TICK_MS * 1000000L;
	every.it_interval = every.it_value;
	timer_settime(timer, 0, &every, NULL);
	while (flock(fd, LOCK_EX) < 0) {
		err = errno == EINTR ? -EAGAIN : -errno;
		if (err != -EAGAIN || clock_ms() >= deadline)
			break;
		err = 0;
	}
	timer_delete(timer);
	sigprocmask(SIG_SETMASK, &old_set, NULL);
	sigaction(sig, &old_action, NULL);
	return err;
}

static int lock_take(int fd, unsigned wait_ms)
{
	uint64_t deadline = clock_ms() + wait_ms;

	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno != EWOULDBLOCK)
		return -errno;
	return wait_ms > 0 ? lock_wait(fd, deadline) : -EAGAIN;
}

const char *ipt_lock_file(const struct ipt *ipt)
{
	const char *file = ipt->opt->lock_file;

	if (!file || !*file)
		file = getenv("XTABLES_LOCKFILE");
	return file && *file ? file : LOCK_FILE;
}

/* Is it the file that is open? Somebody may have removed it, and made another one. */
static bool is_open(const struct ipt *ipt, const char *file)
{
	struct stat open, there;

	return ipt->lock_fd >= 0 && fstat(ipt->lock_fd, &open) == 0 && stat(file, &there) == 0 &&
	       open.st_dev == there.st_dev && open.st_ino == there.st_ino;
}

/* Stays open from one lock to the next: ipt_watch.c takes who opens it for somebody else. */
static int lock_open(struct ipt *ipt, struct why *why)
{
	const char *file = ipt_lock_file(ipt);
	int err = fault_here("netfilter: lock");

	if (!err && is_open(ipt, file))
		return 0;
	ipt_lock_close(ipt);
	if (!err)
		ipt->lock_fd = open(file, O_RDONLY | O_CREAT | O_CLOEXEC, 0600);
	if (ipt->lock_fd >= 0)
		return 0;
	err = err ? err : -errno;
	/* After somebody has removed the file, iptables creates it for root alone. */
	return why_set(why, err, "%s: %s%s", file, strerror(-err),
		       err == -EACCES ? ": fwmarkd's user must be able to read it" : "");
}

int ipt_lock(struct ipt *ipt, struct why *why)
{
	int err = ipt->locked ? 0 : lock_open(ipt, why);

	if (err == 0 && !ipt->locked) {
		err = lock_take(ipt->lock_fd, ipt->opt->wait_ms);
		if (err < 0)
			why_set(why, err, "%s: %s", ipt_lock_file(ipt),
				err == -EAGAIN ? "somebody else holds the lock" : strerror(-err));
	}
	if (err == 0)
		ipt->locked++;
	return err;
}

void ipt_unlock(struct ipt *ipt)
{
	if (--ipt->locked == 0)
		flock(ipt->lock_fd, LOCK_UN);
}

void ipt_lock_close(struct ipt *ipt)
{
	if (ipt->lock_fd >= 0)
		close(ipt->lock_fd);
	ipt->lock_fd = -1;
}
