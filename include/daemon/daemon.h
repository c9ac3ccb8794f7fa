/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An instance serves one network namespace; the process runs an instance. */
#ifndef DAEMON_DAEMON_H
#define DAEMON_DAEMON_H

#include <signal.h>

#include "daemon/conf.h"

struct instance;

/* Makes an instance with these settings and no contents yet; takes a reference of the static rows.
 * From here on instance_stop() may be called, and the instance must not move. */
void instance_init(struct instance *in, const struct conf *conf);

/* Starts everything that does not need SNMP: state, kernel, views; puts back what is missing.
 * Returns: 0 or -errno with @why. */
int instance_start(struct instance *in, struct why *why);

/* The same for a dry run (--check, --dump): locks, writes and puts back nothing, and does not
 * disturb a running fwmarkd. */
int instance_open(struct instance *in, struct why *why);

/* dump.c: appends what the kernel has, as static rows of fwmarkd.conf. @all: with the tables main,
 * default and local. Call instance_open() before. Returns: 0 or -errno with @why. */
int instance_dump(struct instance *in, bool all, struct text *out, struct why *why);

/* check.c: appends a line for each object that a start would add to the kernel or remove from it.
 * Call instance_open() before. Returns: 0 or -errno with @why. */
int instance_check(struct instance *in, struct text *out, struct why *why);

/* Call this when the kernel has announced something: rtnl_events_fd() is readable. */
void instance_events(struct instance *in);
/* Call this once a second: puts back, expires and saves what is due. */
void instance_tick(struct instance *in);
/* Call this after each request: does what the request found to be done, and what others have done to
 * netfilter asks for. A request that reads changes nothing by itself. */
void instance_between(struct instance *in);

/**
 * instance_reload - reload.c: give other settings to a running instance
 * @later: gets the names of settings that differ and cannot change before the next start
 *
 * No SET may be under way. Returns: 0; or -errno with @why, and all is as it was.
 */
int instance_reload(struct instance *in, const struct conf *conf, struct text *later,
		    struct why *why);

/* Saves the state and frees everything. The kernel keeps what it has. */
void instance_stop(struct instance *in);

/* What others want of the process: a handler of signals sets stop and reload. */
struct process_control {
	volatile sig_atomic_t stop, reload;
	/* Reads all settings anew. Returns: 0 or -errno with @why. */
	int (*load)(void *ctx, struct conf *conf, struct why *why);
	void *ctx;
	void (*ready)(void); /* called once requests are answered; NULL: nobody waits for that */
};

/* loop.c: serves until @control->stop is set. Returns: 0 or -errno with @why. */
int process_run(struct instance *in, struct process_control *control, struct why *why);

#endif
