/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside the engine: where a table stands below fwmarkObjects. */
#ifndef SNMP_TABLE_H
#define SNMP_TABLE_H

#include "snmp/mib.h"

/* Writes what stands before the column number. @oid: room for 3. Returns: how many that are. */
size_t table_prefix(const struct mib_def *def, uint32_t *oid);
/* The table that has the column that @oid names; the index may be anything. NULL: none. */
struct mib_table *table_find(const struct mib *m, const uint32_t *oid, size_t n);

#endif
