/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside the engine: a SET that is refused, or taken back. Each function tells why, the first of them
 * alone: that is the reason that the manager sees. They return the error that they are given. */
#ifndef SNMP_TXN_H
#define SNMP_TXN_H

#include "snmp/mib.h"

/* There is no such object, or no SET under way. Returns: MIB_NOT_WRITABLE. */
int txn_refuse_oid(struct mib *m, const uint32_t *oid, size_t n);
int txn_refuse_varbind(struct mib *m, int error, const struct mib_col *col,
		       const struct mib_oid *at, const struct why *why);
/* Finds the varbind that the manager shall look at, too. */
int txn_refuse_change(struct mib *m, int error, const struct mib_fault *f, unsigned *varbind);
/* What was undone is the whole SET: its first object stands for it. */
int txn_taken_back(struct mib *m, int error, const char *why);

#endif
