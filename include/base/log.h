/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log goes to syslog or to stderr. Lines begin with their level, <N>, when stderr is the
 * journal of systemd. They are shown as text_show() shows texts: names in them are of others. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include <syslog.h>

/**
 * log_open - choose where lines go
 * @ident: program name for syslog
 * @syslog: true: syslog, facility daemon; false: stderr
 * @level: the most detailed level that is written, LOG_ERR to LOG_DEBUG
 */
void log_open(const char *ident, bool syslog, int level);
void log_at(int level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Lines that anybody who can send a packet can cause: some in each minute. Those that come behind
 * them are counted, and their number is a line of its own when the minute is over. */
enum { LOG_LIMIT_LINES = 10, LOG_LIMIT_MS = 60000 };
struct log_limit {
	const char *what; /* kind of line */
	uint64_t since_ms;
	unsigned n;
};

/* Counts a line. Returns: true when it is one too many. */
bool log_limit(struct log_limit *l);
/* Call this now and then, for when no further line comes. */
void log_limit_tick(struct log_limit *l);

#define log_err(...)   log_at(LOG_ERR, __VA_ARGS__)
#define log_warn(...)  log_at(LOG_WARNING, __VA_ARGS__)
#define log_info(...)  log_at(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_at(LOG_DEBUG, __VA_ARGS__)

#endif
