/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs the engine under net-snmp: as an AgentX subagent of snmpd, or as an SNMP agent of its
 * own. */
#ifndef SNMP_AGENTX_H
#define SNMP_AGENTX_H

#include "snmp/mib.h"

struct agentx_options {
	const char *socket;	/* path of snmpd's AgentX socket */
	unsigned ping_s;	/* seconds between two Pings; snmpd has as long to answer one */
	const char *standalone; /* address to listen on ("udp:161"); NULL: be a subagent */
	const char *snmp_conf;	/* standalone: users and views, in snmpd.conf's syntax */
	const char *state_dir;	/* standalone: where net-snmp keeps engine id and boots */
};

/* Starts net-snmp and registers @m at fwmarkObjects. When snmpd is not there, the agent tries again
 * every second. Returns: 0; -EADDRNOTAVAIL: the agent cannot listen on the address; -EIO: net-snmp
 * does not take the registration. */
int agentx_start(struct mib *m, const struct agentx_options *opt);
/* Calls @cb whenever @fd is readable. Returns: 0 or -EMFILE. */
int agentx_watch(int fd, void (*cb)(int fd, void *arg), void *arg);
/* Calls @cb once a second. */
void agentx_every_second(void (*cb)(void *arg), void *arg);
/* Handles all that is due: requests, readable descriptors, alarms. @wait: sleeps until something
 * is. Returns: 0, or -EINTR after a signal. */
int agentx_process(bool wait);
/* Returns: sysUpTime of the master, in hundredths of a second. */
uint32_t agentx_uptime(void);
void agentx_stop(void);

#endif
