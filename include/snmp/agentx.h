/* SPDX-License-Identifier: GPL-2.0-or-later */
/* net-snmp: the engine as an AgentX subagent of snmpd, or as an SNMP agent of its own. */
#ifndef SNMP_AGENTX_H
#define SNMP_AGENTX_H

#include "snmp/mib.h"

struct agentx_options {
	const char *socket;	/* snmpd's AgentX socket; is kept */
	unsigned ping_s;	/* seconds between two looks whether snmpd still answers */
	const char *standalone; /* address to listen on ("udp:161"); NULL: be a subagent */
	const char *snmp_conf;	/* standalone: users and views, in snmpd.conf's syntax */
	const char *state_dir;	/* standalone: where net-snmp keeps engine id and boots */
};

/* Starts net-snmp and registers @m at fwmarkObjects. A master that is not there is tried again
 * every second. Returns: 0; -EADDRNOTAVAIL: the address cannot be listened on; -EIO. */
int agentx_start(struct mib *m, const struct agentx_options *opt);
/* Calls @cb whenever @fd is readable. Returns: 0 or -EMFILE. */
int agentx_watch(int fd, void (*cb)(int fd, void *arg), void *arg);
/* Calls @cb once a second. */
void agentx_every_second(void (*cb)(void *arg), void *arg);
/* Handles the next request, descriptor or alarm; waits for one when @wait. Returns: 0 or -EINTR. */
int agentx_process(bool wait);
/* sysUpTime, in hundredths of a second: the master's. */
uint32_t agentx_uptime(void);
void agentx_stop(void);

#endif
