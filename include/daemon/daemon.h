/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An instance is one network namespace; a process serves it. */
#ifndef DAEMON_DAEMON_H
#define DAEMON_DAEMON_H

#include <signal.h>

#include "daemon/conf.h"

struct instance;

/* Empty, with these settings, and static rows of which it takes a reference. instance_stop() is fine
 * from here on. It must not move. */
void instance_init(struct instance *in, const struct conf *conf);

/* Everything that does not need SNMP: state, kernel, views; puts back what is missing. Returns: 0 or
 * -errno with @why. */
int instance_start(struct instance *in, struct why *why);

/* The same for a dry run: nothing is locked, written or put back, and a running fwmarkd is not
 * disturbed. */
int instance_open(struct instance *in, struct why *why);

/* dump.c: appends what the kernel has as the static rows of fwmarkd.conf. @all: what is in the tables
 * main, default and local, too. After instance_open(). Returns: 0 or -errno with @why. */
int instance_dump(struct instance *in, bool all, struct text *out, struct why *why);

/* check.c: appends a line for each object that a start would add to the kernel or take out of it.
 * After instance_open(). Returns: 0 or -errno with @why. */
int instance_check(struct instance *in, struct text *out, struct why *why);

/* The kernel has announced something. */
void instance_events(struct instance *in);
/* Once a second. */
void instance_tick(struct instance *in);

/**
 * instance_reload - reload.c: other settings for a running instance
 * @later: names of those that cannot change before the next start, and stay
 *
 * No SET may be under way. Returns: 0; or -errno with @why, and all is as it was.
 */
int instance_reload(struct instance *in, const struct conf *conf, struct text *later,
		    struct why *why);

/* Saves the state and frees everything; the kernel keeps what it has. */
void instance_stop(struct instance *in);

/* What happens to the process from outside: a handler of signals sets the two. */
struct process_control {
	volatile sig_atomic_t stop, reload;
	/* Reads the settings anew, all of them. Returns: 0 or -errno with @why. */
	int (*load)(void *ctx, struct conf *conf, struct why *why);
	void *ctx;
};

/* loop.c: serves until it is told to stop. Returns: 0 or -errno with @why. */
int process_run(struct instance *in, struct process_control *control, struct why *why);

#endif
