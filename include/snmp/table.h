/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside the engine: where a table stands below fwmarkObjects. */
#ifndef SNMP_TABLE_H
#define SNMP_TABLE_H

#include "snmp/mib.h"

/* The table that has the column that @oid names; the index may be anything. NULL: none. */
struct mib_table *table_find(const struct mib *m, const uint32_t *oid, size_t n);

#endif
