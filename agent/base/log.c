/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

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
	char s[2048], line[1024];
	va_list ap;

	if (level > out.level)
		return;
	va_start(ap, fmt);
	vsnprintf(s, sizeof(s), fmt, ap);
	va_end(ap);
	text_show(line, sizeof(line) - 1, s, strcspn(s, "\n"));
	if (out.syslog)
		syslog(level, "%s", line);
	else if (out.journal)
		fprintf(stderr, "<%d>%s\n", level, line);
	else
		fprintf(stderr, "fwmarkd: %s\n", line);
}

void log_limit_tick(struct log_limit *l)
{
	if (!l->since_ms || clock_ms() - l->since_ms < LOG_LIMIT_MS)
		return;
	l->since_ms = 0;
	if (l->n > LOG_LIMIT_LINES)
		log_warn("%s: %u more lines, not written", l->what, l->n - LOG_LIMIT_LINES);
}

bool log_limit(struct log_limit *l)
{
	log_limit_tick(l);
	if (!l->since_ms) {
		l->since_ms = clock_ms();
		l->n = 0;
	}
	return ++l->n > LOG_LIMIT_LINES;
}
