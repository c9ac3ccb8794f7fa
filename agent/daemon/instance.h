/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One network namespace: its kernel, store, views, plan and tables of the MIB. Only this room sees
 * it as a whole; the others are handed the part that is theirs. What the process has once (signals,
 * the log, the connection to snmpd, the settings file) is in process.c and main.c.
 */
#ifndef DAEMON_INSTANCE_H
#define DAEMON_INSTANCE_H

#include "daemon/conf.h"
#include "daemon/daemon.h"
#include "plan/plan.h"

/* The setting that names tables that are left out, for messages. */
#define EXCLUDE_TABLES "display.exclude_tables"

struct instance {
	struct conf conf;
	struct store store;
	struct views views;
	struct plan plan;
	struct mib_table tables[15];
	struct mib mib;
	int lock_fd;
};

#endif
