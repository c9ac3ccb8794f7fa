/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What serves one network namespace: settings, store, views, plan and tables of the MIB. Only this
 * room sees struct instance whole; the other rooms are handed the part that is theirs. What a
 * process has once (signals, the log, the connection to snmpd, the settings file) is in loop.c and
 * main.c.
 */
#ifndef DAEMON_INSTANCE_H
#define DAEMON_INSTANCE_H

#include "base/log.h"
#include "daemon/conf.h"
#include "daemon/daemon.h"
#include "plan/plan.h"

/* The setting that names the tables that are not shown, for messages. */
#define EXCLUDE_TABLES "display.exclude_tables"

struct instance {
	struct conf conf;
	struct store store;
	struct views views;
	struct plan plan;
	struct mib_table tables[15];
	struct mib mib;
	struct log_limit refusals;
	int lock_fd;
};

#endif
