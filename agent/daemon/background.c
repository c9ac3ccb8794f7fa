/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "background.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int report = -1; /* the end of a pipe on which the old process waits */

/* Returns: the exit status of the old process. */
static int wait_for(pid_t pid, int fd)
{
	char ready;
	int status;
	ssize_t n;

	while ((n = read(fd, &ready, 1)) < 0 && errno == EINTR)
		;
	if (n == 1)
		return EXIT_SUCCESS;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return EXIT_FAILURE;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	fprintf(stderr, "fwmarkd: ended by signal %d\n", WTERMSIG(status));
	return EXIT_FAILURE;
}

int background_begin(struct why *why)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return why_set(why, -errno, "pipe: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		return why_set(why, -errno, "fork: %s", strerror(errno));
	if (pid) {
		close(ends[1]);
		_exit(wait_for(pid, ends[0]));
	}
	close(ends[0]);
	report = ends[1];
	return 0;
}

void background_ready(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	/* Only now: until here Ctrl-C ends both processes. */
	setsid();
	for (int fd = 0; fd <= 2 && null >= 0; fd++)
		dup2(null, fd);
	if (null > 2)
		close(null);
	if (write(report, "", 1) < 0) {
		/* The old process is gone: nobody wants to know. */
	}
	close(report);
	report = -1;
}
