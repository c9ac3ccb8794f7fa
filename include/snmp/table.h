/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside the engine: finds the table that an OID names. */
#ifndef SNMP_TABLE_H
#define SNMP_TABLE_H

#include "snmp/mib.h"

/* Returns: the table with the column that @oid names, whatever the index behind it; NULL: none. */
struct mib_table *table_find(const struct mib *m, const uint32_t *oid, size_t n);

#endif
