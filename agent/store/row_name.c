/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows by their name, for the log. */
#include "daemon/app.h"

/* The index of a row: the columns that cannot be read. */
static void index_of(const struct mib_def *def, const void *row, struct mib_oid *at)
{
	struct mib_value v;

	at->n = 0;
	for (size_t i = 0; i < def->ncols && def->cols[i].access == ACCESS_NA; i++) {
		cell_get(&def->cols[i], row, 0, &v);
		if (v.tag != MIB_TAG_OCTETS) {
			mib_oid_add(at, (uint32_t)v.num);
			continue;
		}
		mib_oid_add(at, (uint32_t)v.len);
		for (size_t k = 0; k < v.len; k++)
			mib_oid_add(at, ((const uint8_t *)v.bytes)[k]);
	}
}

void row_name(const struct mib_def *def, const void *row, struct text *out)
{
	struct mib_oid at;

	index_of(def, row, &at);
	mib_name(mib_col_syntax(def, SYN_STATUS), &at, out);
}
