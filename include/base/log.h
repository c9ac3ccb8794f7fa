/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log goes to syslog or to stderr. Lines begin with their level, <N>, when stderr is the
 * journal of systemd. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <syslog.h>

/**
 * log_open - choose where lines go
 * @ident: program name for syslog
 * @syslog: true: syslog, facility daemon; false: stderr
 * @level: the most detailed level that is written, LOG_ERR to LOG_DEBUG
 */
void log_open(const char *ident, bool syslog, int level);
void log_at(int level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define log_err(...)   log_at(LOG_ERR, __VA_ARGS__)
#define log_warn(...)  log_at(LOG_WARNING, __VA_ARGS__)
#define log_info(...)  log_at(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_at(LOG_DEBUG, __VA_ARGS__)

#endif
