/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The connection to snmpd, the AgentX master: made, watched and made again. */
#ifndef SNMP_MASTER_H
#define SNMP_MASTER_H

/* To be called before and after init_agent(). @socket is kept. */
void master_init(const char *socket, unsigned ping_s);
/* Connects, or looks whether snmpd still answers. Once a second; waits for nothing. */
void master_tick(void);
/* Before the end: what net-snmp says goodbye with is not repeated. */
void master_stop(void);

#endif
