/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside the engine: reports that a SET is refused or undone. Of several reports, only the first
 * one goes to ops.failed: the manager sees that reason. Each function returns the error that it is
 * given. */
#ifndef SNMP_TXN_H
#define SNMP_TXN_H

#include "snmp/mib.h"

/* Refuses an OID: there is no such object, or no SET is under way. Returns: MIB_NOT_WRITABLE. */
int txn_refuse_oid(struct mib *m, const uint32_t *oid, size_t n);
int txn_refuse_varbind(struct mib *m, int error, const struct mib_col *col,
		       const struct mib_oid *at, const struct why *why);
/* Also writes to @varbind which varbind of the PDU the answer names. */
int txn_refuse_change(struct mib *m, int error, const struct mib_fault *f, unsigned *varbind);
/* Reports that a whole SET was undone, under the name of its first object. */
int txn_taken_back(struct mib *m, int error, const char *why);

#endif
