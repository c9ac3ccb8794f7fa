/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hands net-snmp's requests to the engine, and the engine's answers to net-snmp. */
#ifndef SNMP_SHIM_H
#define SNMP_SHIM_H

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/types.h>

#include "snmp/mib.h"

/* Registers one raw handler for everything below fwmarkObjects. Returns: 0 or -EIO. */
int shim_register(struct mib *m);
/* The name of fwmarkObjects and, in @n, its length. */
const oid *shim_root(size_t *n);
/* A SET was refused before it came to the engine: its PDU has @size octets, and @max are taken. */
void shim_set_too_big(size_t size, size_t max);

#endif
