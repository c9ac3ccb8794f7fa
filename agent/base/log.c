/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
	bool syslog, journal;
	int level;
} out = { .level = LOG_INFO };

void log_open(const char *ident, bool syslog, int level)
{
	out.syslog = syslog;
	out.level = level;
	out.journal = getenv("JOURNAL_STREAM") != NULL;
	if (syslog)
		openlog(ident, LOG_PID, LOG_DAEMON);
}

void log_at(int level, const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	if (level > out.level)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	line[strcspn(line, "\n")] = '\0';
	if (out.syslog)
		syslog(level, "%s", line);
	else if (out.journal)
		fprintf(stderr, "<%d>%s\n", level, line);
	else
		fprintf(stderr, "fwmarkd: %s\n", line);
}
