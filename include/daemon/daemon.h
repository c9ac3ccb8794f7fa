/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DAEMON_DAEMON_H
#define DAEMON_DAEMON_H

#include <signal.h>

#include "daemon/app.h"

/* Everything that does not need SNMP: state, kernel, views; puts back what is missing.
 * app_stop() is fine after a failed start. Returns: 0 or -errno with @why. */
int app_start(struct app *a, const struct conf *conf, struct why *why);

/* The same for who only looks: nothing is locked, written or put back, and a running fwmarkd is not
 * disturbed. app_stop() ends that, too. */
int app_look(struct app *a, const struct conf *conf, struct why *why);

/* dump.c: appends what the kernel has as the static rows of fwmarkd.conf. @all: what is in the tables
 * main, default and local, too. After app_look(). Returns: 0 or -errno with @why. */
int app_dump(struct app *a, bool all, struct text *out, struct why *why);

/* check.c: appends a line for each object that a start would add to the kernel or take out of it.
 * After app_look(). Returns: 0 or -errno with @why. */
int app_check(struct app *a, struct text *out, struct why *why);

/* What happens to a running agent from outside: a handler of signals sets the two. */
struct app_control {
	volatile sig_atomic_t stop, reload;
	/* Reads the settings anew, all of them. Returns: 0 or -errno with @why. */
	int (*load)(void *ctx, struct conf *conf, struct why *why);
	void *ctx;
};

/* Serves until it is told to stop. Returns: 0 or -errno with @why. */
int app_run(struct app *a, struct app_control *control, struct why *why);

/**
 * app_reload - reload.c: other settings for a running agent
 *
 * Those that cannot change before the next start stay, and the log names them. No SET may be under
 * way. Returns: 0; or -errno with @why, and all is as it was.
 */
int app_reload(struct app *a, const struct conf *conf, struct why *why);

/* Hands the settings of netfilter on. */
void app_nf_options(struct app *a);

/* Saves the state and frees everything; the kernel keeps what it has. */
void app_stop(struct app *a);

#endif
