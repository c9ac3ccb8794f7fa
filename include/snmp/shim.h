/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between net-snmp's requests and the engine. */
#ifndef SNMP_SHIM_H
#define SNMP_SHIM_H

#include "snmp/mib.h"

/* Registers one raw handler for everything below fwmarkObjects. Returns: 0 or -EIO. */
int shim_register(struct mib *m);

#endif
