/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fwmarkFibs: routing tables and their names. */
#include <stddef.h>

#include "model/fib.h"
#include "snmp/mib.h"

#define F(f)	 offsetof(struct mib_scalars_row, f), sizeof(((struct mib_scalars_row *)NULL)->f)
#define COMPUTED 0, 0
/* clang-format off */
static const struct mib_col mib_fib_scalars_cols[] = {
	/* number, syntax, access, flags, field, min, max, name */
	{ 1, SYN_GAUGE, ACCESS_RO, 0, F(count), 0, UINT32_MAX, "fwmarkFibCount" },
};
/* clang-format on */
#undef F
#undef COMPUTED

const struct mib_def mib_fib_scalars = {
	.prefix = "fwmarkFib",
	.group = 5,
	.cols = mib_fib_scalars_cols,
	.ncols = sizeof(mib_fib_scalars_cols) / sizeof(*mib_fib_scalars_cols),
	.row_size = sizeof(struct mib_scalars_row),
};

#define F(f)	 offsetof(struct fib, f), sizeof(((struct fib *)NULL)->f)
#define COMPUTED 0, 0
/* clang-format off */
static const struct mib_col mib_fib_cols[] = {
	/* number, syntax, access, flags, field, min, max, name */
	{ FIB_COL_ID, SYN_UNSIGNED, ACCESS_NA, 0, F(id), 0, UINT32_MAX, "fwmarkFibId" },
	{ FIB_COL_NAME, SYN_STRING, ACCESS_RC, 0, F(name), 0, 64, "fwmarkFibName" },
	{ FIB_COL_ROUTES4, SYN_GAUGE, ACCESS_RO, 0, F(routes4), 0, UINT32_MAX,
	  "fwmarkFibIpv4Routes" },
	{ FIB_COL_ROUTES6, SYN_GAUGE, ACCESS_RO, 0, F(routes6), 0, UINT32_MAX,
	  "fwmarkFibIpv6Routes" },
	{ FIB_COL_POLICIES, SYN_GAUGE, ACCESS_RO, 0, F(policies), 0, UINT32_MAX,
	  "fwmarkFibPolicies" },
	{ FIB_COL_ORIGIN, SYN_ENUM, ACCESS_RO, 0, F(origin), 0, 0x0e, "fwmarkFibOrigin" },
	{ FIB_COL_STORAGE, SYN_STORAGE, ACCESS_RC, 0, F(storage), 0, 0, "fwmarkFibStorageType" },
	{ FIB_COL_STATUS, SYN_STATUS, ACCESS_RC, 0, F(status), 0, 0, "fwmarkFibStatus" },
};
/* clang-format on */
#undef F
#undef COMPUTED

const struct mib_def mib_fib = {
	.prefix = "fwmarkFib",
	.group = 5,
	.table = 2,
	.cols = mib_fib_cols,
	.ncols = sizeof(mib_fib_cols) / sizeof(*mib_fib_cols),
	.row_size = sizeof(struct fib),
	.given_off = offsetof(struct fib, given),
};
