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
	{ 1, SYN_UNSIGNED, ACCESS_NA, 0, F(id), 0, UINT32_MAX, "fwmarkFibId" },
	{ 2, SYN_STRING, ACCESS_RC, 0, F(name), 0, 64, "fwmarkFibName" },
	{ 3, SYN_GAUGE, ACCESS_RO, 0, F(routes4), 0, UINT32_MAX, "fwmarkFibIpv4Routes" },
	{ 4, SYN_GAUGE, ACCESS_RO, 0, F(routes6), 0, UINT32_MAX, "fwmarkFibIpv6Routes" },
	{ 5, SYN_GAUGE, ACCESS_RO, 0, F(policies), 0, UINT32_MAX, "fwmarkFibPolicies" },
	{ 6, SYN_ENUM, ACCESS_RO, 0, F(origin), 0, 0x0e, "fwmarkFibOrigin" },
	{ 7, SYN_STORAGE, ACCESS_RC, 0, F(storage), 0, 0, "fwmarkFibStorageType" },
	{ 8, SYN_STATUS, ACCESS_RC, 0, F(status), 0, 0, "fwmarkFibStatus" },
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
