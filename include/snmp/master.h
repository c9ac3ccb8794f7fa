/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The connection to snmpd, the AgentX master: made, watched and made again. */
#ifndef SNMP_MASTER_H
#define SNMP_MASTER_H

/* Call this once, after init_agent(), which would overwrite what it sets. @ping_s: as in struct
 * agentx_options. */
void master_init(const char *socket, unsigned ping_s);
/* Call this once a second: connects to snmpd, or sends a Ping when one is due. Does not wait for an
 * snmpd that hangs. */
void master_tick(void);
/* Call this before snmp_shutdown(): net-snmp then sends its Close once, and does not repeat it. */
void master_stop(void);

#endif
