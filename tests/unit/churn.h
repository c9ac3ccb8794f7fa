/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Somebody who changes the kernel all the time, beside the test. */
#ifndef UNIT_CHURN_H
#define UNIT_CHURN_H

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "routing/rtnl.h"

/* Changes something and changes it back, on a socket of its own. */
typedef void churn_round(struct rtnl *nl);

/* Starts it. @pause_us: between two rounds; 0: the kernel is never at rest. Returns: whom to
 * stop. */
static inline pid_t churn_start(churn_round *round, unsigned pause_us)
{
	struct rtnl *own;
	pid_t pid = fork();

	if (pid)
		return pid;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || rtnl_open(&own))
		_exit(1);
	for (;;) {
		round(own);
		if (pause_us)
			usleep(pause_us);
	}
}

/* It ran until now. What it had changed, or not, stays so. */
static inline void churn_stop(pid_t pid)
{
	int status = 0;

	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
}

#endif
